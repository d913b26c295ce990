/** Safeguards, each just below, at and just beyond its limit, in a dry run and in a real one. */

import { join } from 'node:path'
import { applySync, type RunOptions, type Summary, undoSync } from 'tablesync'
import { exitCodeOf } from '../../lib/model/results/summary.ts'
import { resolveSafeguards } from '../../lib/options/groups/safeguard-options.ts'
import { mostDeletes } from '../../lib/run/safeguards/safeguard-limits.ts'
import { tempFolder } from '../support/command/run-cli.ts'
import {
  askedOf,
  item,
  openScene,
  putsOf,
  type Scene,
  type SceneOptions,
} from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const items = (count: number, from = 0) => Array.from({ length: count }, (_, n) => item(from + n))
const DELETE = { deleteExtra: true }

/** Adds to what DescribeTable says about a table. */
function described({ master, replica }: Scene, side: 'master' | 'replica', more: object): void {
  const { stub } = side === 'master' ? master : replica
  stub.on(({ operation }) =>
    operation === 'DescribeTable'
      ? { rewrite: (answer) => ({ Table: { ...(answer['Table'] as object), ...more } }) }
      : undefined,
  )
}

interface Case {
  readonly what: string
  readonly scene: SceneOptions
  readonly options: Partial<RunOptions>
  /** Undefined: the run passes. */
  readonly rail?: string
  readonly prepare?: (scene: Scene) => void
  /** Writes and deletions in a real run. */
  readonly writes: number
}

const drifted = { masterItems: items(50), replicaItems: items(40) }
const withExtras = (extras: number, others = 100): SceneOptions => ({
  masterItems: items(others),
  replicaItems: items(others + extras),
})

const CASES: readonly Case[] = [
  ...[
    { most: 9, writes: 9, rail: 'max-writes' },
    { most: 10, writes: 10 },
    { most: 11, writes: 10 },
  ].map(({ most, ...expected }) => ({
    what: `10 missing items where ${most} may be written`,
    scene: drifted,
    options: { writeMissing: true, maxWrites: most },
    ...expected,
  })),
  ...[
    { most: 9, writes: 0, rail: 'max-deletes' },
    { most: 10, writes: 10 },
    { most: 11, writes: 10 },
  ].map(({ most, ...expected }) => ({
    what: `10 extra items where ${most} may be deleted`,
    scene: withExtras(10),
    options: { ...DELETE, maxDeletes: most },
    ...expected,
  })),
  ...[
    { percent: '9%', writes: 0, rail: 'max-deletes' },
    { percent: '10%', writes: 10 },
    { percent: '10.5%', writes: 10 },
  ].map(({ percent, ...expected }) => ({
    what: `10 extra items of 100 where ${percent} may be deleted`,
    scene: withExtras(10, 90),
    options: { ...DELETE, maxDeletes: percent },
    ...expected,
  })),
  {
    what: 'an extra item where none may be deleted',
    scene: withExtras(1),
    options: { ...DELETE, maxDeletes: 0 },
    rail: 'max-deletes',
    writes: 0,
  },
  ...[
    // The default limit: a fifth of the items, and at least ten.
    { extras: 10, others: 2, writes: 10 },
    { extras: 11, others: 2, writes: 0, rail: 'max-deletes' },
    { extras: 25, others: 100, writes: 25 },
    { extras: 26, others: 100, writes: 0, rail: 'max-deletes' },
    { extras: 490, others: 10, writes: 0, rail: 'max-deletes' },
  ].map(({ extras, others, ...expected }) => ({
    what: `${extras} extra items of ${extras + others} without a limit given`,
    scene: withExtras(extras, others),
    options: DELETE,
    ...expected,
  })),
  {
    what: '490 extra items of 500 where 490 may be deleted',
    scene: withExtras(490, 10),
    options: { ...DELETE, maxDeletes: 490 },
    writes: 490,
  },
  {
    what: 'extra items where the master is empty',
    scene: { masterItems: [], replicaItems: items(5) },
    options: DELETE,
    rail: 'empty-master',
    writes: 0,
  },
  {
    what: 'extra items where the master is empty, and that is allowed',
    scene: { masterItems: [], replicaItems: items(5) },
    options: { ...DELETE, allowShrunkenMaster: true },
    writes: 5,
  },
  ...[
    { told: 99, writes: 5 },
    { told: 100, writes: 5 },
    { told: 101, writes: 0, rail: 'shrunken-master' },
  ].map(({ told, ...expected }) => ({
    what: `extra items where 50 of ${told} items of the master were found`,
    scene: withExtras(5, 50),
    options: DELETE,
    prepare: (scene: Scene) => described(scene, 'master', { ItemCount: told }),
    ...expected,
  })),
  {
    what: 'missing items of a global table',
    scene: drifted,
    options: { writeMissing: true },
    prepare: (scene) => described(scene, 'replica', { Replicas: [{ RegionName: 'eu-west-1' }] }),
    rail: 'global-table',
    writes: 0,
  },
  {
    what: 'missing items of a global table, where that is allowed',
    scene: drifted,
    options: { writeMissing: true, allowGlobalTable: true },
    prepare: (scene) => described(scene, 'replica', { Replicas: [{ RegionName: 'eu-west-1' }] }),
    writes: 10,
  },
  {
    what: 'missing items of a table that is global in its own region alone',
    scene: drifted,
    options: { writeMissing: true },
    prepare: (scene) => described(scene, 'replica', { Replicas: [{ RegionName: 'us-east-1' }] }),
    writes: 10,
  },
  {
    what: 'missing items of a table with a stream',
    scene: drifted,
    options: { writeMissing: true },
    prepare: (scene) =>
      described(scene, 'replica', { StreamSpecification: { StreamEnabled: true } }),
    rail: 'stream',
    writes: 0,
  },
  {
    what: 'missing items of a table with a stream, where that is allowed',
    scene: drifted,
    options: { writeMissing: true, allowStreams: true },
    prepare: (scene) =>
      described(scene, 'replica', { StreamSpecification: { StreamEnabled: true } }),
    writes: 10,
  },
  {
    what: 'a master that is a global table with a stream',
    scene: drifted,
    options: { writeMissing: true },
    prepare: (scene) =>
      described(scene, 'master', {
        Replicas: [{ RegionName: 'eu-west-1' }],
        StreamSpecification: { StreamEnabled: true },
      }),
    writes: 10,
  },
]

