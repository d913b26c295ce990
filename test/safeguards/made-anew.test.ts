/** A table that somebody deletes and recreates during the run: nothing is deleted because of it. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applySync, undoSync } from 'tablesync'
import { exitCodeOf, type Summary } from '../../lib/model/results/summary.ts'
import { tempFolder } from '../support/command/run-cli.ts'
import { always, askedOf, asks, item, openScene, type Scene } from '../support/scene.ts'
import type { StubRequest } from '../support/tables/stub.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const items = (count: number, from = 0) => Array.from({ length: count }, (_, n) => item(from + n))
const REPAIR = { writeMissing: true, deleteExtra: true, maxDeletes: '100%' } as const
const OLD = { TableId: 'old', CreationDateTime: 1_700_000_000 }
const NEW = { TableId: 'new', CreationDateTime: 1_700_000_001 }

type Side = 'master' | 'replica'

async function openRepair(t: Test, extras = 20): Promise<Scene> {
  const scene = await openScene(t, {
    masterItems: items(60),
    replicaItems: items(50 + extras, 10),
  })
  for (const side of ['master', 'replica'] as const) scene[side].table.described = OLD
  return scene
}

/** Calls back once, at the first matching request. */
function atFirst(
  { stub }: Scene[Side],
  concerns: (request: StubRequest) => boolean,
  call: () => void,
): void {
  let hasCome = false
  stub.on((request) => {
    if (!hasCome && concerns(request)) {
      hasCome = true
      call()
    }
    return undefined
  })
}

function isRefused(t: Test, summary: Summary, scene: Scene, side: Side): void {
  t.equal(summary.outcome, 'incomplete')
  t.equal(exitCodeOf(summary.outcome), 3)
  const error = summary.errors.find(({ code }) => code === 'TABLE_CHANGED')
  t.match(error, {
    table: scene[side].label,
    message: /was deleted and recreated|deleted/,
    hint: /again/,
  })
}

for (const side of ['master', 'replica'] as const) {
  t.test(`nothing is deleted once the ${side} was recreated`, oneOfMany(), async (t) => {
    const scene = await openRepair(t)
    atFirst(scene.replica, asks('PutItem', 'BatchWriteItem'), () =>
      scene[side].table.makeAnew(NEW, side === 'master' ? [] : items(70, 10)),
    )
    const { summary, events } = await scene.run({ ...REPAIR, quiesced: true })
    isRefused(t, summary, scene, side)
    t.equal(askedOf(scene.replica, 'DeleteItem'), 0)
    t.equal(summary.replicas[scene.replica.label]?.deletionsWithheld, 20)
    t.match(
      events.find(({ type }) => type === 'deletions-withheld'),
      { reason: new RegExp(`${scene[side].label}.*was deleted and recreated`) },
    )
  })
}

t.test('deletions end where the master is recreated between two of them', async (t) => {
  const scene = await openRepair(t, 1000)
  atFirst(scene.replica, asks('DeleteItem'), () => scene.master.table.makeAnew(NEW))
  const { summary } = await scene.run({ ...REPAIR, parallel: 1, quiesced: true })
  isRefused(t, summary, scene, 'master')
  t.equal(askedOf(scene.replica, 'DeleteItem'), 1, 'the one that was in flight')
  t.match(summary.replicas[scene.replica.label], { deleted: 1, deletionsWithheld: 999 })
})

t.test('no item is deleted for a master that was recreated during a repair', async (t) => {
  const scene = await openScene(t, {
    masterItems: items(60),
    replicaItems: items(60).map((one) => ({ ...one, n: { N: '-1' } })),
  })
  scene.master.table.described = OLD
  atFirst(scene.replica, asks('UpdateItem'), () => scene.master.table.makeAnew(NEW))
  const { summary } = await scene.run({ writeDiffering: true })
  isRefused(t, summary, scene, 'master')
  t.equal(askedOf(scene.replica, 'DeleteItem'), 0)
  t.equal(scene.replica.table.all().length, 60)
})

t.test('a replica that is recreated while it is scanned is not in sync', async (t) => {
  const scene = await openScene(t, { masterItems: items(60), replicaItems: items(60) })
  scene.replica.table.described = OLD
  let scans = 0
  scene.replica.stub.on((request) => {
    if (asks('Scan')(request) && ++scans === 4) scene.replica.table.makeAnew(NEW)
    return undefined
  })
  const { summary } = await scene.run({ writeMissing: true })
  isRefused(t, summary, scene, 'replica')
})

t.test('a healthy replica is finished beside one that was recreated', async (t) => {
  const scene = await openScene(t, {
    masterItems: items(60),
    replicaItems: items(60, 10),
    replicas: 2,
  })
  scene.replica.table.described = OLD
  atFirst(scene.replica, asks('Scan'), () => scene.replica.table.makeAnew(NEW))
  const { summary } = await scene.run({ ...REPAIR, quiesced: true })
  isRefused(t, summary, scene, 'replica')
  t.equal(askedOf(scene.replica, 'DeleteItem'), 0)
  t.equal(askedOf(scene.other, 'DeleteItem'), 10)
})

