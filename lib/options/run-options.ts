/** What a program passes to `runSync`: the command line's options, and what only code can give. */

import type { Difference } from '../model/difference.ts'
import type { RunEvent } from '../model/events.ts'
import type { Question } from '../model/question.ts'
import type { CredentialSource, PlainCredentials } from '../model/tables/aws-credentials.ts'
import type { Milliseconds } from '../model/units.ts'

/** A table with an endpoint and credentials of its own. */
export interface TableOptions {
  /** `<region>:<table>` or a table ARN. */
  readonly table: string
  readonly endpoint?: string
  /** Credentials, or a function that yields them. */
  readonly credentials?: PlainCredentials | CredentialSource
  readonly profile?: string
  readonly roleArn?: string
  readonly mfaSerial?: string
  readonly mfaToken?: string
}

export interface RunOptions {
  /** The table that is the truth. It is never written. */
  readonly master: string | TableOptions
  /** The tables that should equal it: at least one. */
  readonly replicas: readonly (string | TableOptions)[]

  /** Put items that a replica lacks. @default false */
  readonly writeMissing?: boolean
  /** Update items that differ, touching only the attributes that do. @default false */
  readonly writeDiffering?: boolean
  /**
   * Delete items that the master lacks, after all other writes, and not at all
   * on a replica where anything failed. Implies `scanForExtra`. @default false
   */
  readonly deleteExtra?: boolean
  /** Write nothing, whatever the three options above say. @default false */
  readonly dryRun?: boolean
  /** Stop before more items than this are written or deleted. @default as many as there are */
  readonly maxWrites?: number
  /**
   * Delete nothing on a replica that has more extras than this: a number, or a
   * percentage of its items like `'2.5%'`. @default 1000 or 1 %, whichever is more, but no more than a
   * fifth of its items, and 10 in any case
   */
  readonly maxDeletes?: number | string
  /**
   * Repair so many items of each replica first, 1 to 10,000, and go on only
   * once all of them were read back twice and held. @default all at once
   */
  readonly canary?: number
  /** Delete even where the master is empty, or has under half of the items it should. @default false */
  readonly allowShrunkenMaster?: boolean
  /** Write to a replica that is a global table with other regions. @default false */
  readonly allowGlobalTable?: boolean
  /** Write to a replica that has a stream. @default false */
  readonly allowStreams?: boolean
  /** Look for extra items where the strategy would not. The march sees them anyway. */
  readonly scanForExtra?: boolean

  /**
   * Seconds that both sides must have stood still before a mismatch counts as a
   * difference: longer than the replication lags. @default 5
   */
  readonly minMismatchAge?: number
  /** Looks at which something had moved, after which a key is `unverified`. @default 5 */
  readonly recheckAttempts?: number
  /**
   * You vouch that nobody writes to any of the tables: one recheck decides, and
   * writes are not read back. @default false
   */
  readonly quiesced?: boolean

  /**
   * An attribute that grows with each change of an item: updates and deletions
   * are conditioned on it, and no newer version is replaced with an older.
   */
  readonly versionAttribute?: string
  /** File URL or absolute path of an ES module with rules of your own; see `Hooks`. */
  readonly hooks?: string
  /** Leave a replica's item alone, and count it as `newer`, where its version is. @default false */
  readonly newerWins?: boolean
  /**
   * Take items for absent that have expired, where master and replica have the
   * same TTL attribute: they are counted in `expired` and not written. @default true
   */
  readonly ttlAware?: boolean

  /** Top-level attributes left out of comparing and updating. */
  readonly ignore?: readonly string[]
  /**
   * `march` scans both tables in step; `lookup` scans the master and reads the
   * replicas by key; `auto` marches, and goes over where the tables turn out
   * to scan in different orders. @default 'auto'
   */
  readonly strategy?: 'auto' | 'march' | 'lookup'
  /**
   * Start after this key of the master: plain values or DynamoDB JSON, as an
   * object or as its JSON text. Implies one segment.
   */
  readonly startingKey?: string | Readonly<Record<string, unknown>>
  /** Make the first look strongly consistent too, at twice the read units. @default false */
  readonly consistentRead?: boolean

  /** Segments to divide the scan into, 1 to 1,000,000. @default from the master's size */
  readonly segments?: number
  /** Segments scanned at once. @default four per worker */
  readonly parallel?: number
  /** Worker threads. @default one per core; fewer for a dry run of small tables */
  readonly workers?: number
  /** Items per Scan request. @default as many as fit on a page of 1 MB */
  readonly scanLimit?: number
  /** Keys per BatchGetItem request, 1 to 100. @default 100 */
  readonly batchReadLimit?: number
  /** How often a request is tried again. @default 10 */
  readonly maxRetries?: number
  /**
   * Whether answers come compressed (gzip), which is less to transfer and more
   * to compute. `auto`: where the tables are in several regions. @default 'auto'
   */
  readonly compression?: 'auto' | 'gzip' | 'none'
  /** Milliseconds that the delay between tries starts from. @default 50 */
  readonly retryDelayBase?: Milliseconds
  /**
   * How long an endpoint that has answered in this run is waited for when it is
   * out of reach: `90s`, `30m`; `0`: not at all. Neither `maxRetries` nor
   * `timeouts` counts that time. @default '10m'
   */
  readonly maxOutage?: string
  /** How long to wait for a table; see `Timeouts`. */
  readonly timeouts?: Timeouts

