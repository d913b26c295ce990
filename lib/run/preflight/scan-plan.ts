/** Plans a run: its segments and their order, its strategy, and what it looks for. */
import { usageError } from '../../errors.ts'
import type { TableFacts } from '../../model/tables/table.ts'
import type { Bytes } from '../../model/units.ts'
import type { Settings } from '../../options/settings.ts'
import { keyTextOfGiven } from '../../selection/key-text.ts'
import type { Tables } from '../tables/table-inspection.ts'
import { isByKeyOnly } from './changed-keys.ts'

export interface Plan {
  /** Segments that the tables are divided into. */
  readonly segments: number
  /** The segments that the run compares, each once. Absent: all. */
  readonly part?: readonly number[] | undefined
  /** Present: the part was drawn at random, and stands for the whole. */
  readonly sample?: { readonly seed: number }
  /** Worker threads. */
  readonly workers: number
  /** Whether the run reads replicas by lookup from the beginning. */
  readonly byLookup: boolean
  /** Whether a march may switch to lookup. */
  readonly mayGoOver: boolean
  readonly findExtras: boolean
  /** DynamoDB JSON text. */
  readonly startingKey: string | undefined
  /** Items of the master to compare. Absent: all. */
  readonly first?: number | undefined
  /** Whether keys are listed, and no scan counts the items around them. */
  readonly isOfKeys?: boolean
  /** Of a reviewed plan: items scanned when it was written. Absent: the scans of this run count. */
  readonly scanned?: {
    readonly master: number
    readonly replicas: { readonly [label: string]: number }
  }
}

/** @throws TablesyncError with code `USAGE` if the tables rule out the starting key or segments */
export function planRun(settings: Settings, { inspected, undivided }: Tables): Plan {
  const { startingKey } = settings
  const [{ facts: master }] = inspected
  const strategy = isByKeyOnly(settings, master.keySchema) ? 'lookup' : settings.strategy
  const undividedTable = undivided.map((table) => inspected[table]?.ref.label)[0]
  if (undividedTable !== undefined) refuseSegments(settings.segments, undividedTable)
  return {
    segments: undividedTable === undefined ? planSegments(settings, master) : 1,
    workers: planWorkers(settings, master),
    byLookup: strategy === 'lookup',
    mayGoOver: strategy === 'auto',
    findExtras: findsExtras({ ...settings, strategy }),
    ...(settings.first !== undefined && { first: settings.first }),
    startingKey: startingKey && keyTextOfGiven(startingKey, master.keySchema, 'the starting key'),
  }
}

/** The plan of a run that scans nothing: its keys are listed in a plan or a journal. */
export const planOfKeys = ({ workers }: Settings): Plan => ({
  segments: 0,
  workers,
  byLookup: true,
  mayGoOver: false,
  findExtras: true,
  startingKey: undefined,
})

/** A march finds extras at no extra cost, unless it begins in the middle. */
export const findsExtras = ({
  scanForExtra,
  strategy,
  startingKey,
}: Pick<Settings, 'scanForExtra' | 'strategy' | 'startingKey'>): boolean =>
  scanForExtra || (strategy !== 'lookup' && startingKey === undefined)

/** A table that returns all its items for each segment can only be scanned in one segment. */
export function refuseSegments(segments: number | undefined, label: string): void {
  if (segments === undefined || segments === 1) return
  throw usageError(
    `Expected ${label} to divide a scan into ${segments} segments; it returns all its items for each of them`,
    'Its engine ignores the segment of a Scan. Leave --segments out, or give 1.',
  )
}

/** A segment of this size has many pages: its half-empty last page and its task cost little. */
const SEGMENT_BYTES: Bytes = 16 << 20

/** A small table is still divided this fine, so that every parallel scan has work. */
const SMALL_SEGMENT_BYTES: Bytes = 512 << 10
const SMALL_SEGMENTS_PER_SCAN = 8

const MOST_SEGMENTS = 65_536

type Size = Pick<TableFacts, 'approximateBytes'> & Partial<Pick<TableFacts, 'approximateItems'>>

/** For a count of zero, which is as likely six hours old as true. Some emulators always report zero. */
const MOST_UNCOUNTED = 4096

/** Each segment without an item costs a request. */
const mostSegments = (parallel: number, items = 0) =>
  items === 0 ? MOST_UNCOUNTED : Math.max(items, parallel * SMALL_SEGMENTS_PER_SCAN)

/** Plans no more segments than there are items or the parallel scans need, even if more are asked for. */
export function planSegments(
  { segments, parallel }: Pick<Settings, 'segments' | 'parallel'>,
  { approximateBytes, approximateItems }: Size,
): number {
  if (segments !== undefined) return Math.min(segments, mostSegments(parallel, approximateItems))
  // A size of zero is as likely six hours old as true.
  if (approximateBytes === undefined || approximateBytes <= 0) return parallel
  const fine = Math.min(
    Math.ceil(approximateBytes / SMALL_SEGMENT_BYTES),
    parallel * SMALL_SEGMENTS_PER_SCAN,
  )
  return Math.min(Math.max(fine, Math.ceil(approximateBytes / SEGMENT_BYTES)), MOST_SEGMENTS)
}

/** One thread compares this much in less time than a second thread takes to start and pay off. */
const LEAST_BYTES_A_WORKER: Bytes = 512 << 20

/** Plans as many threads as there is work for. A run that writes gets all of its workers. */
export function planWorkers(
  {
    workers,
    areWorkersAsked,
    write,
    replicas,
  }: Pick<Settings, 'workers' | 'areWorkersAsked' | 'write' | 'replicas'>,
  { approximateBytes }: Pick<TableFacts, 'approximateBytes'>,
): number {
  const isWriting = write.missing || write.differing || write.extra
  if (areWorkersAsked || isWriting || !approximateBytes) return workers
  const bytes = approximateBytes * (1 + replicas.length)
  return Math.min(Math.ceil(bytes / LEAST_BYTES_A_WORKER), workers)
}

type Divided = Pick<Plan, 'segments' | 'part'>

/** How many segments the run compares. */
export const segmentsToCompare = ({ segments, part }: Divided): number => part?.length ?? segments

/** The segments to compare in random order, so that those under way are on many partitions. */
export function shuffledSegments({ segments, part }: Divided): number[] {
  const order = part === undefined ? [...Array(segments).keys()] : [...part]
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1))
    const swapped = order[at] as number
    order[at] = order[other] as number
    order[other] = swapped
  }
  return order
}
