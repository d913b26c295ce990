/** A question that somebody has to answer before a run goes on. */
import type { InspectedTable } from './tables/table.ts'

interface AboutReplica {
  /** The replica's name as it was given. */
  readonly replica: string
  /** Where the replica is, and what is known about it. */
  readonly table: InspectedTable
  /** How many items will be deleted. */
  readonly deletions: number
}

export type Question =
  /** From a run or a plan: everything else is written, and these deletions come next. */
  | (AboutReplica & {
      readonly about: 'deletions'
      /** How many items the scan of the replica found. */
      readonly items: number
    })
  /** From an undo: nothing is written yet. */
  | (AboutReplica & {
      readonly about: 'undo'
      /** How many items will be put back as they were. */
      readonly restores: number
    })
