/**
 * Files that an earlier build has written are still read: a plan, an undo journal, and the
 * checkpoint of an interrupted run. `TABLESYNC_TEST_RECORD=files` makes them anew; recording the
 * other runs does not.
 */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chdir } from 'node:process'
import { fileURLToPath } from 'node:url'
import type { WireItem } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { ALL_WRITES, asks, openScene, REPLICA_ITEMS, type Scene } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { carryOut, type Leg, march } from './runs.ts'

// Files are named relative to the working folder: one at a time.
t.jobs = 1
const isRecording = process.env['TABLESYNC_TEST_RECORD'] === 'files'
const kept = fileURLToPath(new URL('../../../test/golden/kept/', import.meta.url))

interface Keeping {
  readonly name: string
  readonly write: (scene: Scene) => Leg
  readonly read: Leg
  /** What the replica holds when the file has been read and carried out. */
  readonly leaves: (scene: Scene) => readonly WireItem[]
}

const KEPT = { ...ALL_WRITES, checkpoint: 'run.checkpoint', checkpointInterval: 600 }

const all: readonly Keeping[] = [
  {
    name: 'plan',
    write: () => march({ ...ALL_WRITES, plan: 'plan.ndjson', planItems: true }),
    read: { apply: { plan: 'plan.ndjson' } },
    leaves: ({ master }) => master.table.all(),
  },
  {
    name: 'journal',
    write: () => march({ ...ALL_WRITES, undo: 'undo.ndjson' }),
    read: { undo: { journal: 'undo.ndjson' } },
    leaves: () => REPLICA_ITEMS,
  },
  {
    name: 'compressed-journal',
    write: () => march({ ...ALL_WRITES, undo: 'undo.ndjson.gz' }),
    read: { undo: { journal: 'undo.ndjson.gz' } },
    leaves: () => REPLICA_ITEMS,
  },
  {
    name: 'checkpoint',
    write: ({ replica }) => {
      const ending = new AbortController()
      let puts = 0
      replica.stub.on((request) => {
        if (asks('PutItem')(request) && ++puts === 3) ending.abort()
        return undefined
      })
      return march({ ...KEPT, undo: 'undo.ndjson', signal: ending.signal })
    },
    read: march({ ...KEPT, undo: 'undo.ndjson', resume: true }),
    leaves: ({ master }) => master.table.all(),
  },
]

const byId = (items: readonly WireItem[]) =>
  new Map(items.map((item) => [JSON.stringify(item['id']), item]))

for (const { name, write, read, leaves } of all) {
  t.test(`a ${name} of an earlier build is still read`, async (t) => {
    const folder = await tempFolder(t)
    chdir(folder)
    t.teardown(() => chdir(tmpdir()))
    const store = join(kept, name)
    if (isRecording) {
      const scene = await openScene(t)
      await carryOut(scene, write(scene))
      await writeFile('replica.json', JSON.stringify(scene.replica.table.all()))
      await rm(store, { recursive: true, force: true })
      await mkdir(store, { recursive: true })
      await cp(folder, store, { recursive: true })
    }
    await cp(store, folder, { recursive: true })
    const replicaItems = JSON.parse(await readFile('replica.json', 'utf8')) as WireItem[]
    const scene = await openScene(t, { replicaItems })
    const summary = await carryOut(scene, read)
    t.equal(summary.outcome, 'in-sync', JSON.stringify(summary.errors))
    t.same(byId(scene.replica.table.all()), byId(leaves(scene)))
  })
}