t.test('nothing is written after a pause in which the master was recreated', async (t) => {
  const scene = await openRepair(t)
  const control = join(await tempFolder(t), 'control')
  await writeFile(control, 'pause')
  let isPaused = false
  const { summary } = await scene.run({
    ...REPAIR,
    control,
    onProgress(event) {
      if (event.type !== 'progress' || !event.isPaused || isPaused) return
      isPaused = true
      scene.master.table.makeAnew(NEW)
      void writeFile(control, 'resume')
    },
  })
  isRefused(t, summary, scene, 'master')
  for (const operation of ['DeleteItem', 'PutItem']) {
    t.equal(askedOf(scene.replica, operation), 0, operation)
  }
})

t.test('a table without an id is recognised by its creation time', async (t) => {
  const scene = await openRepair(t)
  const { CreationDateTime } = OLD
  scene.master.table.described = { CreationDateTime }
  atFirst(scene.replica, asks('Scan'), () =>
    scene.master.table.makeAnew({ CreationDateTime: CreationDateTime + 0.5 }),
  )
  const { summary } = await scene.run({ ...REPAIR, quiesced: true, allowShrunkenMaster: true })
  isRefused(t, summary, scene, 'master')
  t.equal(askedOf(scene.replica, 'DeleteItem'), 0)
})

t.test('a table with the same id stays the same, whatever else its description says', async (t) => {
  const scene = await openRepair(t)
  let asked = 0
  // Some engines return the current time as creation time.
  const { stub, table } = scene.master
  stub.on(({ operation }) => {
    if (operation === 'DescribeTable') {
      table.described = { TableId: 'old', CreationDateTime: 1_700_000_000 + asked++ }
    }
    return undefined
  })
  const { summary } = await scene.run({ ...REPAIR, quiesced: true })
  t.equal(summary.outcome, 'in-sync')
  t.ok(asked > 1, 'it was described again')
})

for (const [what, error] of [
  ['does not answer', { error: 'InternalServerError', status: 500 }],
  ['is denied by then', { error: 'AccessDeniedException' }],
] as const) {
  t.test(`deletions are withheld where DescribeTable ${what}`, oneOfMany(), async (t) => {
    const scene = await openRepair(t)
    let isDown = false
    atFirst(scene.replica, asks('Scan'), () => {
      isDown = true
    })
    scene.master.stub.on(({ operation }) =>
      isDown && operation === 'DescribeTable' ? error : undefined,
    )
    const { summary, events } = await scene.run({ ...REPAIR, quiesced: true })
    t.equal(summary.outcome, 'incomplete')
    t.equal(askedOf(scene.replica, 'DeleteItem'), 0)
    t.equal(askedOf(scene.replica, 'BatchWriteItem') > 0, true, 'missing items were put')
    t.match(
      events.find(({ type }) => type === 'deletions-withheld'),
      { reason: /DescribeTable on us-east-1:Master/ },
    )
  })
}

t.test('a table that was deleted and not recreated makes the run incomplete', async (t) => {
  const scene = await openRepair(t)
  let isGone = false
  atFirst(scene.replica, asks('PutItem', 'BatchWriteItem'), () => {
    isGone = true
  })
  scene.master.stub.on(({ operation }) =>
    isGone && operation === 'DescribeTable' ? { error: 'ResourceNotFoundException' } : undefined,
  )
  const { summary } = await scene.run({ ...REPAIR, quiesced: true })
  isRefused(t, summary, scene, 'master')
  t.equal(askedOf(scene.replica, 'DeleteItem'), 0)
})

t.test('applySync deletes nothing once the master was recreated', async (t) => {
  const scene = await openRepair(t)
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await scene.run({ ...REPAIR, plan })
  atFirst(scene.replica, asks('PutItem'), () => scene.master.table.makeAnew(NEW))
  const summary = await applySync({ plan, minMismatchAge: 0, workers: 1, maxDeletes: '100%' })
  isRefused(t, summary, scene, 'master')
  t.equal(askedOf(scene.replica, 'DeleteItem'), 0)
})

t.test('applySync refuses the plan of a run whose master was recreated', async (t) => {
  const scene = await openRepair(t)
  const plan = join(await tempFolder(t), 'plan.ndjson')
  atFirst(scene.replica, asks('Scan'), () => scene.master.table.makeAnew(NEW))
  const { summary } = await scene.run({ ...REPAIR, plan })
  isRefused(t, summary, scene, 'master')
  scene.master.table.makeAnew(OLD)
  await t.rejects(applySync({ plan }), { code: 'USAGE' })
})

t.test('an undo of a replica that is recreated meanwhile is incomplete', async (t) => {
  const scene = await openRepair(t)
  const journal = join(await tempFolder(t), 'journal.ndjson')
  await scene.run({ ...REPAIR, undo: journal })
  atFirst(scene.replica, asks('DeleteItem'), () => scene.replica.table.makeAnew(NEW))
  const before = askedOf(scene.replica, 'DeleteItem')
  const summary = await undoSync({ journal, workers: 1 })
  t.ok(askedOf(scene.replica, 'DeleteItem') >= before)
  isRefused(t, summary, scene, 'replica')
})

t.test('a run does not describe a table again whose description was denied', async (t) => {
  const scene = await openScene(t)
  scene.replica.stub.on(
    always({ error: 'AccessDeniedException' }, ({ operation }) => operation === 'DescribeTable'),
  )
  const { summary } = await scene.run({ ...REPAIR, writeDiffering: true, quiesced: true })
  t.equal(summary.outcome, 'in-sync')
  const described = ({ stub }: Scene[Side]) =>
    stub.requests.filter(({ operation }) => operation === 'DescribeTable').length
  t.strictSame([described(scene.master), described(scene.replica)], [1, 1])
})
