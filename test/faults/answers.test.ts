/** Answers that leave out, or set to null, what the API model calls optional; and answers that say nothing. */

import {
  ALL_WRITES,
  always,
  asks,
  counts,
  FOUND,
  isCheck,
  item,
  MASTER_ITEMS,
  openScene,
  REPAIRED,
} from '../support/scene.ts'
import type { Fault, StubRequest } from '../support/tables/stub.ts'
import type { Body } from '../support/tables/stub-terms.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const ITEM_REQUESTS = ['Scan', 'BatchGetItem', 'BatchWriteItem']
const isItemRequest = ({ operation }: StubRequest) => ITEM_REQUESTS.includes(operation)

const isEmpty = (value: unknown) =>
  value === null || (typeof value === 'object' && Object.values(value as object).every(isEmpty))

/** The answer, with its empty values spelt in another way. */
const respelt =
  (spell: (name: string) => readonly [string, unknown][]) =>
  (answer: Body): Body =>
    Object.fromEntries(
      Object.entries({ LastEvaluatedKey: null, UnprocessedItems: {}, ...answer }).flatMap(
        ([name, value]): readonly [string, unknown][] =>
          isEmpty(value) ? spell(name) : [[name, value]],
      ),
    )

const withoutEmpty = respelt(() => [])
const withNull = respelt((name) => [[name, null]])
const withNullInside = (answer: Body) =>
  respelt((name) => [
    [
      name,
      ['Responses', 'UnprocessedKeys', 'UnprocessedItems'].includes(name) ? { T: null } : null,
    ],
  ])(answer)
const withEmptyKey = (answer: Body) =>
  'Items' in answer ? { ...answer, LastEvaluatedKey: answer['LastEvaluatedKey'] ?? {} } : answer

for (const [what, rewrite] of [
  ['leaves out empty values', withoutEmpty],
  ['sends null for empty values', withNull],
  ['sends null for the table', withNullInside],
  ['ends a segment with an empty key', withEmptyKey],
] as const) {
  for (const more of [{ strategy: 'march' }, { strategy: 'lookup' }, { quiesced: true }] as const) {
    t.test(
      `runSync repairs, ${JSON.stringify(more)}, where an engine ${what}`,
      oneOfMany(),
      async (t) => {
        const { master, replica, run } = await openScene(t)
        for (const { stub } of [master, replica]) stub.on(always({ rewrite }, isItemRequest))
        const { summary } = await run({ ...ALL_WRITES, ...more })
        t.strictSame(counts(summary, replica), REPAIRED)
        t.equal(summary.outcome, 'in-sync')
        t.equal(summary.master.scanned, 60)
        t.strictSame(replica.table.all(), master.table.all())
      },
    )
  }
}

t.test('a table that answers {} for a key it lacks can be compared', async (t) => {
  const { master, replica, run } = await openScene(t)
  for (const { stub } of [master, replica]) {
    stub.on((request) =>
      isCheck(request) && request.operation === 'BatchGetItem'
        ? { rewrite: () => '{}' }
        : undefined,
    )
  }
  const { summary } = await run()
  t.strictSame(counts(summary, replica), FOUND)
  t.equal(summary.outcome, 'different')
})

/** Answers {} where it has no items for the keys, however it is asked for them. */
const bareWhereNothing: Fault = {
  rewrite: (answer) => (isEmpty(answer['Responses'] ?? {}) ? '{}' : answer),
}

t.test('an empty answer is no reason to delete an item', async (t) => {
  const { master, replica, run } = await openScene(t)
  master.stub.on(always(bareWhereNothing, asks('BatchGetItem')))
  const { summary, differences, events } = await run(ALL_WRITES)
  t.match(summary.replicas[replica.label], { missing: 5, differing: 4, written: 9 })
  t.match(summary.replicas[replica.label], { deleted: 0, failed: 1, deletionsWithheld: 2 })
  t.equal(summary.outcome, 'incomplete')
  t.equal(replica.table.all().length, 63)
  const failed = differences.filter(({ action }) => action === 'failed')
  t.match(failed, [{ kind: 'extra', error: /BatchGetItem on us-east-1:Master: .*\{\}/ }])
  const named = events.filter(({ type }) => type === 'key-left')
  t.match(named, [{ key: JSON.stringify(failed[0]?.key), end: 'failed' }])
  t.match(summary.errors, [{ table: master.label, code: 'BAD_RESPONSE', count: 1 }])
})

