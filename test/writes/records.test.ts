/** Neither undo nor a retry counts a write that was not made, or whose fate is unknown, as made. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { undoSync } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { asks, item, openScene } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const FOUR = [0, 1, 2, 3].map((n) => item(n))
const KEY = { id: { S: 'item-0' } }

for (const error of [
  'AccessDeniedException',
  'ProvisionedThroughputExceededException',
  'TransactionConflictException',
  'ValidationException',
]) {
  t.test(
    `undo leaves an item that somebody put after our put ended in ${error}`,
    oneOfMany(),
    async (t) => {
      const { replica, run } = await openScene(t, {
        masterItems: FOUR,
        replicaItems: FOUR.slice(1),
      })
      replica.stub.on((request) => (asks('PutItem')(request) ? { error } : undefined))
      const undo = join(await tempFolder(t), 'undo.ndjson')
      const { summary } = await run({ writeMissing: true, undo })
      t.match(summary.replicas[replica.label], { missing: 1, written: 0, failed: 1 })
      // The very same item, from a replicator that lags, or another run.
      replica.table.set(item(0))
      const undone = await undoSync({ journal: undo, workers: 1 })
      t.match(undone.replicas[replica.label], { deleted: 0 })
      t.same(replica.table.at(KEY), item(0))
    },
  )
}

for (const [what, more, hook] of [
  ['a flag that was not given', {}, undefined],
  ['a hook that skips', { writeDiffering: true }, "export const onDiffering = () => 'skip'\n"],
] as const) {
  t.test(`a read-back respects ${what}`, oneOfMany(), async (t) => {
    const { replica, run } = await openScene(t, {
      masterItems: FOUR,
      replicaItems: FOUR.slice(1),
    })
    const theirs = item(0, { n: { N: '99' }, newer: { S: 'theirs' } })
    let isPut = false
    replica.stub.on((request) => {
      // Somebody writes to the item between our put and our read-back.
      if (isPut && asks('BatchGetItem')(request)) replica.table.set(theirs)
      isPut ||= asks('PutItem')(request)
      return undefined
    })
    const hooks = join(await tempFolder(t), 'hooks.mjs')
    if (hook !== undefined) await writeFile(hooks, hook)
    await run({ writeMissing: true, ...more, ...(hook !== undefined && { hooks }) })
    t.same(replica.table.at(KEY), theirs)
  })
}

t.test(
  'an item that the master deletes is deleted again, although the answer to its put was lost',
  async (t) => {
    const { master, replica, run } = await openScene(t, {
      masterItems: FOUR,
      replicaItems: FOUR.slice(1),
    })
    let isPut = false
    replica.stub.on((request) => {
      if (isPut || !asks('PutItem')(request)) return undefined
      isPut = true
      master.table.unset(KEY)
      return 'hang-up'
    })
    const { summary } = await run({ writeMissing: true })
    t.equal(replica.table.at(KEY), undefined)
    t.match(summary.replicas[replica.label], { written: 1, mended: 1 })
  },
)

t.test('items of a batch that landed without an answer are not reported as left', async (t) => {
  const { replica, run } = await openScene(t, { masterItems: FOUR, replicaItems: [] })
  const stop = new AbortController()
  let batches = 0
  replica.stub.on((request) => {
    if (!asks('BatchWriteItem')(request)) return undefined
    if (++batches <= 3) return 'hang-up'
    stop.abort()
    return { error: 'ProvisionedThroughputExceededException' }
  })
  const { differences } = await run({
    ...{ writeMissing: true, quiesced: true, signal: stop.signal },
    ...{ segments: 1, scanLimit: 100, maxRetries: 2 },
  })
  t.equal(replica.table.all().length, 4)
  t.notOk(differences.some(({ action }) => action === 'none'))
})

for (const stray of [
  { PutRequest: { Item: item(77) } },
  { DeleteRequest: { Key: KEY } },
  { PutRequest: { Item: { ...item(0), id: { S: 'item-0 ' } } } },
]) {
  t.test(
    `an answer with items that were not in the batch proves nothing: ${JSON.stringify(stray)}`,
    oneOfMany(),
    async (t) => {
      const { master, replica, run } = await openScene(t, { masterItems: FOUR, replicaItems: [] })
      let batches = 0
      replica.stub.on((request) => {
        if (!asks('BatchWriteItem')(request) || batches++ > 0) return undefined
        return {
          rewrite(answer) {
            replica.table.unset(KEY)
            return { ...answer, UnprocessedItems: { Replica: [stray] } }
          },
        }
      })
      const { summary } = await run({
        ...{ writeMissing: true, quiesced: true },
        ...{ segments: 1, scanLimit: 100, maxRetries: 2 },
      })
      t.strictSame(replica.table.all(), master.table.all())
      t.match(summary.replicas[replica.label], { written: 4, resolved: 0 })
    },
  )
}
