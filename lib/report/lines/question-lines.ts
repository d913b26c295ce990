/** A question to the person at the terminal: how much, of how much, and where. */

import { count, counted } from '../../model/figures.ts'
import type { Question } from '../../model/question.ts'
import { type InspectedTable, shownEndpoint } from '../../model/tables/table.ts'

export function questionText(question: Question): string {
  const where = placeOf(question.table)
  if (question.about === 'deletions') {
    const of = question.items === 0 ? '' : ` of ${counted(question.items, 'item')}`
    return `Delete ${count(question.deletions)}${of} of ${where}?`
  }
  const { restores, deletions } = question
  return `Undo the repair of ${where}: put ${counted(restores, 'item')} back, and delete ${count(deletions)}?`
}

function placeOf({ ref, facts }: InspectedTable): string {
  const account = ref.account ?? (facts.arn ?? ref.arn)?.split(':')[4]
  return [
    ref.label,
    ...(account ? [`in account ${account}`] : []),
    ...(ref.endpoint === undefined ? [] : [`at ${shownEndpoint(ref.endpoint)}`]),
  ].join(' ')
}