t.test('an empty answer is no reason to call an item gone or extra', async (t) => {
  const extras = Array.from({ length: 5 }, (_, n) => item(100 + n))
  const { master, replica, run } = await openScene(t, {
    replicaItems: [...MASTER_ITEMS, ...extras],
  })
  master.stub.on(always(bareWhereNothing, asks('BatchGetItem')))
  const { summary, differences } = await run({ ...ALL_WRITES, strategy: 'lookup' })
  t.match(summary.replicas[replica.label], { sameAs: 60, extra: 0, vanished: 0, unverified: 5 })
  t.equal(summary.outcome, 'incomplete')
  t.match(differences, Array(5).fill({ kind: 'extra', action: 'unverified', error: String }))
  t.match(summary.errors, [{ table: master.label, code: 'BAD_RESPONSE', count: 5 }])
})

t.test('a key that an answer leaves out is requested again, alone', async (t) => {
  const { master, replica, run } = await openScene(t)
  replica.stub.on((request) => {
    const isBatch = asks('BatchGetItem')(request) && keysOf(request).length > 1
    return isBatch ? { rewrite: () => '{"Responses":{}}' } : undefined
  })
  const { summary } = await run(ALL_WRITES)
  t.strictSame(counts(summary, replica), REPAIRED)
  t.strictSame(replica.table.all(), master.table.all())
})

t.test('a replica fails after a hundred keys in a row without an answer', async (t) => {
  const masterItems = Array.from({ length: 300 }, (_, n) => item(n))
  const { replica, run } = await openScene(t, { masterItems, replicaItems: [] })
  replica.stub.on(always({ rewrite: () => '{}' }, asks('BatchGetItem')))
  const { summary } = await run({ ...ALL_WRITES, scanLimit: 300, segments: 1 })
  t.equal(summary.outcome, 'incomplete')
  const ofTheTable = summary.errors.find(({ message }) => message.includes('100 keys in a row'))
  t.match(ofTheTable, { table: replica.label, code: 'BAD_RESPONSE' })
  t.equal(replica.table.all().length, 0)
})

t.test('puts answered with {} are read back, and counted by what is there', async (t) => {
  const masterItems = Array.from({ length: 20 }, (_, n) => item(n))
  const { master, replica, run } = await openScene(t, { masterItems, replicaItems: [] })
  replica.stub.on(always({ rewrite: () => '{}' }, asks('BatchWriteItem')))
  const { summary } = await run({ ...ALL_WRITES, quiesced: true })
  t.match(summary.replicas[replica.label], { missing: 20, written: 20, failed: 0 })
  t.equal(summary.outcome, 'in-sync')
  t.strictSame(replica.table.all(), master.table.all())
})

for (const [what, rewrite] of [
  ['a count that does not match its items', (answer: Body) => ({ ...answer, Count: 300 })],
  ['no items, but a count of them', (answer: Body) => ({ ...answer, Items: [] })],
  [
    'its items twice',
    (answer: Body) => JSON.stringify(answer).replace('"Items":', '"Items":[],"Items":'),
  ],
  ['a cursor that is no key', (answer: Body) => ({ ...answer, LastEvaluatedKey: [] })],
] as const) {
  t.test(`runSync rejects a page with ${what}`, oneOfMany(), async (t) => {
    const { replica, run } = await openScene(t)
    replica.stub.on(always({ rewrite }, asks('Scan')))
    const { summary } = await run(ALL_WRITES)
    t.equal(summary.outcome, 'incomplete')
    t.match(summary.errors, [{ table: replica.label, code: 'BAD_RESPONSE' }])
    t.match(summary.replicas[replica.label], { written: 0, deleted: 0 })
  })
}

t.test('an answer with items that were not requested is rejected and retried', async (t) => {
  const { master, replica, run } = await openScene(t)
  let times = 0
  master.stub.on((request) =>
    asks('BatchGetItem')(request) && times++ < 2
      ? { rewrite: (answer) => ({ ...answer, Responses: { Master: [item(7000)] } }) }
      : undefined,
  )
  const { summary } = await run(ALL_WRITES)
  t.strictSame(counts(summary, replica), REPAIRED)
  t.strictSame(replica.table.all(), master.table.all())
})

function keysOf({ table, body }: StubRequest): readonly unknown[] {
  return (body['RequestItems'] as Record<string, { readonly Keys: readonly unknown[] }>)[table]
    ?.Keys as readonly unknown[]
}
