/** What a thread gets when it starts. Plain data only. */

import type { ComparedPaths } from '../model/compared-paths.ts'
import type { WriteFlags } from '../model/difference.ts'
import type { HooksSource } from '../model/hooks.ts'
import type { ItemFilter } from '../model/item-filter.ts'
import type { ChangeSetup } from '../model/items/item-changes.ts'
import type { RecheckPolicy } from '../model/recheck-policy.ts'
import type { RequestTimeouts } from '../model/request-timeouts.ts'
import type { RequestAddress } from '../model/tables/request-address.ts'
import type { EndpointVariant, KeySchema, TableIndex } from '../model/tables/table.ts'

/** How to reach one table. */
export interface TableAccess {
  readonly index: TableIndex
  readonly label: string
  /** How requests name the table: by its name, or by its ARN if the user gave that. */
  readonly tableName: string
  readonly region: string
  /** Absent: the SDK's own choice for the region. */
  readonly endpoint?: string
  /** How the SDK's own choice differs from the usual one. */
  readonly variants?: readonly EndpointVariant[]
  /** The profile that was given for the table. Absent: the environment's. */
  readonly profile?: string
  /** Who sends the requests, for people who read the account's logs. */
  readonly userAgent: string
  /** Certificates to trust (PEM). Absent: those that Node.js trusts. */
  readonly trust?: string
  readonly keySchema: KeySchema
  readonly address: RequestAddress
  /** Of the master alone: items that it leaves out count as absent. */
  readonly filter?: ItemFilter
  /** Of the master alone: items may count as absent for another reason than a filter. */
  readonly leavesOut?: true
  /** Of the master alone: no message quotes its values, since the run masks them. */
  readonly valuesAreHidden?: true
  /** Of the master alone: no message names its keys, since the run masks them. */
  readonly keysAreHidden?: true
  /** Says when an item expires, here and in the master. Absent: nothing does, or it is ignored. */
  readonly ttlAttribute?: string
}

/** Coordinator to thread, once: what all segments of the run have in common. */
export interface WorkerSetup {
  /** Master first: each table is at its own index. */
  readonly tables: readonly TableAccess[]
  readonly timeouts: RequestTimeouts
  readonly compared: ComparedPaths
  /** Whether missing items may be put: whole, and so with what is not compared. */
  readonly putsWhole: boolean
  /** What would be written without a dry run. It counts against the allowance all the same. */
  readonly asked: WriteFlags
  readonly write: WriteFlags
  readonly consistentRead: boolean
  /** Items per Scan request. Absent: as many as DynamoDB puts on a page. */
  readonly scanLimit?: number
  readonly batchReadLimit: number
  readonly recheckPolicy: RecheckPolicy
  /** Absent: no attribute tells which of two items is newer. */
  readonly versionAttribute?: string
  readonly newerWins: boolean
  /** The module with the user's own rules. Absent: there are none. */
  readonly hooks?: HooksSource
  /** What items of the master are changed by, besides the hook. Absent: nothing changes them. */
  readonly change?: ChangeSetup
  /** Whether to record what a replica held before each write. */
  readonly isJournaled: boolean
  /** Whether anything is written: then intents are recorded, for a task that is taken up again. */
  readonly isWriting: boolean
  /** Whether the coordinator wants findings one by one, or only their counts. */
  readonly tellDifferences: boolean
  /** Whether a reported difference has the values of both sides. */
  readonly showValues: boolean
  /** What to note of each difference for a repair plan. */
  readonly planning: 'nothing' | 'digests' | 'items'
  /** Shared counter behind `Allowance`. */
  readonly allowance: SharedArrayBuffer
  /** The same of several runs together. Absent: the run stands alone. */
  readonly sharedAllowance?: SharedArrayBuffer
  /** Shared flags behind `CanaryFlags`. */
  readonly canaryFlags: SharedArrayBuffer
  /** Whether missing items go out in unconditional batches: nobody else writes, and no journal. */
  readonly putsInBatches: boolean
  /** Shared counters behind `RecheckBudget`. */
  readonly recheckBudget: SharedArrayBuffer
  /** Shared counters behind `OrderRecord`. */
  readonly orderRecord: SharedArrayBuffer
  /** Shared counters behind `TokenBuckets`. */
  readonly tokenBuckets: SharedArrayBuffer
  /** Shared counters behind `Traffic`. */
  readonly traffic: SharedArrayBuffer
  /** Shared states behind `Outages`. */
  readonly outages: SharedArrayBuffer
}

/** Thread to coordinator, outside of any task: how far its start is. */
export interface ThreadStart {
  readonly thread: number
  readonly is: 'loading' | 'started'
}
