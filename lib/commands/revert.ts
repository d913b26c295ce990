/** Export in, journal out: what the `revert` command and `revertSync` have in common. */
import { rm } from 'node:fs/promises'
import { usageError } from '../errors.ts'
import { checkedFiles, type DataFile } from '../export/data-files.ts'
import { refuseOtherExport, ttlAttributeOf } from '../export/exported-table.ts'
import { journalChanges } from '../export/journaled-changes.ts'
import { type ExportManifest, readManifest } from '../export/manifest.ts'
import { finish, unfinishedName } from '../files/finished-file.ts'
import { DurableLines, refuseUncreatable } from '../files/lines/durable-lines.ts'
import type { FileFooter } from '../model/files/header-and-footer.ts'
import {
  type ChangeCounts,
  type ExportOfTable,
  NO_CHANGES,
  type RevertedExport,
} from '../model/results/reverted-export.ts'
import { newRunIdentity } from '../model/run-identity.ts'
import type { InspectedTable } from '../model/tables/table.ts'
import { checkFile, refuseStray } from '../options/commands.ts'
import { checkRevert } from '../options/groups/revert-options.ts'
import type { Spelling } from '../options/option.ts'
import { ownOptions } from '../options/own-options.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { RevertOptions, RunOptions } from '../options/run-options.ts'
import type { Settings } from '../options/settings.ts'
import { shown } from '../options/values/quoted-value.ts'
import { JOURNAL_FILE } from '../run/journal/journal-writer.ts'
import { headerOf } from '../run/records/frame-lines.ts'
import type { Tables } from '../run/tables/table-inspection.ts'
import { inspectReplicas } from '../run/tables/undo-inspection.ts'
import { checkFiles } from './begin-run.ts'
import type { Caller } from './caller.ts'

/** Hears how far the reading of an export is. */
export interface RevertListeners {
  /** Once it is known to be whole, and of the table. */
  readonly onExport?: (of: ExportOfTable, table: InspectedTable, changes: number) => void
  /** Now and then. */
  readonly onCounts?: (counts: ChangeCounts) => void
}

/**
 * Writes a journal, and no table.
 *
 * @throws TablesyncError where the export, the options or the table are not fit; no journal is left then
 */
export async function revert(
  given: RevertOptions,
  caller: Caller,
  listeners: RevertListeners = {},
): Promise<RevertedExport> {
  const { spelling, identity = newRunIdentity() } = caller
  const options = ownOptions(given)
  refuseStray('revert', options, spelling)
  const { export: folder, all, withExpired, sameTableAs, ...others } = options
  checkFile('revert', folder)
  checkRevert(options, spelling)
  const settings = settingsOf(others, spelling)
  const journal = settings.journal as string
  const [{ ref }] = settings.replicas as [Settings['replicas'][number]]
  const { signal = new AbortController().signal } = options
  const manifest = await readManifest(folder)
  await checkFiles(others, settings, caller)
  await refuseUncreatable({ ...JOURNAL_FILE, file: journal })
  const over = new AbortController()
  const about = { ...identity, replica: ref.label, journal, export: manifest.of }
  try {
    const begin = { runId: identity.runId, signal, over: over.signal }
    const tables = await inspectReplicas(settings, begin, { timeToLive: true })
    const [table] = tables.inspected
    refuseOtherExport(manifest, table, sameTableAs, spelling)
    const ttl = withExpired ? undefined : ttlAttributeOf(table, spelling)
    const files = await checkedFiles(folder, manifest, signal)
    listeners.onExport?.(manifest.of, table, manifest.items)
    const work = { caller, settings, tables, manifest, files, ttl, signal }
    const counts = await writeJournal(work, listeners)
    const outcome = counts.tooWide > 0 ? 'incomplete' : 'complete'
    return { version: 1, outcome, ...about, ...counts }
  } catch (error) {
    if (!signal.aborted) throw error
    return { version: 1, outcome: 'interrupted', ...about, ...NO_CHANGES }
  } finally {
    over.abort()
  }
}

interface Work {
  readonly caller: Caller
  readonly settings: Settings
  readonly tables: Tables
  readonly manifest: ExportManifest
  readonly files: readonly DataFile[]
  readonly ttl: string | undefined
  readonly signal: AbortSignal
}

/** A part of a journal would be taken for the whole of it, so it gets its name at the end. */
async function writeJournal(
  { caller, settings, tables, manifest, files, ttl, signal }: Work,
  { onCounts = () => {} }: RevertListeners,
): Promise<ChangeCounts> {
  const { hooks, workers } = settings
  const file = settings.journal as string
  const unfinished = unfinishedName(file, tables.runId)
  const [{ ref, facts }] = tables.inspected
  const header = { ...headerOf('undo-journal', settings, tables), export: manifest.of }
  const journal = await DurableLines.open({ ...JOURNAL_FILE, file: unfinished }, header)
  const judging = {
    threadFile: caller.threads.revert,
    threads: workers,
    setup: {
      replica: ref.label,
      keySchema: facts.keySchema,
      ...(ttl !== undefined && { ttlAttribute: ttl }),
      ...(hooks !== undefined && { hooks }),
    },
  }
  try {
    const counts = await journalChanges(files, judging, journal, signal, onCounts)
    const end = counts.tooWide > 0 ? 'incomplete' : 'in-sync'
    const footer: Omit<FileFooter, 'totals'> = { end, ended: new Date().toISOString() }
    await journal.end(footer)
    await journal.close()
    await finish(unfinished, { file, what: 'the undo journal' })
    return counts
  } catch (error) {
    await journal.close()
    await rm(unfinished, { force: true })
    throw error
  }
}

/** Nothing is asked of a master: the replica stands in for it. */
function settingsOf(
  options: Omit<RevertOptions, 'export' | 'all' | 'withExpired' | 'sameTableAs'>,
  spelling: Spelling,
): Settings {
  const replicas: unknown = options.replicas
  if (!Array.isArray(replicas) || replicas.length !== 1) {
    throw usageError(
      `Expected one \`${spelling('replicas')}\`, got ${Array.isArray(replicas) ? replicas.length : shown(replicas)}`,
      'Name the table that was exported, as <region>:<table> or ARN.',
    )
  }
  const [master] = options.replicas as RunOptions['replicas']
  const writes = { writeMissing: true, writeDiffering: true, deleteExtra: true }
  const given = { ...options, ...writes, master: master as string }
  const settings = resolveOptions(given, spelling)
  const { hooks } = settings
  return hooks === undefined ? settings : { ...settings, hooks: { ...hooks, isForRevert: true } }
}
