/** Journal in, result out: what the `undo` command and `undoSync` have in common. */
import type { JournalHeader } from '../model/files/journal-lines.ts'
import type { Summary } from '../model/results/summary.ts'
import { newRunIdentity } from '../model/run-identity.ts'
import { checkFile, refuseStray } from '../options/commands.ts'
import { FILE_OPTIONS } from '../options/groups/file-options.ts'
import { ownOptions } from '../options/own-options.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { RunOptions, UndoOptions } from '../options/run-options.ts'
import { checkValue } from '../options/values/check-value.ts'
import { readJournal } from '../run/journal/journal-reader.ts'
import { runUndo } from '../run/phases/undo-journal.ts'
import { planOfKeys } from '../run/preflight/scan-plan.ts'
import { refuseOtherTable } from '../run/tables/table-match.ts'
import { inspectReplicas } from '../run/tables/undo-inspection.ts'
import { beginRun, checkFiles, type Work } from './begin-run.ts'
import type { Caller } from './caller.ts'
import { withMetrics } from './with-metrics.ts'

/**
 * @throws TablesyncError where the journal, the options or the tables are not fit; nothing was done then
 */
export async function undo(given: UndoOptions, caller: Caller): Promise<Summary> {
  const { spelling, threads, identity = newRunIdentity() } = caller
  const options = ownOptions(given)
  refuseStray('undo', options, spelling)
  const { journal: file, allowDamaged, ...others } = options
  checkFile('undo', file)
  const flag = spelling('allowDamaged')
  if (allowDamaged !== undefined) checkValue(FILE_OPTIONS.allowDamaged, flag, allowDamaged)
  const journal = await readJournal(file, {
    endsAtDamage: allowDamaged === true,
    damageHint: allowDamaged
      ? 'The lines before the damaged one were undone, and none after it.'
      : `Nothing was done. ${flag} undoes the lines before the damaged one.`,
  })
  const settings = resolveOptions(asRunOptions(journal.header, others), spelling, 'the journal')
  await checkFiles(options, settings, caller)
  const work: Work = {
    subject: 'journal',
    inspect: (begin) => inspectReplicas(settings, begin),
    check({ inspected: [, ...replicas] }) {
      for (const replica of replicas) {
        refuseOtherTable(journal.header.tables[replica.ref.label], replica, 'journal')
      }
    },
    planOf: () => planOfKeys(settings),
    run: (preparation, listeners, signal) => runUndo(preparation, journal, listeners, signal),
  }
  const metered = { command: 'undo', settings, identity, caller } as const
  const summary = await withMetrics(metered, options, (heard) =>
    beginRun({ settings, identity, threads, caller }, heard, work),
  )
  return { ...summary, ...identity }
}

/** All kinds of writes: what was missing may have to go again, and what was deleted to come back. */
function asRunOptions(
  { tables }: JournalHeader,
  options: Omit<UndoOptions, 'journal' | 'allowDamaged'>,
): RunOptions {
  const isElsewhere = options.endpoint !== undefined || options.replicaEndpoint !== undefined
  const replicas = Object.entries(tables).map(([table, { endpoint }]) =>
    endpoint === undefined || isElsewhere ? table : { table, endpoint },
  )
  // Nothing is asked of a master: the first replica stands in for it.
  const [master = ''] = replicas
  const writes = { writeMissing: true, writeDiffering: true, deleteExtra: true, quiesced: true }
  return { ...options, ...writes, master, replicas }
}
