/** Runs that use every feature, and what each leaves behind. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  type ApplyOptions,
  applySync,
  type RunOptions,
  type Summary,
  type UndoOptions,
  undoSync,
  type WireItem,
} from 'tablesync'
import { ALL_WRITES, asks, item, type Scene, type SceneOptions } from '../support/scene.ts'

/** One step of a golden run. Files are named relative to a folder of its own. */
export type Leg =
  | { readonly sync: Partial<RunOptions> }
  | { readonly apply: Partial<ApplyOptions> }
  | { readonly undo: Partial<UndoOptions> }

export interface GoldenRun {
  readonly name: string
  readonly scene?: SceneOptions
  readonly before?: (scene: Scene) => unknown
  readonly legs: readonly Leg[]
  /** Whether all legs but the last end at an arbitrary moment: only their shape is compared. */
  readonly isCutShort?: true
}

/** Nothing that these runs leave depends on time, or on which thread comes first. */
const STEADY: Partial<RunOptions> = { workers: 1, parallel: 1, segments: 1 }
const REPORT = { report: 'report.ndjson' }
const CHECKPOINT = { checkpoint: 'run.checkpoint', checkpointInterval: 600 }
const PATIENT = { maxRetries: 2, retryDelayBase: 1, workers: 1 }
export const MOST = { maxDeletes: '100%', allowShrunkenMaster: true }

const versioned = (n: number, version: WireItem[string] | undefined, text: string): WireItem =>
  item(n, { text: { S: text }, ...(version !== undefined && { v: version }) })

const wide = (text: string) =>
  Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`a${n}`, { S: text }]))

const HOOKS = `
export const items = 'plain'
export const isItemDifferent = (one, other) => one.n !== other.n
export const onMissing = ({ n }) => (n === 1 ? 'skip' : undefined)
export const onExtra = ({ id }) => (id === 'item-101' ? 'skip' : undefined)
export const onDiffering = ({ n }) => { if (n === 57) throw new Error('as planned') }
`

/** Written to the working folder. */
const withHooks = () => writeFile('hooks.mjs', HOOKS)

/** The run is to end at this request. */
const endingAt = (operation: string, times: number) => {
  const ending = new AbortController()
  return {
    signal: ending.signal,
    before: ({ replica }: Scene) => {
      let came = 0
      replica.stub.on((request) => {
        if (asks(operation)(request) && ++came === times) ending.abort()
        return undefined
      })
    },
  }
}

const refusing =
  (operation: string, id: string) =>
  ({ replica }: Scene) =>
    replica.stub.on((request) =>
      asks(operation)(request) && JSON.stringify(request.body).includes(`"${id}"`)
        ? { error: 'AccessDeniedException' }
        : undefined,
    )

export const march = (more: Partial<RunOptions> = {}): Leg => ({
  sync: { ...STEADY, ...REPORT, strategy: 'march', ...more },
})

