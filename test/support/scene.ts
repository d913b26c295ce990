/** A master and its replicas, each on its own stub, and a run over them. */

import {
  type Difference,
  type ReplicaSummary,
  type RunEvent,
  type RunOptions,
  runSync,
  type Summary,
  type WireItem,
} from 'tablesync'
import type { KeyAttribute } from '../../lib/model/tables/table.ts'
import { foretell } from './oracle.ts'
import {
  type Fault,
  type Intercept,
  type Stub,
  type StubRequest,
  startStub,
} from './tables/stub.ts'
import type { StubTable } from './tables/stub-table.ts'
import type { Test } from './tap.ts'

export interface Party {
  readonly stub: Stub
  readonly table: StubTable
  /** The name that tablesync is given and reports. */
  readonly label: string
}

export interface Outcome {
  readonly summary: Summary
  readonly events: readonly RunEvent[]
  readonly differences: readonly Difference[]
}

export interface Scene {
  readonly master: Party
  readonly replica: Party
  /** In use where the scene has two or three replicas. */
  readonly other: Party
  /** In use where the scene has three replicas. */
  readonly third: Party
  run(options?: Partial<RunOptions>): Promise<Outcome>
}

export interface SceneOptions {
  readonly replicas?: 1 | 2 | 3
  readonly masterItems?: readonly WireItem[]
  readonly replicaItems?: readonly WireItem[]
  readonly key?: readonly KeyAttribute[]
  /** What the run makes of an item of the master; undefined: no item. @default the item itself */
  readonly becomes?: (item: WireItem) => WireItem | undefined
}

export const ALL_WRITES = {
  writeMissing: true,
  writeDiffering: true,
  deleteExtra: true,
  // Some masters here are empty on purpose, and some replicas are nearly all extras.
  allowShrunkenMaster: true,
  maxDeletes: '100%',
}

/** Short enough for a test, long enough for a busy machine. */
export const SHORT = { connect: 2000, response: 300, silence: 1200 }

const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }

export const item = (index: number, more: WireItem = {}): WireItem => ({
  id: { S: `item-${index}` },
  n: { N: String(index) },
  ...more,
})

/** 60 items. The replica lacks 5, has 4 in another form, and 3 of its own. */
export const MASTER_ITEMS = Array.from({ length: 60 }, (_, index) => item(index))
export const REPLICA_ITEMS = [
  ...MASTER_ITEMS.slice(5, 56),
  ...[56, 57, 58, 59].map((index) => item(index, { n: { N: '-1' }, stray: { S: 'x' } })),
  ...[100, 101, 102].map((index) => item(index)),
]
export const FOUND = {
  sameAs: 51,
  missing: 5,
  differing: 4,
  extra: 3,
  converged: 0,
  vanished: 0,
  expired: 0,
  newer: 0,
  written: 0,
  deleted: 0,
  resolved: 0,
  conflicts: 0,
  unverified: 0,
  unconfirmed: 0,
  failed: 0,
  lostSegments: 0,
  deletionsWithheld: 0,
}
export const REPAIRED = { ...FOUND, written: 9, deleted: 3 }

export function counts(summary: Summary, { label }: Party): Partial<ReplicaSummary> {
  const replica = summary.replicas[label] as ReplicaSummary
  const names = Object.keys(FOUND) as (keyof ReplicaSummary)[]
  return Object.fromEntries(names.map((name) => [name, replica[name]]))
}

/** Closed with the test. A request that the stubs do not know fails the test. */
export async function openScene(t: Test, options: SceneOptions = {}): Promise<Scene> {
  const { masterItems = MASTER_ITEMS, replicaItems = REPLICA_ITEMS, key } = options
  const { becomes = (one: WireItem) => one } = options
  const open = async (name: string, items: readonly WireItem[]): Promise<Party> => {
    const stub = await startStub()
    t.teardown(() => stub.close())
    return { stub, table: stub.table(name, items, key), label: `us-east-1:${name}` }
  }
  const master = await open('Master', masterItems)
  const replica = await open('Replica', replicaItems)
  const other = await open('Other', replicaItems)
  const third = await open('Third', replicaItems)
  const replicas = [replica, other, third].slice(0, options.replicas ?? 1)
  const named = ({ label, stub }: Party) => ({
    table: label,
    endpoint: stub.endpoint,
    credentials: CREDENTIALS,
  })
  return {
    master,
    replica,
    other,
    third,
    async run(runOptions) {
      const events: RunEvent[] = []
      const differences: Difference[] = []
      const othersWrites = () =>
        [master, ...replicas].reduce((sum, { table }) => sum + table.othersWrites, 0)
      const writtenBefore = othersWrites()
      const before = replicas.map(({ table }) => table.all())
      const summary = await runSync({
        minMismatchAge: 0,
        master: named(master),
        replicas: replicas.map(named),
        workers: 1,
        ...(!isOfKeys(runOptions) && { segments: 2, scanLimit: 10 }),
        maxRetries: 4,
        retryDelayBase: 1,
        onProgress: (event) => void events.push(event),
        onDifference: (difference) => void differences.push(difference),
        ...runOptions,
      })
      for (const { stub, label } of [master, ...replicas]) {
        t.strictSame(stub.violations, [], `${label} got only requests that it knows`)
      }
      const isAllTold = !summary.errors.some(({ code }) => code === 'FILE_UNWRITABLE')
      if (isAllTold && othersWrites() === writtenBefore && !isOfParts(runOptions)) {
        for (const [at, party] of replicas.entries()) {
          const held = { before: before[at] ?? [], ignore: runOptions?.ignore ?? [] }
          isForetold(t, { master, replica: party, differences, becomes, ...held })
        }
      }
      return { summary, events, differences }
    },
  }
}

