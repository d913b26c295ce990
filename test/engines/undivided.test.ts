/** An engine that ignores the segment of a Scan, and returns the whole table for each. */

import { join } from 'node:path'
import type { RunOptions } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { asks, isCheck, item, openScene, type Scene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'

const items = (count: number, from = 0) => Array.from({ length: count }, (_, n) => item(from + n))
const AS_PLANNED = { segments: undefined } as unknown as Partial<RunOptions>

async function openUndivided(t: Test, side: 'master' | 'replica'): Promise<Scene> {
  const scene = await openScene(t, { masterItems: items(60), replicaItems: items(58, 4) })
  const { stub, table } = scene[side]
  stub.on(({ operation, body }) => {
    if (operation !== 'Scan') return undefined
    const { Segment, TotalSegments, ...others } = body
    return { rewrite: () => table.scan(others) }
  })
  return scene
}

for (const side of ['master', 'replica'] as const) {
  t.test(`a ${side} whose engine ignores segments is scanned in one, with a warning`, async (t) => {
    const scene = await openUndivided(t, side)
    const { summary, events } = await scene.run(AS_PLANNED)
    t.match(summary.master, { scanned: 60 })
    t.match(summary.replicas[scene.replica.label], { sameAs: 56, missing: 4, extra: 2 })
    t.match(
      events.find(({ type }) => type === 'warning'),
      { replica: scene[side].label, message: /one segment/ },
    )
    t.match(
      events.find(({ type }) => type === 'plan'),
      { segments: 1 },
    )
  })

  t.test(`more than one segment is refused where the ${side}'s engine ignores them`, async (t) => {
    const scene = await openUndivided(t, side)
    await t.rejects(scene.run({ segments: 8 }), {
      code: 'USAGE',
      message: new RegExp(`${scene[side].label} to divide a scan into 8 segments`),
      hint: /--segments/,
    })
    t.notOk([scene.master, scene.replica].some(({ stub }) => stub.requests.some(asks('Scan'))))
    t.equal((await scene.run({ segments: 1 })).summary.outcome, 'different')
  })
}

t.test('a checkpoint of 4 segments is not resumed where the engine ignores segments', async (t) => {
  const scene = await openScene(t, { masterItems: items(60), replicaItems: items(58, 4) })
  const checkpoint = join(await tempFolder(t), 'run.checkpoint')
  const ending = new AbortController()
  scene.master.stub.on((request) => {
    if (asks('Scan')(request)) ending.abort()
    return undefined
  })
  await scene.run({ checkpoint, segments: 4, signal: ending.signal })
  scene.master.stub.on(({ operation, body }) => {
    if (operation !== 'Scan') return undefined
    const { Segment, TotalSegments, ...others } = body
    return { rewrite: () => scene.master.table.scan(others) }
  })
  await t.rejects(scene.run({ ...AS_PLANNED, checkpoint, resume: true }), {
    code: 'USAGE',
    message: /into 4 segments/,
  })
})

t.test('an engine that divides scans is asked for no more than two slivers', async (t) => {
  const scene = await openScene(t, { masterItems: items(60), replicaItems: items(60) })
  const { summary } = await scene.run({ segments: 4 })
  t.equal(summary.outcome, 'in-sync')
  for (const { stub } of [scene.master, scene.replica]) {
    const checks = stub.requests.filter(
      (request) => request.operation === 'Scan' && isCheck(request),
    )
    t.ok(checks.length >= 1 && checks.length <= 2)
  }
})