  /**
   * Read units a second to take of each table: a number, a percentage of what
   * the table is provisioned or warm for like `'25%'`, `'adaptive'` for as much
   * as it does not throttle, or `'max'`.
   *
   * @default a quarter of what it is provisioned or warm for, where that is known; no limit on this machine
   */
  readonly readCapacity?: number | string
  /** Write units a second to take of each replica, likewise; indexes included. */
  readonly writeCapacity?: number | string
  /** Read units a second to take of the master. @default `readCapacity` */
  readonly masterReadCapacity?: number | string
  /**
   * A file that is looked at while the run goes on, whose lines change its
   * pace: `pause`, `resume`, `read-capacity 500`, `write-capacity 25%`.
   */
  readonly control?: string

  /** Endpoint of all tables. */
  readonly endpoint?: string
  readonly masterEndpoint?: string
  readonly replicaEndpoint?: string

  /** Credentials of the master, and of the replicas that have none of their own. */
  readonly profile?: string
  readonly roleArn?: string
  readonly mfaSerial?: string
  readonly mfaToken?: string
  readonly replicaProfile?: string
  readonly replicaRoleArn?: string
  readonly replicaMfaSerial?: string
  readonly replicaMfaToken?: string

  /** Write a line of JSON per difference to this file, created with mode 0600. */
  readonly report?: string
  /**
   * Keep what a replica held before each write in this file, which must not be
   * there yet; `undo` brings it back. Compressed where the name ends in .gz.
   */
  readonly undo?: string
  /**
   * Save in this file how far the run has come, so that it can be taken up
   * again. Without `resume` or `restart` it must not be there yet.
   */
  readonly checkpoint?: string
  /** Go on where the checkpoint says. @default false */
  readonly resume?: boolean
  /** Begin anew, whatever the checkpoint says. @default false */
  readonly restart?: boolean
  /** Longest time between two saves, in seconds. @default 10 */
  readonly checkpointInterval?: number
  /** End after the pages in hand when so much time has passed: `90s`, `30m`, `8h`. */
  readonly maxDuration?: string
  /**
   * Write down in this file what would be repaired, and repair nothing; `apply`
   * does it, where it is still true.
   */
  readonly plan?: string
  /** Have the plan hold the items of both sides too. @default false */
  readonly planItems?: boolean
  /** Aborted: the run ends after the pages in hand, with the outcome `interrupted`. */
  readonly signal?: AbortSignal
  /** Told what the run finds out and how far it is. */
  readonly onProgress?: (event: RunEvent) => void
  /** Told each difference with what was done about it; awaited, so that it can slow the run. */
  readonly onDifference?: (difference: Difference) => void | Promise<void>
  /**
   * Asked before items of a replica are deleted, when all else is written and
   * it is known how many, and before an undo. Any answer but `true` stops the
   * run, with the safeguard `confirmation`. @default nobody is asked
   */
  readonly confirm?: (question: Question) => boolean | Promise<boolean>
}

/** What a program passes to `undoSync`: the journal, and how to reach the tables that it names. */
export type UndoOptions = {
  readonly journal: string
  /**
   * Undo the lines before the first one that is damaged or out of its place,
   * and none from there on; the outcome is `incomplete` then.
   *
   * @default false: such a journal is refused
   */
  readonly allowDamaged?: boolean
} & Pick<
  RunOptions,
  | 'dryRun'
  | 'maxWrites'
  | 'allowGlobalTable'
  | 'allowStreams'
  | 'parallel'
  | 'workers'
  | 'batchReadLimit'
  | 'maxRetries'
  | 'compression'
  | 'retryDelayBase'
  | 'maxOutage'
  | 'timeouts'
  | 'readCapacity'
  | 'writeCapacity'
  | 'masterReadCapacity'
  | 'control'
  | 'endpoint'
  | 'replicaEndpoint'
  | 'profile'
  | 'roleArn'
  | 'mfaSerial'
  | 'mfaToken'
  | 'replicaProfile'
  | 'replicaRoleArn'
  | 'replicaMfaSerial'
  | 'replicaMfaToken'
  | 'report'
  | 'signal'
  | 'onProgress'
  | 'onDifference'
  | 'confirm'
>

/** What a program passes to `applySync`: the plan, and how to reach the tables that it names. */
export type ApplyOptions = { readonly plan: string } & Omit<
  UndoOptions,
  'journal' | 'allowDamaged'
> &
  Pick<
    RunOptions,
    | 'masterEndpoint'
    | 'canary'
    | 'maxDeletes'
    | 'allowShrunkenMaster'
    | 'minMismatchAge'
    | 'recheckAttempts'
    | 'quiesced'
    | 'hooks'
    | 'undo'
  >

export interface Timeouts {
  /** @default 5000 */
  readonly connect?: Milliseconds
  /** For the first byte of a response, and between any two. @default 20000 */
  readonly response?: Milliseconds
  /**
   * After this long without a byte, retries included, a table is given up.
   * Longer than `response`. @default 60000, or three times `response`
   */
  readonly silence?: Milliseconds
  /**
   * After this long without progress, for whatever reason, a segment is given
   * to another thread, and the second time given up. @default 300000
   */
  readonly stall?: Milliseconds
  /** For the module with your own rules to load, in each thread. @default 10000 */
  readonly hooks?: Milliseconds
}
