/** What a program passes to `runSync`, `applySync` and `undoSync`. */
import type { OPTIONS } from './groups/all-options.ts'
import type { ConnectionOptions } from './groups/connection-options.ts'
import type { CreateOptions } from './groups/create-options.ts'
import type { CredentialOptions } from './groups/credential-options.ts'
import type { FILE_OPTIONS, FileOptions } from './groups/file-options.ts'
import type { FingerprintOnly } from './groups/fingerprint-options.ts'
import type { FilterOptions } from './groups/items/filter-options.ts'
import type { KeyOptions } from './groups/items/key-options.ts'
import type { MaskOptions } from './groups/items/mask-options.ts'
import type { PartOptions } from './groups/items/part-options.ts'
import type { PaceOptions } from './groups/pace-options.ts'
import type { PassOptions } from './groups/pass-options.ts'
import type { PlaceOptions } from './groups/place-options.ts'
import type { ProgramOptions } from './groups/program-options.ts'
import type { RecheckOptions } from './groups/recheck-options.ts'
import type { RepairOptions } from './groups/repair-options.ts'
import type { ResumeOptions } from './groups/resume-options.ts'
import type { RevertOnly } from './groups/revert-options.ts'
import type { SafeguardOptions } from './groups/safeguard-options.ts'
import type { ScanOptions } from './groups/scan-options.ts'
import type { SelectionOptions } from './groups/selection-options.ts'
import type { ShardOptionsGiven } from './groups/shard-options.ts'
import type { EndpointOptions, NamedTables, TableOptions } from './groups/table-options.ts'
import type { FileCommand, OptionsOf } from './option.ts'

/** The options of a comparison: those of the command line, and what only code can give. */
export interface RunOptions
  extends NamedTables,
    RepairOptions,
    CreateOptions,
    SafeguardOptions,
    RecheckOptions,
    Omit<FileOptions, 'allowDamaged'>,
    ScanOptions,
    PlaceOptions,
    FilterOptions,
    PartOptions,
    MaskOptions,
    KeyOptions,
    EndpointOptions,
    CredentialOptions,
    ConnectionOptions,
    ResumeOptions,
    PassOptions,
    PaceOptions,
    ProgramOptions {
  /** @deprecated The old name of `journal`. */
  readonly undo?: string
}

type Options = typeof OPTIONS

/** The names of options that a command takes as a comparison does. */
type TakenBy<Command extends FileCommand> = {
  [Name in keyof Options]: Options[Name] extends { readonly also: readonly (infer Each)[] }
    ? Command extends Each
      ? Name
      : never
    : never
}[keyof Options]

/** The journal, and how to reach the tables that it names. */
export type UndoOptions = {
  readonly journal: string
} & Pick<RunOptions, TakenBy<'undo'>> &
  Pick<OptionsOf<typeof FILE_OPTIONS>, 'allowDamaged'> &
  ProgramOptions

/** The plan, and how to reach the tables that it names. */
export type ApplyOptions = { readonly plan: string } & Pick<RunOptions, TakenBy<'apply'> | 'undo'> &
  Pick<SelectionOptions, 'kind' | 'attribute' | 'exceptKeys'> &
  ProgramOptions

/** The folder of an export, and which of its changes to take back. */
export type RevertOptions = { readonly export: string } & Pick<RunOptions, TakenBy<'revert'>> &
  RevertOnly &
  Pick<ProgramOptions, 'signal' | 'timeouts'>

/** A report, a plan or a journal, and which of its lines to show. */
export type ShowOptions = { readonly file: string } & Pick<KeyOptions, 'key'> &
  Pick<FileOptions, 'html'> &
  Omit<SelectionOptions, 'exceptKeys'>

/** The options of a comparison that do not fit one that several machines share. */
type NotForShards = {
  [Name in keyof Options]: Options[Name] extends { readonly notFor: readonly unknown[] }
    ? Name
    : never
}[keyof Options]

/** A comparison that several machines share, and how it is divided among them. */
export type ShardPlanOptions = Omit<RunOptions, NotForShards | 'undo' | keyof ProgramOptions> &
  Pick<ShardOptionsGiven, 'shards' | 'out' | 'atOnce'> &
  Pick<ProgramOptions, 'signal' | 'timeouts'>

/** The folder of a planned run, and how this machine does its part. */
export type ShardOptions = { readonly folder: string } & Pick<RunOptions, TakenBy<'shard'>> &
  Pick<ShardOptionsGiven, 'shardIndex'> &
  Omit<ProgramOptions, 'confirm'>

/** The folder of a run whose shards are done, and the files to make of what they have found. */
export type MergeOptions = { readonly folder: string } & Pick<RunOptions, TakenBy<'merge'>>

/** A table, and how it is read for a fingerprint. */
export type FingerprintOptions = { readonly table: string | TableOptions } & Pick<
  RunOptions,
  TakenBy<'fingerprint'>
> &
  Pick<ShardOptionsGiven, 'out'> &
  Pick<FingerprintOnly, 'like'> &
  Omit<ProgramOptions, 'confirm' | 'onDifference'>
