/**
 * The first few repairs go out alone; the others follow once those were read back and have held.
 */

import { join } from 'node:path'
import { applySync, type RunOptions, type WireItem } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { ALL_WRITES, asks, item, openScene, type Scene } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { oneOfMany, skipLong } from '../support/thorough.ts'

const items = (count: number, from = 0) => Array.from({ length: count }, (_, n) => item(from + n))
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem']

/** Runs with a canary, and notes how many writes had arrived when it was reported to have held. */
async function fly({ replica, run }: Scene, options: Partial<RunOptions>) {
  let writesThen: number | undefined
  const writes = () => replica.stub.requests.filter(asks(...WRITES)).length
  const outcome = await run({
    ...ALL_WRITES,
    maxDeletes: '100%',
    parallel: 4,
    segments: 8,
    ...options,
    onProgress: (event) => {
      if (event.type === 'canary-held') writesThen = writes()
    },
  })
  return {
    ...outcome,
    writesThen,
    writes: writes(),
    counts: outcome.summary.replicas[replica.label],
  }
}

for (const [what, masterItems, replicaItems] of [
  ['missing', items(60), []],
  ['differing', items(60), items(60).map((one) => ({ ...one, n: { N: '-1' } }))],
  ['extra', [], items(60)],
] as const) {
  for (const canary of [1, 7, 59, 60]) {
    t.test(
      `a canary of ${canary} holds, and the rest of 60 ${what} items follow`,
      oneOfMany(),
      async (t) => {
        const scene = await openScene(t, { masterItems, replicaItems })
        const { summary, writesThen, writes } = await fly(scene, { canary })
        t.equal(writesThen, canary)
        t.equal(writes, 60)
        t.equal(summary.outcome, 'in-sync')
        t.strictSame(scene.replica.table.all(), scene.master.table.all())
      },
    )
  }
}

t.test('a run with fewer repairs than its canary makes all of them', async (t) => {
  const scene = await openScene(t, { masterItems: items(60), replicaItems: [] })
  const { summary, writesThen, writes } = await fly(scene, { canary: 61 })
  t.equal(summary.outcome, 'in-sync')
  t.equal(writesThen, undefined)
  t.equal(writes, 60)
})

t.test(
  'a canary also goes before puts beyond the recheck budget',
  { skip: skipLong },
  async (t) => {
    const scene = await openScene(t, { masterItems: items(10_400), replicaItems: [] })
    const options = { canary: 3, scanLimit: 1000, segments: 2 }
    const { summary, writesThen, counts } = await fly(scene, options)
    t.equal(writesThen, 3)
    t.ok((counts?.readBack ?? 0) < 10_400, `${counts?.readBack} were read back`)
    t.equal(summary.outcome, 'in-sync')
  },
)

for (const [what, damage] of [
  ['deleted by somebody else', (scene: Scene, key: WireItem) => scene.replica.table.unset(key)],
  [
    'changed by somebody else',
    (scene: Scene, key: WireItem) => scene.replica.table.set({ ...key, n: { N: '-9' } }),
  ],
] as const) {
  t.test(`a run whose canary is ${what} stops there`, oneOfMany(), async (t) => {
    const scene = await openScene(t, { masterItems: items(60), replicaItems: [] })
    scene.replica.stub.on((request) => {
      if (!asks('PutItem')(request)) return undefined
      const { id } = request.body['Item'] as { readonly id: WireItem[string] }
      const answeredAfter = new Promise<void>((resolve) =>
        setImmediate(() => resolve(damage(scene, { id }))),
      )
      return { answeredAfter }
    })
    const { summary, writesThen, writes } = await fly(scene, { canary: 5 })
    t.match(summary, { outcome: 'stopped', stopped: { rail: 'canary', hint: /--canary/ } })
    t.match(summary.stopped?.message, /the first repairs of us-east-1:Replica did not hold/)
    t.equal(writesThen, undefined)
    t.ok(writes < 60, `${writes} writes`)
  })
}

t.test('a run whose canary is refused stops there', async (t) => {
  const scene = await openScene(t, { masterItems: items(60), replicaItems: [] })
  scene.replica.stub.on((request) =>
    asks('PutItem')(request) ? { error: 'ValidationException' } : undefined,
  )
  const { summary, writes } = await fly(scene, { canary: 5 })
  t.match(summary, { outcome: 'stopped', stopped: { rail: 'canary', message: /5 failed/ } })
  t.equal(writes, 5)
})

t.test('each replica has a canary of its own', async (t) => {
  const scene = await openScene(t, { masterItems: items(30), replicaItems: [], replicas: 2 })
  scene.other.stub.on((request) =>
    asks('PutItem')(request) ? { error: 'ValidationException' } : undefined,
  )
  const { summary } = await fly(scene, { canary: 5 })
  t.match(summary, { outcome: 'stopped', stopped: { message: /us-east-1:Other/ } })
})

t.test('a plan is carried out with its canary first', async (t) => {
  const scene = await openScene(t, { masterItems: items(60), replicaItems: [] })
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await scene.run({ ...ALL_WRITES, plan })
  let writesThen: number | undefined
  const summary = await applySync({
    plan,
    minMismatchAge: 0,
    workers: 1,
    canary: 4,
    onProgress: (event) => {
      if (event.type === 'canary-held') {
        writesThen = scene.replica.stub.requests.filter(asks('PutItem')).length
      }
    },
  })
  t.equal(writesThen, 4)
  t.equal(summary.outcome, 'in-sync')
})

t.test('runSync refuses a canary that nothing would read back', async (t) => {
  const { run } = await openScene(t)
  await t.rejects(run({ ...ALL_WRITES, canary: 5, quiesced: true }), {
    code: 'USAGE',
    message: /`canary` without `quiesced`/,
  })
  const { summary } = await run({ ...ALL_WRITES, canary: 5, dryRun: true })
  t.equal(summary.outcome, 'different', 'a dry run sends none')
})

t.test('a run ends although its replica is lost during the canary', async (t) => {
  const scene = await openScene(t, { masterItems: items(60), replicaItems: [] })
  let isOut = false
  scene.replica.stub.on((request) => {
    if (asks('PutItem')(request)) isOut = true
    return isOut && asks('BatchGetItem')(request)
      ? { error: 'ResourceNotFoundException' }
      : undefined
  })
  const { summary } = await fly(scene, { canary: 1 })
  t.equal(summary.outcome, 'incomplete')
  t.equal(summary.replicas[scene.replica.label]?.unverified, 59)
})
