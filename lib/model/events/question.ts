/** A question that somebody has to answer before a run goes on. */
import type { InspectedTable } from '../tables/table.ts'

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
  /** From a run with `createReplica`: the table does not exist, and nothing is written yet. */
  | {
      readonly about: 'creation'
      /** The replica's name as it was given. */
      readonly replica: string
      /** Where it will be. */
      readonly table: Pick<InspectedTable, 'ref'>
      readonly region: string
      /** Twelve digits. */
      readonly account: string | null
      readonly arn: string | null
      /** The KMS key that will encrypt it. Absent: one that AWS keeps or owns. */
      readonly kmsKey?: string
      /** Items of the master, as DescribeTable counts them. */
      readonly approximateItems: number | null
    }