/** Whether the run compares parts of attributes: tests of that foretell on their own. */
const isOfParts = ({ ignore = [], only }: Partial<RunOptions> = {}) =>
  only !== undefined || ignore.some((path) => /[.[]/.test(path))

/** Whether the run scans nothing. */
const isOfKeys = ({ key, keys }: Partial<RunOptions> = {}) => (key ?? keys) !== undefined

/** What a run asks of a table in its preflight. */
export function isCheck({ operation, table, body }: StubRequest): boolean {
  if (operation.startsWith('Describe')) return true
  if (operation === 'Scan') return body['TotalSegments'] === 100_000 || body['Limit'] === 25
  if (operation !== 'BatchGetItem') return false
  const requests = body['RequestItems'] as Record<string, { readonly Keys: readonly WireItem[] }>
  return Object.values(requests[table]?.Keys[0] ?? {}).every(
    (value) => 'S' in value && value.S === 'tablesync',
  )
}

/** The requests of the run itself, without the preflight, for any of the operations. */
export const asks =
  (...operations: readonly string[]) =>
  (request: StubRequest): boolean =>
    operations.includes(request.operation) && !isCheck(request)

/** Always the fault. */
export const always =
  (fault: Fault, concerns: (request: StubRequest) => boolean): Intercept =>
  (request) =>
    concerns(request) ? fault : undefined

/** The fault the first `times` times that each different request comes, then no fault. */
export function eachFirst(
  times: number,
  fault: Fault,
  concerns: (request: StubRequest) => boolean,
): Intercept {
  const came = new Map<string, number>()
  return (request) => {
    if (!concerns(request)) return undefined
    const name = `${request.operation} ${JSON.stringify(request.body)}`
    const before = came.get(name) ?? 0
    came.set(name, before + 1)
    return before < times ? fault : undefined
  }
}

/** How many items were sent to be put, one by one or in batches. */
export const putsOf = ({ stub, table }: Party): number =>
  stub.requests.reduce((sum, { operation, body }) => {
    if (operation === 'PutItem') return sum + 1
    if (operation !== 'BatchWriteItem') return sum
    return sum + ((body['RequestItems'] as Record<string, unknown[]>)[table.name]?.length ?? 0)
  }, 0)

/** How many requests there were for an operation, without the preflight. */
export const askedOf = ({ stub }: Party, operation: string): number =>
  stub.requests.filter(asks(operation)).length

/** Where nobody else has written, the report determines what a replica holds in the end. */
function isForetold(
  t: Test,
  {
    master,
    replica,
    differences,
    becomes,
    ...held
  }: Pick<Scene, 'master' | 'replica'> &
    Pick<Outcome, 'differences'> &
    Required<Pick<SceneOptions, 'becomes'>> & {
      readonly before: readonly WireItem[]
      readonly ignore: readonly string[]
    },
): void {
  const textOf = (key: WireItem) => JSON.stringify(Object.entries(key).sort())
  const keyOf = (one: WireItem) => textOf(replica.table.keyOf(one))
  const { items, uncertain } = foretell({
    ...held,
    master: master.table
      .all()
      .map(becomes)
      .filter((one) => one !== undefined),
    differences: differences.filter((one) => one.replica === replica.label),
    keyOf,
    keyOfDifference: textOf,
  })
  const certain = (entries: Iterable<[string, WireItem]>) =>
    [...entries].filter(([key]) => !uncertain.has(key)).sort(([a], [b]) => (a < b ? -1 : 1))
  t.same(
    certain(replica.table.all().map((one) => [keyOf(one), one])),
    certain(items),
    `${replica.label} holds what the report says`,
  )
}