export function goldenRuns(): readonly GoldenRun[] {
  const cutAtScan = endingAt('Scan', 3)
  const cutAtPut = endingAt('PutItem', 2)
  return [
    { name: 'dry run by march', legs: [march()] },
    { name: 'dry run by auto', legs: [march({ strategy: 'auto' })] },
    { name: 'dry run by lookup', legs: [march({ strategy: 'lookup' })] },
    {
      name: 'lookup with extras',
      legs: [march({ strategy: 'lookup', scanForExtra: true, scanLimit: 1000, ...ALL_WRITES })],
    },
    { name: 'repair', legs: [march({ ...ALL_WRITES, undo: 'undo.ndjson' }), march()] },
    { name: 'quiesced repair', legs: [march({ ...ALL_WRITES, quiesced: true })] },
    {
      name: 'repair of two replicas',
      scene: { replicas: 2 },
      legs: [march({ ...ALL_WRITES, undo: 'undo.ndjson' })],
    },
    {
      name: 'repair taken back',
      legs: [
        march({ ...ALL_WRITES, undo: 'undo.ndjson' }),
        { undo: { journal: 'undo.ndjson', report: 'undone.ndjson', dryRun: true } },
        { undo: { journal: 'undo.ndjson', report: 'undone.ndjson' } },
      ],
    },
    {
      name: 'plan, with items, and applied',
      legs: [
        march({ ...ALL_WRITES, plan: 'plan.ndjson', planItems: true }),
        { apply: { plan: 'plan.ndjson', report: 'applied.ndjson', undo: 'undo.ndjson' } },
        { undo: { journal: 'undo.ndjson' } },
      ],
    },
    {
      name: 'plan of missing items, applied twice',
      legs: [
        march({ writeMissing: true, plan: 'plan.ndjson' }),
        { apply: { plan: 'plan.ndjson' } },
        { apply: { plan: 'plan.ndjson' } },
      ],
    },
    { name: 'ignored attributes', legs: [march({ ...ALL_WRITES, ignore: ['stray', 'n'] })] },
    {
      name: 'versions',
      scene: {
        masterItems: [
          versioned(1, { N: '2' }, 'newer'),
          versioned(2, { N: '1' }, 'older'),
          versioned(3, { N: '1' }, 'equal'),
          versioned(4, undefined, 'none here'),
          versioned(5, { S: 'x' }, 'text'),
        ],
        replicaItems: [
          versioned(1, { N: '1' }, 'was'),
          versioned(2, { N: '2' }, 'is'),
          versioned(3, { N: '1' }, 'other'),
          versioned(4, { N: '7' }, 'there'),
          versioned(5, { N: '1' }, 'number'),
        ],
      },
      legs: [
        march({ ...ALL_WRITES, versionAttribute: 'v', dryRun: true }),
        march({ ...ALL_WRITES, versionAttribute: 'v', newerWins: true }),
      ],
    },
    { name: 'hooks', before: withHooks, legs: [march({ ...ALL_WRITES, hooks: 'hooks.mjs' })] },
    {
      name: 'wide items',
      scene: { masterItems: [item(1, wide('new'))], replicaItems: [item(1, wide('old'))] },
      legs: [march({ ...ALL_WRITES, undo: 'undo.ndjson' }), { undo: { journal: 'undo.ndjson' } }],
    },
    {
      name: 'expired items',
      scene: {
        masterItems: [item(1, { ttl: { N: '5' } }), item(2)],
        replicaItems: [item(3, { ttl: { N: '5' } })],
      },
      before: ({ master, replica }) => {
        for (const { table } of [master, replica]) table.ttlAttribute = 'ttl'
      },
      legs: [march(ALL_WRITES), march({ ...ALL_WRITES, ttlAware: false })],
    },
    { name: 'from a key on', legs: [march({ startingKey: { id: 'item-3' } })] },
    {
      name: 'a limit on writes',
      isCutShort: true,
      legs: [march({ ...ALL_WRITES, maxWrites: 2, ...CHECKPOINT })],
    },
    { name: 'a limit on deletions', legs: [march({ ...ALL_WRITES, maxDeletes: 2 })] },
    {
      name: 'an empty master',
      scene: { masterItems: [] },
      legs: [march({ deleteExtra: true })],
    },
    {
      name: 'a canary that holds',
      legs: [march({ writeMissing: true, canary: 2 })],
    },
    {
      name: 'keys that are denied',
      before: refusing('PutItem', 'item-2'),
      legs: [march(ALL_WRITES)],
    },
    {
      name: 'a replica that is lost',
      isCutShort: true,
      before: ({ replica }) =>
        replica.stub.on((request) =>
          asks('Scan')(request) ? { error: 'AccessDeniedException' } : undefined,
        ),
      legs: [march(CHECKPOINT)],
    },
    {
      name: 'ended between pages, and gone on with',
      isCutShort: true,
      before: cutAtScan.before,
      legs: [
        march({ ...ALL_WRITES, ...CHECKPOINT, undo: 'undo.ndjson', signal: cutAtScan.signal }),
        march({ ...ALL_WRITES, ...CHECKPOINT, undo: 'undo.ndjson', resume: true }),
        march({ ...ALL_WRITES, ...CHECKPOINT, undo: 'undo.ndjson', resume: true }),
      ],
    },
    {
      name: 'ended between writes, and gone on with',
      isCutShort: true,
      before: cutAtPut.before,
      legs: [
        march({ ...ALL_WRITES, ...CHECKPOINT, signal: cutAtPut.signal }),
        march({ ...ALL_WRITES, ...CHECKPOINT, resume: true }),
      ],
    },
  ]
}

/** Runs one leg on the tables of the scene. */
export function carryOut(scene: Scene, leg: Leg): Promise<Summary> {
  if ('sync' in leg) {
    const { hooks, ...options } = leg.sync
    const here = hooks !== undefined && { hooks: pathToFileURL(resolve(hooks)).href }
    return scene.run({ ...options, ...here }).then(({ summary }) => summary)
  }
  const reach = { endpoint: scene.replica.stub.endpoint, minMismatchAge: 0 }
  if ('undo' in leg) {
    const { minMismatchAge: _, ...rest } = reach
    return undoSync({ ...PATIENT, ...rest, ...leg.undo } as UndoOptions)
  }
  return applySync({
    ...PATIENT,
    ...MOST,
    ...reach,
    masterEndpoint: scene.master.stub.endpoint,
    ...leg.apply,
  } as ApplyOptions)
}
