/** Journal in, result out: what the `undo` command and `undoSync` have in common. */
import { refuseSharedFiles } from '../files/distinct-files.ts'
import type { JournalHeader } from '../model/files/journal-lines.ts'
import { newRunIdentity } from '../model/run-identity.ts'
import type { Summary } from '../model/summary.ts'
import { checkValue } from '../options/check-value.ts'
import { checkFile, refuseStray } from '../options/commands.ts'
import { currentOptions } from '../options/current-options.ts'
import { FILE_OPTIONS } from '../options/groups/file-options.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { RunOptions, UndoOptions } from '../options/run-options.ts'
import type { Settings } from '../options/settings.ts'
import { runUndo } from '../run/phases/undo-journal.ts'
import { inspectReplicas } from '../run/preflight/table-inspection.ts'
import { checkControlFile } from '../run/rate/control-file.ts'
import { headerOf } from '../run/records/frame-lines.ts'
import { readJournal } from '../run/records/journal-reader.ts'
import { refuseUnopenable } from '../run/records/refusals.ts'
import { refuseOtherTable } from '../run/records/table-match.ts'
import { topologyStop } from '../run/safeguards/safeguard-limits.ts'
import { summariseNothing } from '../run/summarise.ts'
import type { Caller } from './caller.ts'
import { unlessAborted, withListeners } from './listeners.ts'

/** A plan of nothing to scan: all that is done is told by the journal. */
const planOf = ({ workers }: Settings) => ({
  segments: 0,
  workers,
  byLookup: true,
  mayGoOver: false,
  findExtras: true,
  startingKey: undefined,
})

/**
 * @throws TablesyncError where the journal, the options or the tables are not fit; nothing was done then
 */
export async function undo(
  given: UndoOptions,
  { spelling, threads, identity = newRunIdentity() }: Caller,
): Promise<Summary> {
  const options = currentOptions(given)
  refuseStray('undo', options, spelling)
  const { journal: file, allowDamaged, ...others } = options
  checkFile('undo', file)
  const damaged = spelling('allowDamaged')
  if (allowDamaged !== undefined) checkValue(FILE_OPTIONS.allowDamaged, damaged, allowDamaged)
  const journal = await readJournal(file, {
    endsAtDamage: allowDamaged === true,
    damageHint: allowDamaged
      ? 'The lines before it were undone, and none after it.'
      : `Nothing was done. ${spelling('allowDamaged')} undoes the lines before it.`,
  })
  await refuseSharedFiles({
    files: {
      journal: file,
      [spelling('report')]: options.report,
      [spelling('control')]: options.control,
    },
  })
  const settings = resolveOptions(asRunOptions(journal.header, others), spelling, 'the journal')
  await checkControlFile(settings.control)
  const summary = await withListeners(options, {}, async ({ signal, over, during }) => {
    const tables = await unlessAborted(
      signal,
      inspectReplicas(settings, { ...identity, signal, over }),
    )
    if (tables === undefined) return summariseNothing(settings)
    for (const replica of tables.inspected.slice(1)) {
      refuseOtherTable(journal.header.tables[replica.ref.label], replica, 'journal')
    }
    const stop = topologyStop(settings, tables)
    if (stop !== undefined) {
      return summariseNothing(settings, { stopped: stop, readUnits: tables.readUnits })
    }
    const plan = planOf(settings)
    await refuseUnopenable(settings, tables)
    const header = headerOf('report', settings, tables, { hasMaster: false })
    const preparation = { settings, tables, plan, threads }
    return during(header, (listeners) => runUndo(preparation, journal, listeners, signal))
  })
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
  // The master is not asked for anything; its place wants a name.
  const [master = ''] = replicas
  const writes = { writeMissing: true, writeDiffering: true, deleteExtra: true, quiesced: true }
  return { ...options, ...writes, master, replicas }
}
