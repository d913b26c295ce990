/** What somebody adds to an item while a write of ours is in flight. */
import { join } from 'node:path'
import { undoSync, type WireItem } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { ALL_WRITES, asks, item, openScene, type Party } from '../support/scene.ts'
import { t } from '../support/tap.ts'

const EXTRAS = Array.from({ length: 5 }, (_, n) => item(100 + n))

/** Just before the first such write, somebody adds an attribute to its item. */
function addInFlight({ stub, table }: Party, operation: string, name: string): void {
  let isDone = false
  stub.on((request) => {
    if (isDone || !asks(operation)(request)) return undefined
    isDone = true
    const key = request.body['Key'] as WireItem
    table.set({ ...(table.at(key) as WireItem), [name]: { S: 'theirs' } })
    return undefined
  })
}

const theirs = ({ table }: Party) =>
  table
    .all()
    .filter((one) => Object.values(one).some((value) => 'S' in value && value.S === 'theirs'))

t.test('an extra that gains an attribute known from other items is not deleted', async (t) => {
  const known = item(1, { owner: { S: 'somebody' } })
  const { replica, run } = await openScene(t, {
    masterItems: [known],
    replicaItems: [item(1, { owner: { S: 'nobody' } }), ...EXTRAS],
  })
  addInFlight(replica, 'DeleteItem', 'owner')
  const { summary } = await run({ ...ALL_WRITES, maxDeletes: '100%', segments: 1 })
  t.equal(theirs(replica).length, 1, 'the added attribute is there')
  t.match(summary.replicas[replica.label], { deleted: 4, conflicts: 1 })
  t.equal(summary.outcome, 'different')
})

t.test('an update keeps an attribute that somebody adds meanwhile, and still lands', async (t) => {
  const { replica, run } = await openScene(t)
  addInFlight(replica, 'UpdateItem', 'unknown')
  const { summary } = await run({ writeDiffering: true, ignore: ['unknown'] })
  t.equal(theirs(replica).length, 1)
  t.match(summary.replicas[replica.label], { written: 4 })
})

t.test('undo keeps an attribute that somebody adds while it writes', async (t) => {
  const { replica, run } = await openScene(t)
  const journal = join(await tempFolder(t), 'undo.ndjson')
  const before = replica.table.all()
  await run({ writeDiffering: true, undo: journal })
  addInFlight(replica, 'UpdateItem', 'unknown')
  const { replicas } = await undoSync({ journal, workers: 1 })
  t.match(replicas[replica.label], { written: 4, changed: 0 })
  t.equal(theirs(replica).length, 1, 'a put of the whole item would have erased it')
  const withoutTheirs = replica.table.all().map(({ unknown: _, ...rest }) => rest)
  t.strictSame(withoutTheirs, before)
})