for (const { what, scene: sceneOptions, options, rail, prepare, writes } of CASES) {
  for (const dryRun of [false, true]) {
    const how = dryRun ? 'in a dry run' : 'in earnest'
    t.test(
      `a run ${rail ? 'is stopped' : 'passes'} with ${what}, ${how}`,
      oneOfMany(),
      async (t) => {
        const scene = await openScene(t, sceneOptions)
        prepare?.(scene)
        const { summary } = await scene.run({ ...options, dryRun, quiesced: true })
        const done = putsOf(scene.replica) + askedOf(scene.replica, 'DeleteItem')
        t.equal(done, dryRun ? 0 : writes)
        t.equal(summary.outcome, rail ? 'stopped' : dryRun ? 'different' : 'in-sync')
        if (rail === undefined) {
          t.notOk(summary.stopped)
          return
        }
        t.match(summary.stopped, { rail, message: String, hint: /--/ })
        t.equal(exitCodeOf(summary.outcome), 4)
      },
    )
  }
}

for (const { items: all, most } of [
  { items: 0, most: 10 },
  { items: 49, most: 10 },
  { items: 55, most: 11 },
  { items: 500, most: 100 },
  { items: 4999, most: 999 },
  { items: 5000, most: 1000 },
  { items: 100_000, most: 1000 },
  { items: 1_000_000, most: 10_000 },
]) {
  t.test(`of ${all} items ${most} may be deleted without a limit given`, oneOfMany(), async (t) => {
    const { safeguards } = resolveSafeguards({}, false, (name) => name)
    t.equal(mostDeletes(safeguards.maxDeletes, all), most)
  })
}

t.test('applySync stops at the limit on deletions', async (t) => {
  const scene = await openScene(t, withExtras(490, 10))
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await scene.run({ ...DELETE, maxDeletes: 490, plan, quiesced: true })
  const applied = (more: object) => applySync({ plan, workers: 1, quiesced: true, ...more })
  t.match(await applied({}), {
    outcome: 'stopped',
    stopped: { rail: 'max-deletes', message: /500 items, of which 490 are extra, and 100 may/ },
  })
  t.equal(askedOf(scene.replica, 'DeleteItem'), 0)
  t.equal((await applied({ maxDeletes: '98%' })).outcome, 'in-sync')
  t.equal(askedOf(scene.replica, 'DeleteItem'), 490)
})

t.test('a run without write flags passes every safeguard', async (t) => {
  const scene = await openScene(t, { masterItems: [], replicaItems: items(5) })
  described(scene, 'replica', { Replicas: [{ RegionName: 'eu-west-1' }] })
  const { summary } = await scene.run({ maxWrites: 0, maxDeletes: 0 })
  t.equal(summary.outcome, 'different')
})

t.test('a run stops once all tables together have taken the read units', async (t) => {
  const scene = await openScene(t, { masterItems: items(400), replicaItems: items(390) })
  const options = { segments: 1, scanLimit: 10, quiesced: true }
  const unitsOf = ({ master, replicas }: Summary) =>
    Object.values(replicas).reduce((sum, { readUnits }) => sum + readUnits, master.readUnits)
  const whole = await scene.run(options)
  t.equal(whole.summary.outcome, 'different')
  const all = unitsOf(whole.summary)
  const enough = await scene.run({ ...options, maxReadUnits: Math.ceil(all) })
  t.equal(enough.summary.outcome, 'different', 'just enough')

  const half = Math.floor(all / 2)
  const { summary, events } = await scene.run({ ...options, maxReadUnits: half })
  t.equal(summary.outcome, 'stopped')
  t.equal(exitCodeOf(summary.outcome), 4)
  t.match(summary.stopped, {
    safeguard: 'max-read-units',
    message: `the tables have taken more than ${half} read units`,
    hint: 'To read more: --max-read-units N',
  })
  t.ok(unitsOf(summary) > half, 'it has passed the limit')
  t.ok(unitsOf(summary) <= all)
  t.ok(events.length > 0)
})

t.test('read units that the inspection takes may be too many already', async (t) => {
  const scene = await openScene(t, drifted)
  const { summary } = await scene.run({ maxReadUnits: 1, writeMissing: true })
  t.match(summary, { outcome: 'stopped', stopped: { safeguard: 'max-read-units' } })
})

t.test('applySync stops by read units, and undoSync takes no such limit', async (t) => {
  const scene = await openScene(t, { masterItems: items(600), replicaItems: [] })
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await scene.run({ writeMissing: true, plan, quiesced: true })
  const stopped = await applySync({ plan, workers: 1, quiesced: true, maxReadUnits: 2 })
  t.match(stopped, { outcome: 'stopped', stopped: { safeguard: 'max-read-units' } })
  const options = { journal: 'x', maxReadUnits: 2 }
  await t.rejects(undoSync(options), { code: 'USAGE', message: /got `maxReadUnits`/ })
})
