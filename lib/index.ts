/** tablesync as a library. */
import { apply } from './commands/apply.ts'
import { compareFingerprints as compareTwo } from './commands/fingerprint/compare-fingerprints.ts'
import { takeFingerprint } from './commands/fingerprint/take-fingerprint.ts'
import { folderOf } from './commands/many/files-of-folder.ts'
import type { ManyListeners } from './commands/many/many-runs.ts'
import { pairs } from './commands/many/pairs.ts'
import { revert } from './commands/revert.ts'
import { doShard } from './commands/shards/do-shard.ts'
import { mergeShards as merge } from './commands/shards/merge-shards.ts'
import { planShards as plan } from './commands/shards/plan-shards.ts'
import { sync } from './commands/sync.ts'
import { undo } from './commands/undo.ts'
import type { ComparedFingerprints, TakenFingerprint } from './model/results/fingerprint-results.ts'
import type { PairsSummary } from './model/results/pairs-summary.ts'
import type { RevertedExport } from './model/results/reverted-export.ts'
import type { DoneShard, PlannedShards } from './model/results/shard-results.ts'
import type { Summary } from './model/results/summary.ts'
import type { ProgramOptions } from './options/groups/program-options.ts'
import { asProperty } from './options/option.ts'
import type { PairsOptions } from './options/pair-options.ts'
import type {
  ApplyOptions,
  FingerprintOptions,
  MergeOptions,
  RevertOptions,
  RunOptions,
  ShardOptions,
  ShardPlanOptions,
  UndoOptions,
} from './options/run-options.ts'
import { threadFilesIn } from './run/threads/thread-files.ts'

// In one piece each: of small files a thread takes twice the CPU to start.
const WORKERS = new URL('../../bundle/workers/', import.meta.url)
const CALLER = {
  spelling: asProperty,
  threads: threadFilesIn(WORKERS),
  packageFile: new URL('../../package.json', import.meta.url),
}

/**
 * Compares a master table with its replicas, and repairs them where the
 * options say so. Never exits, prints or reads process state.
 *
 * Resolves to what was found and done, whatever it is; see `outcome`.
 *
 * @throws TablesyncError when the options or the tables are not fit for a run.
 * Nothing has been scanned or written then.
 *
 * @example
 * const { outcome, replicas } = await runSync({
 *   master: 'us-east-1:Orders',
 *   replicas: ['eu-west-1:Orders'],
 *   writeMissing: true,
 * })
 */
export function runSync(options: RunOptions): Promise<Summary> {
  return sync(options, CALLER)
}

/**
 * Takes back the writes of a run that kept a journal. A key that is no longer as
 * that run left it stays as it is, and is reported as changed.
 *
 * @throws TablesyncError when the journal, the options or the tables are not fit
 */
export function undoSync(options: UndoOptions): Promise<Summary> {
  return undo(options, CALLER)
}

/**
 * Carries out a plan that a run with `plan` has written. Each key is read again,
 * and repaired if it is still as it was then; else it is reported as changed.
 *
 * @throws TablesyncError when the plan, the options or the tables are not fit
 */
export function applySync(options: ApplyOptions): Promise<Summary> {
  return apply(options, CALLER)
}

/**
 * Makes an undo journal of the changes in an incremental export to S3, of which
 * `undoSync` takes each back where the item still is as the export says it became.
 * Writes no table.
 *
 * @throws TablesyncError when the export, the options or the table are not fit. No
 * journal is left then
 */
export function revertSync(options: RevertOptions): Promise<RevertedExport> {
  return revert(options, CALLER)
}

/**
 * Plans a run that several machines share: writes `run.json` into the folder `out`, which all of
 * them see, and no table.
 *
 * @throws TablesyncError when the options, the tables or the folder are not fit. Nothing is written then
 */
export function planShards(options: ShardPlanOptions): Promise<PlannedShards> {
  return plan(options, CALLER)
}

/**
 * Does one shard of a run that `planShards` has planned, from where an earlier attempt has left it.
 * Never deletes: the plan that `mergeShards` writes has what is extra.
 *
 * @throws TablesyncError when the folder, the options or the tables are not fit. Nothing has been
 * scanned or written then
 */
export function runShard(options: ShardOptions): Promise<DoneShard> {
  return doShard(options, CALLER)
}

/**
 * Puts together what all shards of a run have found. Reads the folder, and no table.
 *
 * @throws TablesyncError when a shard is missing or does not fit, or a file cannot be written
 */
export function mergeShards(options: MergeOptions): Promise<Summary> {
  return merge(options, CALLER)
}

