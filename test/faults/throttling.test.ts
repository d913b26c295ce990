/** Too many requests: throttled, or left unprocessed in a batch. */

import type { WireItem } from 'tablesync'
import {
  ALL_WRITES,
  always,
  askedOf,
  asks,
  counts,
  eachFirst,
  FOUND,
  MASTER_ITEMS,
  openScene,
  REPAIRED,
} from '../support/scene.ts'
import type { Intercept, StubRequest } from '../support/tables/stub.ts'
import type { Body } from '../support/tables/stub-terms.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const SPELLINGS = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
]
const OPERATIONS = ['Scan', 'BatchGetItem', 'PutItem', 'UpdateItem', 'DeleteItem']

for (const error of SPELLINGS) {
  for (const strategy of ['march', 'lookup'] as const) {
    t.test(
      `runSync repairs by ${strategy} despite ${error} on every request`,
      oneOfMany(),
      async (t) => {
        const { master, replica, run } = await openScene(t)
        for (const { stub } of [master, replica])
          stub.on(eachFirst(3, { error }, asks(...OPERATIONS)))
        const { summary } = await run({ ...ALL_WRITES, strategy })
        t.strictSame(counts(summary, replica), REPAIRED)
        t.equal(summary.outcome, 'in-sync')
        t.strictSame(summary.errors, [])
        t.strictSame(replica.table.all(), master.table.all())
        for (const operation of OPERATIONS) t.ok(askedOf(replica, operation) >= 4, operation)
      },
    )
  }
}

t.test('runSync gets through more than 500 throttled requests', async (t) => {
  const { master, replica, run } = await openScene(t)
  let throttled = 0
  for (const { stub } of [master, replica]) {
    const throttle = eachFirst(5, { error: 'ThrottlingException' }, asks('Scan', 'BatchGetItem'))
    stub.on((request) => {
      const fault = throttle(request)
      if (fault !== undefined) throttled++
      return fault
    })
  }
  const { summary } = await run({ scanLimit: 1, maxRetries: 5 })
  t.ok(throttled > 500, `${throttled} requests were throttled`)
  t.strictSame(counts(summary, replica), FOUND)
  t.equal(summary.outcome, 'different')
})

t.test('runSync gives up a segment of the master that is always throttled', async (t) => {
  const { master, replica, run } = await openScene(t)
  const inSegmentOne = (request: StubRequest) =>
    asks('Scan')(request) && request.body['Segment'] === 1
  master.stub.on(always({ error: 'ThrottlingException' }, inSegmentOne))
  const { summary, events } = await run(ALL_WRITES)
  t.equal(summary.outcome, 'incomplete')
  const [error, ...more] = summary.errors
  t.match(error, { table: master.label, code: 'THROTTLED', hint: String })
  t.strictSame(more, [])
  t.equal(summary.replicas[replica.label]?.lostSegments, 1)
  t.equal(summary.replicas[replica.label]?.deleted, 0, 'no deletion without the whole table')
  t.equal(askedOf(replica, 'DeleteItem'), 0)
  t.match(
    events.filter(({ type }) => type === 'segment-lost'),
    [{ segment: 1 }],
  )
})

/** Serves the first keys of a batch, and leaves the others unprocessed. */
const serve =
  (keys: number, concerns: (request: StubRequest) => boolean): Intercept =>
  (request) => {
    if (!concerns(request)) return undefined
    const wanted = (request.body['RequestItems'] as Record<string, { Keys: WireItem[] }>)[
      request.table
    ] as { Keys: WireItem[] }
    if (wanted.Keys.length <= keys) return undefined
    const served = wanted.Keys.slice(0, keys).map(({ id }) => JSON.stringify(id))
    return {
      rewrite: (answer: Body) => {
        const items = (answer['Responses'] as Record<string, WireItem[]>)[request.table] ?? []
        return {
          ...answer,
          Responses: {
            [request.table]: items.filter(({ id }) => served.includes(JSON.stringify(id))),
          },
          UnprocessedKeys: { [request.table]: { ...wanted, Keys: wanted.Keys.slice(keys) } },
        }
      },
    }
  }

for (const keys of [1, 7]) {
  t.test(
    `runSync drains batches that are served ${keys} keys at a time`,
    oneOfMany(),
    async (t) => {
      const { master, replica, run } = await openScene(t)
      for (const { stub } of [master, replica]) stub.on(serve(keys, asks('BatchGetItem')))
      const { summary } = await run({
        ...ALL_WRITES,
        strategy: 'lookup',
        segments: 1,
        scanLimit: 60,
        maxRetries: 2,
      })
      t.strictSame(counts(summary, replica), REPAIRED)
      t.equal(summary.outcome, 'in-sync')
      t.strictSame(replica.table.all(), master.table.all())
      t.ok(askedOf(replica, 'BatchGetItem') >= 60 / keys, 'more requests than there are retries')
    },
  )
}

t.test('runSync detaches a replica whose batches always stay unprocessed', async (t) => {
  const { replica, other, run } = await openScene(t, { replicas: 2 })
  replica.stub.on(serve(0, asks('BatchGetItem')))
  const { summary, events } = await run({ ...ALL_WRITES, strategy: 'lookup' })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [{ table: replica.label, code: 'THROTTLED', message: /unprocessed/ }])
  t.match(
    events.filter(({ type }) => type === 'replica-lost'),
    [{ replica: replica.label }],
  )
  t.equal(askedOf(replica, 'PutItem') + askedOf(replica, 'DeleteItem'), 0)
  t.strictSame(counts(summary, other), REPAIRED)
})

t.test('runSync counts keys as unverified where rechecks stop half-way', async (t) => {
  const { master, replica, run } = await openScene(t)
  // Two keys are served, and the rest of the batch never is.
  const isRecheck = asks('BatchGetItem')
  let batches = 0
  replica.stub.on((request) => {
    if (!isRecheck(request)) return undefined
    return serve(batches++ === 0 ? 2 : 0, isRecheck)(request)
  })
  const { summary } = await run({ ...ALL_WRITES, strategy: 'march', segments: 1, scanLimit: 60 })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [{ table: replica.label, code: 'THROTTLED' }])
  const { sameAs, missing, differing, extra, unverified } = counts(summary, replica)
  t.strictSame(
    { sameAs, missing, differing, extra },
    { sameAs: 51, missing: 0, differing: 0, extra: 0 },
  )
  t.ok(unverified, 'the keys of the batch are counted as unverified')
  t.equal(replica.table.all().length, 58)
  t.strictSame(master.table.all().length, MASTER_ITEMS.length)
})
