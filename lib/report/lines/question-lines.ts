/** A question to the person at the terminal: how much, of how much, and where. */

import type { Question } from '../../model/events/question.ts'
import { count, counted } from '../../model/figures.ts'
import { type InspectedTable, shownEndpoint } from '../../model/tables/table.ts'

export function questionText(question: Question): string {
  if (question.about === 'creation') return creationText(question)
  const where = placeOf(question.table)
  if (question.about === 'deletions') {
    const of = question.items === 0 ? '' : ` of ${counted(question.items, 'item')}`
    return `Delete ${count(question.deletions)}${of} of ${where}?`
  }
  const { restores, deletions } = question
  return `Undo the repair of ${where}: put ${counted(restores, 'item')} back, and delete ${count(deletions)}?`
}

function creationText(question: Question & { about: 'creation' }): string {
  const { replica, table, region, account, arn, kmsKey, approximateItems } = question
  const { endpoint } = table.ref
  const where = [
    `in region ${region} of account ${account}`,
    ...(endpoint === undefined ? [] : [`at ${shownEndpoint(endpoint)}`]),
    `as ${arn}`,
    ...(kmsKey === undefined ? [] : [`encrypted by ${kmsKey}`]),
  ].join(', ')
  const items =
    approximateItems === null || approximateItems === 0
      ? 'all items'
      : `about ${counted(approximateItems, 'item')}`
  return `${replica} does not exist. Make it ${where}, and copy ${items} of the master?`
}

function placeOf({ ref, facts }: InspectedTable): string {
  const account = ref.account ?? (facts.arn ?? ref.arn)?.split(':')[4]
  return [
    ref.label,
    ...(account ? [`in account ${account}`] : []),
    ...(ref.endpoint === undefined ? [] : [`at ${shownEndpoint(ref.endpoint)}`]),
  ].join(' ')
}
