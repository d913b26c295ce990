/** Options of how tables are read. */

import { availableParallelism } from 'node:os'
import { MOST_SEGMENTS } from '../../model/tables/most-segments.ts'
import { filled, type Group, type OptionsOf, type Spelling } from '../option.ts'
import { parseStartingKey } from '../values/starting-key-text.ts'
import { choosesItems, type FilterOptions } from './items/filter-options.ts'

export const SCAN_OPTIONS = {
  /** Look for extra items where the strategy would not. The march sees them anyway. */
  scanForExtra: {
    flag: 'scan-for-extra',
    kind: 'switch',
    help: 'Look for extra items where the strategy would not (the march sees them anyway)',
  },
  /**
   * Take items that have expired for absent, if master and replica have the same
   * TTL attribute: they are counted in `expired` and not written. @default true
   */
  ttlAware: {
    flag: 'no-ttl-aware',
    also: ['fingerprint'],
    kind: 'switch',
    turnsOff: true,
    help: 'Compare and repair items that have expired like any other',
  },
  /**
   * `march` scans both tables in step; `lookup` scans the master and reads the
   * replicas by key; `auto` marches, and switches to lookup for a replica that
   * scans in another order. @default 'auto'
   */
  strategy: {
    flag: 'strategy',
    kind: 'choice',
    value: 'name',
    choices: ['auto', 'march', 'lookup'],
    default: 'auto',
    help: 'How tables are read. march: scan both tables in step. lookup: scan the master, read replicas by key. auto: march, and switch to lookup for a replica that scans in another order',
  },
  /**
   * Start after this key of the master: plain values or DynamoDB JSON, as an
   * object or as its JSON text. Implies one segment.
   */
  startingKey: {
    flag: 'starting-key',
    notFor: ['shard-plan'],
    kind: 'key',
    value: 'key',
    help: 'Start after this key of the master (plain or DynamoDB JSON). Implies one segment',
    more: 'For example `{"id":"a","at":7}`, or DynamoDB JSON as a run logs it. Items up to that key are not compared. Extras are looked for only with `--scan-for-extra` or `--delete-extra`; then in the whole replica, not only after the key.',
  },
  /** Make the first look strongly consistent too, at twice the read units. @default false */
  consistentRead: {
    flag: 'consistent-read',
    also: ['fingerprint'],
    kind: 'switch',
    help: 'Make the first look strongly consistent too, at twice the read units',
  },
  /** Segments to divide the scan into, 1 to 1,000,000. @default from the master's size */
  segments: {
    flag: 'segments',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: MOST_SEGMENTS,
    help: 'Segments to divide the scan into (default: from the size of the master)',
    more: 'A run takes at most as many segments as DescribeTable counts items, or eight times `--parallel`, whichever is more. If DescribeTable counts no items, it takes at most 4,096. If the engine returns all items for every segment, the run uses one segment and says so; a number above 1 that you gave is then refused.',
  },
  /** Segments scanned at once; in an apply or an undo, tasks at once. @default four per worker */
  parallel: {
    flag: 'parallel',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: 4096,
    also: ['apply', 'undo', 'shard', 'fingerprint'],
    help: 'Segments scanned at once; for apply and undo, tasks at once (default: four per worker)',
    helpFor: {
      sync: 'Segments scanned at once (default: four per worker)',
      apply: 'Tasks at once (default: four per worker)',
      undo: 'Tasks at once (default: four per worker)',
    },
  },
  /** Worker threads. @default one per core; fewer for a dry run of small tables */
  workers: {
    flag: 'workers',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: 256,
    also: ['apply', 'undo', 'revert', 'shard', 'fingerprint'],
    help: 'Worker threads (default: one per core; fewer for a dry run of small tables)',
    helpFor: {
      undo: 'Worker threads (default: one per core)',
      revert: 'Worker threads (default: one per core)',
    },
  },
  /** Items per Scan request. @default as many as fit on a page of 1 MB */
  scanLimit: {
    flag: 'scan-limit',
    also: ['fingerprint'],
    kind: 'whole',
    value: 'items',
    least: 1,
    most: 2_147_483_647,
    help: 'Items per Scan request (default: as many as fit on a page)',
  },
  /** Keys per BatchGetItem request, 1 to 100. @default 100 */
  batchReadLimit: {
    flag: 'batch-read-limit',
    kind: 'whole',
    value: 'keys',
    least: 1,
    most: 100,
    default: 100,
    also: ['apply', 'undo'],
    help: 'Keys per BatchGetItem request',
    more: 'DynamoDB takes 100 at the most.',
  },
} as const satisfies Group

export type ScanOptions = OptionsOf<typeof SCAN_OPTIONS>

export interface ScanSettings {
  readonly scanForExtra: boolean
  /** Whether items that have expired count as absent. */
  readonly ttlAware: boolean
  readonly strategy: 'auto' | 'march' | 'lookup'
  /** Parsed JSON, as yet unchecked against the key of the table. */
  readonly startingKey: Readonly<Record<string, unknown>> | undefined
  readonly consistentRead: boolean
  readonly segments: number | undefined
  readonly parallel: number
  /** Worker threads at most. */
  readonly workers: number
  /** Whether there are to be as many, however small the tables. */
  readonly areWorkersAsked: boolean
  readonly scanLimit: number | undefined
  readonly batchReadLimit: number
}

const SEGMENTS_PER_WORKER = 4

export function resolveScan(
  given: ScanOptions & FilterOptions & { readonly deleteExtra?: boolean },
  spelling: Spelling,
): ScanSettings {
  const options = filled(SCAN_OPTIONS, given)
  const workers = options.workers ?? availableParallelism()
  const startingKey = parseStartingKey(given, spelling)
  return {
    ...options,
    scanForExtra: options.scanForExtra || given.deleteExtra === true,
    startingKey,
    // A replica holds more than what is chosen, so no scans of both could be aligned.
    strategy: choosesItems(given) ? 'lookup' : options.strategy,
    segments: startingKey === undefined && given.first === undefined ? options.segments : 1,
    parallel: options.parallel ?? workers * SEGMENTS_PER_WORKER,
    workers,
    areWorkersAsked: options.workers !== undefined,
  }
}