/**
 * Reads a table once, and writes a fingerprint of it to the file `out`, from which `like` makes one
 * that can be compared with it.
 *
 * @throws TablesyncError when the options, the table or the file are not fit. Nothing is written then
 */
export function fingerprintTable(options: FingerprintOptions): Promise<TakenFingerprint> {
  return takeFingerprint(options, CALLER)
}

/**
 * Compares two fingerprints. Reads no table.
 *
 * @param out a new file for the list of segments that differ, for `segmentsOf`. Absent: none is written
 * @throws TablesyncError when a file is no fingerprint, or the two were not made alike
 */
export function compareFingerprints(
  one: string,
  other: string,
  out?: string,
): Promise<ComparedFingerprints> {
  return compareTwo([one, other], out)
}

/** What a program hears of a run over many pairs, and how it ends one. */
export type PairsListeners = ManyListeners

/**
 * Compares and repairs many pairs of tables, some at once. A pair that is refused or fails does not
 * stop the others.
 *
 * @throws TablesyncError when the options, or the pairs together, are not fit. Nothing has been
 * scanned or written then
 *
 * @example
 * const { outcome, pairs } = await runPairs({
 *   pairs: [{ master: 'us-east-1:*-prod', replica: 'eu-west-1:*-copy' }],
 *   pairsAtOnce: 2,
 * })
 */
export function runPairs(
  options: PairsOptions,
  listeners: PairsListeners = {},
): Promise<PairsSummary> {
  return pairs({ ...listeners, options }, CALLER)
}

/**
 * Carries out the plans that lie in a folder, in the order in which they were written. Files are
 * named by `{pair}`, which stands for the name of the plan.
 *
 * @throws TablesyncError when the folder holds no plan, or a file that is not of tablesync
 */
export function applyFolder(
  folder: string,
  options: Omit<ApplyOptions, 'plan' | keyof ProgramOptions> = {},
  listeners: PairsListeners = {},
): Promise<PairsSummary> {
  return folderOf({ ...listeners, command: 'apply', folder, options }, CALLER)
}

/**
 * Undoes the journals that lie in a folder, the latest first.
 *
 * @throws TablesyncError when the folder holds no journal, or a file that is not of tablesync
 */
export function undoFolder(
  folder: string,
  options: Omit<UndoOptions, 'journal' | keyof ProgramOptions> = {},
  listeners: PairsListeners = {},
): Promise<PairsSummary> {
  return folderOf({ ...listeners, command: 'undo', folder, options }, CALLER)
}

export { type ErrorCode, type ErrorScope, TablesyncError } from './errors.ts'
export type { Change, ChangedValues, TypeName } from './model/change.ts'
export type { Difference, DifferenceKind, RepairAction } from './model/difference.ts'
export type { RunEvent } from './model/events/events.ts'
export type { PairsEvent } from './model/events/pairs-events.ts'
export type { Question } from './model/events/question.ts'
export type { HookItem, Hooks, Skip } from './model/hooks.ts'
export type { ComparedFingerprints, TakenFingerprint } from './model/results/fingerprint-results.ts'
export type {
  NamedPair,
  PairResult,
  PairsOutcome,
  PairsSummary,
} from './model/results/pairs-summary.ts'
export type {
  ChangeCounts,
  ExportOfTable,
  RevertedExport,
} from './model/results/reverted-export.ts'
export type {
  EstimatedShare,
  SampledReplica,
  SampleSummary,
} from './model/results/sample-summary.ts'
export type { DoneShard, PlannedShards, ShardOutcome } from './model/results/shard-results.ts'
export type {
  ErrorSummary,
  MasterSummary,
  Outcome,
  PassesSummary,
  Refusal,
  ReplicaSummary,
  ShardsSummary,
  Summary,
} from './model/results/summary.ts'
export type { SafeguardName, SafeguardName as RailName, Stop, Stopped } from './model/safeguard.ts'
export type { CredentialSource, PlainCredentials } from './model/tables/aws-credentials.ts'
export type { NotMade, PlannedTable } from './model/tables/planned-table.ts'
export type { InspectedTable, KeySchema, TableFacts, TableRef } from './model/tables/table.ts'
export type { MasterTally, NamedTally, ReplicaTally } from './model/tally.ts'
export type { WireItem, WireValue } from './model/wire.ts'
export type { Timeouts } from './options/groups/program-options.ts'
export type { TableOptions } from './options/groups/table-options.ts'
export type { PairLimits, PairOptions, PairsOptions } from './options/pair-options.ts'
export type {
  ApplyOptions,
  FingerprintOptions,
  MergeOptions,
  RevertOptions,
  RunOptions,
  ShardOptions,
  ShardPlanOptions,
  UndoOptions,
} from './options/run-options.ts'
