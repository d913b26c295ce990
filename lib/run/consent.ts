/** Asks whoever wants to be asked, once it is known how much is to be deleted. */
import { count } from '../model/figures.ts'
import type { Question } from '../model/question.ts'
import type { Stop } from '../model/rail.ts'
import type { InspectedTable, TableIndex } from '../model/table.ts'
import type { Settings } from '../options/settings.ts'
import { whyWithheld } from './delete-extras.ts'
import type { Flight } from './flight.ts'
import type { RunHooks } from './teller.ts'

/** Whether somebody is going to be asked where anything is to be deleted. */
export const asksBeforeDeletions = ({ write }: Settings, { confirm }: RunHooks): boolean =>
  write.extra && confirm !== undefined

/** Before the deletions of a replica; not where they are withheld anyhow. A no stops the run. */
export async function askToDelete(flight: Flight, replica: TableIndex): Promise<void> {
  const { deletes, ledger, plan, settings, tables } = flight
  const done = ledger.fate(replica).deleted.size
  const deletions = (await deletes.count(replica)) - done
  if (!settings.write.extra || deletions === 0) return
  if (whyWithheld(flight, replica) !== undefined) return
  const table = tables.inspected[replica] as InspectedTable
  const label = table.ref.label
  const items = plan.scanned?.replicas[label] ?? ledger.totalOf(replica).scanned
  await ask(flight, { about: 'deletions', replica: label, table, deletions, items })
}

/** Before anything of a replica is undone. A no stops the undo. */
export async function askToUndo(
  flight: Flight,
  label: string,
  counts: Pick<Question & { about: 'undo' }, 'deletions' | 'restores'>,
): Promise<void> {
  const table = flight.tables.inspected.findLast(({ ref }) => ref.label === label)
  await ask(flight, { about: 'undo', replica: label, table: table as InspectedTable, ...counts })
}

async function ask({ hooks, desk, isOver }: Flight, question: Question): Promise<void> {
  if (hooks.confirm === undefined || isOver()) return
  const isConfirmed = await hooks.confirm(question)
  // A run that is ended meanwhile has no answer.
  if (!isConfirmed && !isOver()) desk.stopBy(refused(question))
}

function refused(question: Question): Stop {
  const what =
    question.about === 'undo'
      ? `the undo of ${count(question.restores + question.deletions)} items`
      : `the deletion of ${count(question.deletions)} of ${count(question.items)} items`
  return {
    rail: 'confirmation',
    message: `${what} of ${question.replica} was not confirmed`,
    hint: 'To go on without a question: --yes',
  }
}
