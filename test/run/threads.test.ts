/** However a call ends, the threads that it started end with it. */

import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { applySync, type RunOptions, undoSync } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { hooksModule } from '../support/hooks-module.ts'
import { ALL_WRITES, asks, openScene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'

let started = 0
const alive = new Set<Worker>()
process.on('worker', (worker) => {
  started++
  alive.add(worker)
  worker.once('exit', () => alive.delete(worker))
})

/** Checks that no thread is left one turn of the event loop after a call has settled. */
async function isAlone(t: Test, what: string): Promise<void> {
  t.ok(started > 0, `${what} had threads`)
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(alive.size, 0, `${what} has left no thread`)
  started = 0
}

const endings: readonly [string, (t: Test) => Promise<Partial<RunOptions>>, RegExp | string][] = [
  ['in sync', async () => ALL_WRITES, 'in-sync'],
  ['in sync, of two threads', async () => ({ ...ALL_WRITES, workers: 2 }), 'in-sync'],
  ['with differences left', async () => ({}), 'different'],
  ['stopped by a limit', async () => ({ ...ALL_WRITES, maxWrites: 1 }), 'stopped'],
  [
    'interrupted',
    async () => {
      const ending = new AbortController()
      return { signal: ending.signal, onDifference: () => ending.abort() }
    },
    'interrupted',
  ],
  [
    'with hooks',
    async (t) => ({ hooks: await hooksModule(t, 'export const isItemDifferent = () => false') }),
    /different/,
  ],
  [
    'with threads that die',
    async (t) => ({
      hooks: await hooksModule(t, 'export const onMissing = () => process.exit(1)'),
    }),
    'incomplete',
  ],
]

for (const [how, optionsFor, outcome] of endings) {
  t.test(`a run that ends ${how} leaves no thread behind`, async (t) => {
    const { run } = await openScene(t)
    const { summary } = await run(await optionsFor(t))
    t.match(summary.outcome, outcome)
    await isAlone(t, 'the run')
  })
}

t.test('a run that ends by an error of its caller leaves no thread behind', async (t) => {
  const { run } = await openScene(t)
  const onDifference = () => {
    throw new Error('a fault of the caller')
  }
  await t.rejects(run({ onDifference }), { message: 'a fault of the caller' })
  await isAlone(t, 'the run')
})

t.test('a run that loses its master leaves no thread behind', async (t) => {
  const { master, run } = await openScene(t)
  master.stub.on((request) =>
    asks('Scan')(request) ? { error: 'AccessDeniedException' } : undefined,
  )
  const { summary } = await run()
  t.equal(summary.outcome, 'incomplete')
  await isAlone(t, 'the run')
})

t.test('applySync and undoSync leave no thread behind', async (t) => {
  const folder = await tempFolder(t)
  const { run } = await openScene(t)
  const [plan, undo] = [join(folder, 'plan.ndjson'), join(folder, 'undo.ndjson')]
  await run({ ...ALL_WRITES, plan })
  await isAlone(t, 'the run that plans')
  const all = { maxDeletes: '100%', allowShrunkenMaster: true, minMismatchAge: 0 }
  t.equal((await applySync({ plan, undo, ...all })).outcome, 'in-sync')
  await isAlone(t, 'applySync')
  t.equal((await undoSync({ journal: undo })).outcome, 'in-sync')
  await isAlone(t, 'undoSync')
})
