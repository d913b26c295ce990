/** Writes that are refused: which are retried, which fail their item, and when the run gives up. */

import { EventEmitter, once } from 'node:events'
import { isDeepStrictEqual } from 'node:util'
import { ALL_WRITES, always, askedOf, asks, eachFirst, item, openScene } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const MANY = Array.from({ length: 400 }, (_, n) => item(n))
/** Items that are read and then written together. */
const BATCH = 25
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem'] as const

for (const operation of WRITES) {
  t.test(`${operation} is retried after a transaction conflict`, oneOfMany(), async (t) => {
    const { master, replica, run } = await openScene(t)
    replica.stub.on(eachFirst(2, { error: 'TransactionConflictException' }, asks(operation)))
    const { summary } = await run({ ...ALL_WRITES, maxDeletes: '100%' })
    t.equal(summary.outcome, 'in-sync')
    t.strictSame(replica.table.all(), master.table.all())
    t.match(summary.replicas[replica.label], { written: 9, deleted: 3, failed: 0, conflicts: 0 })
  })
}

t.test('an item whose transaction conflict never ends fails alone, by name', async (t) => {
  const { replica, run } = await openScene(t)
  const isOfItemTwo = asks('PutItem')
  replica.stub.on(
    always({ error: 'TransactionConflictException' }, (request) => {
      return isOfItemTwo(request) && JSON.stringify(request.body).includes('"item-2"')
    }),
  )
  const { summary, differences } = await run({ ...ALL_WRITES, maxDeletes: '100%' })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.replicas[replica.label], { written: 8, failed: 1 })
  t.match(
    differences.filter(({ action }) => action === 'failed'),
    [{ key: { id: { S: 'item-2' } }, error: /TransactionConflict/ }],
  )
})

t.test('a throttled item is retried for as long as its table takes others', async (t) => {
  // A task takes 250 keys, and those behind the unlucky one wait for it: enough must be left.
  const masterItems = Array.from({ length: 700 }, (_, n) => item(n))
  const { master, replica, run } = await openScene(t, { masterItems, replicaItems: [] })
  const [first] = master.table.all()
  // The others are answered a batch at a time. The unlucky item is refused once the batch after it
  // is asked for: by then that batch has landed.
  const news = new EventEmitter().setMaxListeners(masterItems.length)
  let allowed = 0
  let asked = 0
  let throttled = 0
  const isAllowed = async (number: number) => {
    while (number > allowed) await once(news, 'allowed')
  }
  const isAsked = async (number: number) => {
    while (number > asked) await once(news, 'asked')
  }
  replica.stub.on((request) => {
    if (!asks('PutItem')(request)) return undefined
    const isUnlucky = isDeepStrictEqual(request.body['Item'], first)
    if (!isUnlucky) {
      asked++
      news.emit('asked')
      return { answeredAfter: isAllowed(asked) }
    }
    // Three times as often as it would be retried if nothing else went through.
    const isEnough = throttled === 12
    // All of its own batch but itself, and a batch for each time.
    allowed = isEnough ? masterItems.length : BATCH - 1 + BATCH * ++throttled
    news.emit('allowed')
    if (isEnough) return undefined
    return { error: 'ProvisionedThroughputExceededException', after: isAsked(allowed + 1) }
  })
  // One segment, of one page: the unlucky item is in the first batch.
  const one = { workers: 1, segments: 1, scanLimit: 700 }
  const { summary } = await run({ writeMissing: true, maxRetries: 4, ...one })
  t.equal(throttled, 12)
  t.match(summary.replicas[replica.label], { written: 700, failed: 0 })
})

for (const { error, told } of [
  { error: 'ProvisionedThroughputExceededException', told: { hint: /more capacity/ } },
  { error: 'InternalServerError', told: { code: 'UNREACHABLE' } },
  {
    error: 'ItemCollectionSizeLimitExceededException',
    told: { hint: /--delete-extra alone first/ },
  },
]) {
  t.test(`the summary says why items failed, and how many: ${error}`, oneOfMany(), async (t) => {
    const { replica, run } = await openScene(t)
    const status = error === 'InternalServerError' ? 500 : 400
    replica.stub.on(always({ error, status }, asks('PutItem')))
    const { summary, events } = await run({ writeMissing: true, maxRetries: 1, maxOutage: '0' })
    t.equal(summary.outcome, 'incomplete')
    t.equal(summary.replicas[replica.label]?.failed, 5)
    t.match(summary.errors, [{ ...told, message: new RegExp(error), count: 5 }])
    const named = events.filter(({ type }) => type === 'key-left').length
    t.equal(named, error.startsWith('Item') ? 5 : 0, 'table trouble names no single key')
  })
}

for (const operation of ['PutItem', 'UpdateItem'] as const) {
  t.test(
    `a hundred refusals of ${operation} in a row detach the replica, with one reason`,
    oneOfMany(),
    async (t) => {
      const { replica, run } = await openScene(t, {
        masterItems: MANY,
        replicaItems:
          operation === 'PutItem' ? [] : MANY.map((one) => ({ ...one, n: { N: '-1' } })),
      })
      replica.stub.on(always({ error: 'UnknownOperationException' }, asks(operation)))
      const { summary, events } = await run({ ...ALL_WRITES, scanLimit: 400 })
      t.equal(summary.outcome, 'incomplete')
      const asked = askedOf(replica, operation)
      // Writes in flight meanwhile are refused too.
      t.ok(asked >= 100 && asked <= 140, `${asked} writes`)
      t.match(
        events.filter(({ type }) => type === 'replica-lost'),
        [{ message: /UnknownOperation.*100 keys in a row/ }],
      )
      const reasons = summary.errors.filter(({ message }) => message.includes('UnknownOperation'))
      t.equal(reasons.length, 2, 'one for the items, and one for the replica')
    },
  )
}

t.test('a replica is detached after a hundred refusals of conditions that hold', async (t) => {
  const { replica, run } = await openScene(t, {
    masterItems: MANY,
    replicaItems: MANY.map((one) => ({ ...one, n: { N: '-1' } })),
  })
  replica.stub.on(always({ error: 'ConditionalCheckFailedException' }, asks('UpdateItem')))
  const { summary, events } = await run({ ...ALL_WRITES, scanLimit: 400 })
  t.equal(summary.outcome, 'incomplete')
  t.match(
    events.filter(({ type }) => type === 'replica-lost'),
    [{ message: /the engine refused a condition that holds.*100 keys in a row/ }],
  )
})
