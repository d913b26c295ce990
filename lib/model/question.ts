/** What somebody is asked before a run goes on. */
import type { InspectedTable } from './tables/table.ts'

interface AboutReplica {
  /** Its name as it was given. */
  readonly replica: string
  /** Where it is, and what is known of it. */
  readonly table: InspectedTable
  /** Items that are to be deleted. */
  readonly deletions: number
}

export type Question =
  /** Of a run or a plan: all else is written, and these deletions come next. */
  | (AboutReplica & {
      readonly about: 'deletions'
      /** Items that the scan of the replica has found. */
      readonly items: number
    })
  /** Of an undo: nothing is written yet. */
  | (AboutReplica & {
      readonly about: 'undo'
      /** Items that are to be put back as they were. */
      readonly restores: number
    })
