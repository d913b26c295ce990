/** Asks for confirmation, if somebody wants to be asked, once the number of deletions is known. */

import type { Question } from '../../model/events/question.ts'
import { count } from '../../model/figures.ts'
import type { Stop } from '../../model/safeguard.ts'
import type { InspectedTable, TableIndex } from '../../model/tables/table.ts'
import type { Settings } from '../../options/settings.ts'
import { whyWithheld } from '../phases/delete-extras.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { RunContext } from '../run-context.ts'
import { replicaOfLabel } from '../tables/replica-of-label.ts'

/** Whether somebody is asked before anything is deleted. */
export const asksBeforeDeletions = ({ write }: Settings, { confirm }: RunListeners): boolean =>
  write.extra && confirm !== undefined

/** Asks before the deletions of a replica, unless they are withheld anyway. A no stops the run. */
export async function askToDelete(run: RunContext, replica: TableIndex): Promise<void> {
  const { deletes, ledger, plan, settings, tables } = run
  const done = ledger.stateOf(replica).deleted.size
  const deletions = (await deletes.count(replica)) - done
  if (!settings.write.extra || deletions === 0) return
  if (whyWithheld(run, replica) !== undefined) return
  const table = tables.inspected[replica] as InspectedTable
  const label = table.ref.label
  const items = plan.scanned?.replicas[label] ?? ledger.totalOf(replica).scanned
  await ask(run, { about: 'deletions', replica: label, table, deletions, items })
}

/** Asks before anything of a replica is undone. A no stops the undo. */
export async function askToUndo(
  run: RunContext,
  label: string,
  counts: Pick<Question & { about: 'undo' }, 'deletions' | 'restores'>,
): Promise<void> {
  const table = run.tables.inspected[replicaOfLabel(run.tables, label)] as InspectedTable
  await ask(run, { about: 'undo', replica: label, table, ...counts })
}

/** What is asked while a run is under way. */
type Asked = Exclude<Question, { readonly about: 'creation' }>

async function ask({ listeners, state, isOver }: RunContext, question: Asked): Promise<void> {
  if (listeners.confirm === undefined || isOver()) return
  const isConfirmed = await listeners.confirm(question)
  // If the run ended meanwhile, a missing yes is no answer.
  if (!isConfirmed && !isOver()) state.stopBy(refused(question))
}

function refused(question: Asked): Stop {
  const what =
    question.about === 'undo'
      ? `the undo of ${count(question.restores + question.deletions)} items`
      : `the deletion of ${count(question.deletions)} of ${count(question.items)} items`
  return {
    safeguard: 'confirmation',
    message: `${what} of ${question.replica} was not confirmed`,
    hint: 'To continue without a question: --yes',
  }
}
