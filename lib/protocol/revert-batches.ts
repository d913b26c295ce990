/** What the main thread and the threads of a revert say to each other. */
import type { HooksSource } from '../model/hooks.ts'
import type { ChangeCounts } from '../model/results/reverted-export.ts'
import type { KeySchema } from '../model/tables/table.ts'
import type { WireError } from './wire-error.ts'

/** To each thread, once. Plain data only. */
export interface RevertSetup {
  /** The replica's name, which each line of the journal has. */
  readonly replica: string
  readonly keySchema: KeySchema
  /** Says when an item expires. Absent: nothing does, or expired items count like others. */
  readonly ttlAttribute?: string
  /** The module that selects. Absent: all changes are selected. */
  readonly hooks?: HooksSource
}

/** Lines of a data file of the export, to judge. */
export interface ChangeBatch {
  readonly file: string
  /** The number of the first line. */
  readonly first: number
  readonly lines: readonly string[]
}

/** What has become of a batch. */
export type JudgedBatch =
  | { readonly journal: readonly string[]; readonly counts: ChangeCounts }
  | { readonly error: WireError }
