/** Answers that are errors: transient ones, denials, and refusals of one item. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { WireItem } from 'tablesync'
import {
  ALL_WRITES,
  always,
  askedOf,
  asks,
  counts,
  eachFirst,
  FOUND,
  isCheck,
  item,
  MASTER_ITEMS,
  openScene,
  REPAIRED,
  REPLICA_ITEMS,
  SHORT,
} from '../support/scene.ts'
import type { Fault, Intercept, StubRequest } from '../support/tables/stub.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const READS = ['Scan', 'BatchGetItem']
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem']

for (const status of [500, 502, 503]) {
  t.test(
    `runSync repairs despite a transient ${status} on every request`,
    oneOfMany(),
    async (t) => {
      const { master, replica, run } = await openScene(t)
      for (const { stub } of [master, replica]) {
        stub.on(eachFirst(2, { error: 'InternalServerError', status }, asks(...READS, ...WRITES)))
      }
      const { summary } = await run(ALL_WRITES)
      t.strictSame(counts(summary, replica), REPAIRED)
      t.equal(summary.outcome, 'in-sync')
      t.strictSame(summary.errors, [])
      t.strictSame(replica.table.all(), master.table.all())
    },
  )
}

for (const [what, fault] of [
  ['a 500', { error: 'InternalServerError', status: 500, landed: true }],
  ['a closed connection', 'hang-up'],
  ['half an answer', 'cut'],
  ['a wrong checksum', 'wrong-checksum'],
  ['silence', 'silence-landed'],
] as const satisfies readonly (readonly [string, Fault])[]) {
  t.test(
    `runSync counts a write that landed as done, although ${what} came back`,
    oneOfMany(),
    async (t) => {
      const { master, replica, run } = await openScene(t)
      replica.stub.on(eachFirst(1, fault, asks(...WRITES)))
      const { summary, differences } = await run({ ...ALL_WRITES, timeouts: SHORT })
      t.strictSame(counts(summary, replica), REPAIRED)
      t.equal(summary.outcome, 'in-sync')
      t.strictSame(replica.table.all(), master.table.all())
      t.strictSame(
        WRITES.map((operation) => askedOf(replica, operation)),
        [5, 4, 3],
        'nothing was written twice',
      )
      t.strictSame(differences.map(({ action }) => action).sort(), [
        ...Array(3).fill('deleted'),
        ...Array(9).fill('written'),
      ])
    },
  )
}

t.test('an item whose write always ends in 500 fails, and no other item does', async (t) => {
  const { master, replica, run } = await openScene(t)
  const isOfItemTwo = (request: StubRequest) => JSON.stringify(request.body).includes('"item-2"')
  replica.stub.on(
    always(
      { error: 'InternalServerError', status: 500 },
      (request) => asks('PutItem')(request) && isOfItemTwo(request),
    ),
  )
  const { summary, differences } = await run(ALL_WRITES)
  t.strictSame(counts(summary, replica), {
    ...FOUND,
    written: 8,
    failed: 1,
    deletionsWithheld: 3,
  })
  t.equal(summary.outcome, 'incomplete')
  t.equal(replica.table.all().length, 62)
  t.equal(master.table.all().length, 60)
  t.match(
    differences.filter(({ action }) => action === 'failed'),
    [{ key: { id: { S: 'item-2' } }, kind: 'missing', error: /InternalServerError/ }],
  )
})

t.test('runSync reports an item that the service refuses, and withholds deletions', async (t) => {
  const { replica, run } = await openScene(t)
  const isOfItem = (request: StubRequest) => JSON.stringify(request.body).includes('"item-57"')
  replica.stub.on(
    always(
      { error: 'ValidationException' },
      (request) => asks('UpdateItem')(request) && isOfItem(request),
    ),
  )
  const { summary, events, differences } = await run(ALL_WRITES)
  t.strictSame(counts(summary, replica), {
    ...FOUND,
    written: 8,
    failed: 1,
    deletionsWithheld: 3,
  })
  t.equal(summary.outcome, 'incomplete')
  t.equal(askedOf(replica, 'UpdateItem'), 4, 'a refused write is not retried')
  t.equal(askedOf(replica, 'DeleteItem'), 0)
  t.match(
    differences.filter(({ action }) => action === 'failed'),
    [{ key: { id: { S: 'item-57' } }, kind: 'differing', error: /ValidationException/ }],
  )
  t.strictSame(
    differences.filter(({ kind }) => kind === 'extra').map(({ action }) => action),
    ['none', 'none', 'none'],
  )
  t.match(
    events.filter(({ type }) => type === 'deletions-withheld'),
    [{ extras: 3, reason: /1 item could not be repaired: .*ValidationException/ }],
  )
})

for (const operation of WRITES) {
  t.test(
    `runSync fails the items of a replica that denies ${operation}, and no others`,
    oneOfMany(),
    async (t) => {
      const { master, replica, other, run } = await openScene(t, { replicas: 2 })
      const before = replica.table.all()
      replica.stub.on(always({ error: 'AccessDeniedException' }, asks(...WRITES)))
      const writes = {
        writeMissing: operation === 'PutItem',
        writeDiffering: operation === 'UpdateItem',
        deleteExtra: operation === 'DeleteItem',
      }
      const { summary, events, differences } = await run(writes)
      t.equal(summary.outcome, 'incomplete')
      // The first deletion that is refused is the last one.
      const count = operation === 'PutItem' ? 5 : operation === 'UpdateItem' ? 4 : 1
      t.match(summary.errors, [{ table: replica.label, code: 'ACCESS_DENIED', hint: /IAM/, count }])
      t.equal(summary.replicas[replica.label]?.failed, count)
      t.equal(events.filter(({ type }) => type === 'key-left').length, count)
      t.strictSame(
        events.filter(({ type }) => type === 'replica-lost'),
        [],
      )
      t.strictSame(replica.table.all(), before)
      t.strictSame(counts(summary, other), {
        ...FOUND,
        written: writes.writeMissing ? 5 : writes.writeDiffering ? 4 : 0,
        deleted: writes.deleteExtra ? 3 : 0,
      })
      t.equal(differences.filter(({ replica }) => replica === other.label).length, 12)
      t.equal(master.table.all().length, MASTER_ITEMS.length)
    },
  )
}

/** Denies the writes of one item, and delays the answers to all others. */
const denying =
  (id: string, operation: string): Intercept =>
  (request) => {
    if (!asks(operation)(request)) return undefined
    return JSON.stringify(request.body).includes(`"${id}"`)
      ? { error: 'AccessDeniedException' }
      : { answeredAfter: sleep(200) }
  }

t.test('runSync counts and reports the deletions in flight when one is denied', async (t) => {
  const { replica, run } = await openScene(t)
  const isExtra = ({ id }: WireItem) => /item-10\d/.test(JSON.stringify(id))
  // The first goes alone, and is deleted; the others go together.
  const [, denied] = replica.table
    .all()
    .filter(isExtra)
    .map(({ id }) => (id as { S: string }).S)
  replica.stub.on(denying(denied as string, 'DeleteItem'))
  const { summary, differences } = await run({ ...ALL_WRITES, segments: 1, scanLimit: 60 })
  t.equal(summary.outcome, 'incomplete')
  t.strictSame(replica.table.all().filter(isExtra).length, 1, 'two are deleted')
  t.equal(summary.replicas[replica.label]?.deleted, 2)
  const extras = differences.filter(({ kind }) => kind === 'extra')
  t.strictSame(
    extras.map(({ key, action }) => `${JSON.stringify(key['id'])} ${action}`).sort(),
    ['item-100', 'item-101', 'item-102'].map(
      (id) => `{"S":"${id}"} ${id === denied ? 'failed' : 'deleted'}`,
    ),
    'each extra is reported once, with its final action',
  )
})

t.test('runSync counts and reports the writes in flight when one is denied', async (t) => {
  const { replica, run } = await openScene(t)
  replica.stub.on(denying('item-2', 'PutItem'))
  const { summary, differences } = await run({
    writeMissing: true,
    segments: 1,
    strategy: 'lookup',
    scanLimit: 60,
  })
  t.equal(summary.outcome, 'incomplete')
  t.equal(askedOf(replica, 'PutItem'), 5, 'all were in flight')
  t.equal(replica.table.all().length, REPLICA_ITEMS.length + 4)
  t.equal(summary.replicas[replica.label]?.written, 4)
  t.equal(differences.filter(({ action }) => action === 'written').length, 4)
})

t.test('runSync works without DescribeTable where that is denied', async (t) => {
  for (const denied of ['master', 'replica'] as const) {
    const scene = await openScene(t)
    scene[denied].stub.on(
      always({ error: 'AccessDeniedException' }, ({ operation }) => operation === 'DescribeTable'),
    )
    const { summary, events } = await scene.run(ALL_WRITES)
    t.strictSame(counts(summary, scene.replica), REPAIRED, `${denied} denied`)
    t.equal(summary.outcome, 'in-sync')
    const [tables] = events
    if (tables?.type !== 'tables') throw new Error('the tables are told first')
    const facts = denied === 'master' ? tables.master.facts : tables.replicas[0]?.facts
    t.match(facts, { keySchema: [{ name: 'id', type: 'S' }], approximateItems: undefined })
  }
})

for (const side of ['master', 'replica'] as const) {
  for (const [what, fault, concerns, code] of [
    ['does not exist', { error: 'ResourceNotFoundException' }, () => true, 'TABLE_NOT_FOUND'],
    [
      'denies Scan',
      { error: 'AccessDeniedException' },
      ({ operation }: StubRequest) => operation === 'Scan',
      'ACCESS_DENIED',
    ],
    [
      'denies BatchGetItem',
      { error: 'AccessDeniedException' },
      ({ operation }: StubRequest) => operation === 'BatchGetItem',
      'ACCESS_DENIED',
    ],
    ['does not know the key', { error: 'UnrecognizedClientException' }, () => true, 'CREDENTIALS'],
    ['finds the session expired', { error: 'ExpiredTokenException' }, () => true, 'CREDENTIALS'],
  ] as const) {
    t.test(`runSync rejects where the ${side} ${what}, before the run`, oneOfMany(), async (t) => {
      const scene = await openScene(t)
      scene[side].stub.on(always(fault, concerns))
      await t.rejects(scene.run(ALL_WRITES), {
        code,
        message: new RegExp(scene[side].label),
        table: side === 'master' ? 0 : 1,
      })
      for (const { stub } of [scene.master, scene.replica]) {
        t.ok(stub.requests.length > 0)
        t.strictSame(
          // Where an invented key is denied, real ones are tried, one by one.
          stub.requests.filter((one) => !isCheck(one) && one.operation !== 'BatchGetItem'),
          [],
        )
      }
    })
  }
}

t.test('runSync sends the master nothing but reads', async (t) => {
  for (const strategy of ['march', 'lookup'] as const) {
    const { master, replica, run } = await openScene(t)
    master.stub.on(eachFirst(1, { error: 'InternalServerError', status: 500 }, asks(...READS)))
    const { summary } = await run({ ...ALL_WRITES, strategy })
    t.equal(summary.outcome, 'in-sync')
    t.strictSame([...new Set(master.stub.requests.map(({ operation }) => operation))].sort(), [
      'BatchGetItem',
      'DescribeTable',
      'DescribeTimeToLive',
      'Scan',
    ])
    t.strictSame(master.table.all().length, MASTER_ITEMS.length)
    t.equal(askedOf(replica, 'PutItem'), 5, 'while it wrote to the replica')
  }
})

t.test('runSync writes nothing in a dry run', async (t) => {
  const { replica, run } = await openScene(t)
  const { summary } = await run({ ...ALL_WRITES, dryRun: true })
  t.strictSame(counts(summary, replica), FOUND)
  t.equal(summary.outcome, 'different')
  for (const operation of WRITES) t.equal(askedOf(replica, operation), 0)
})

t.test('runSync counts the puts in flight when another page of the master fails', async (t) => {
  const { master, replica, run } = await openScene(t, { replicaItems: [] })
  let putAsked = () => {}
  let answerPuts = () => {}
  const asked = new Promise<void>((resolve) => {
    putAsked = resolve
  })
  const answered = new Promise<void>((resolve) => {
    answerPuts = resolve
  })
  replica.stub.on((request) => {
    if (!asks('BatchWriteItem')(request)) return undefined
    putAsked()
    return { answeredAfter: answered }
  })
  master.stub.on((request) => {
    if (!asks('Scan')(request) || request.body['ExclusiveStartKey'] === undefined) return undefined
    // The second page fails while puts are in flight, and they are answered after that.
    asked.then(() => setTimeout(answerPuts, 100)).catch(() => {})
    return { error: 'AccessDeniedException', after: asked }
  })
  const { summary, differences } = await run({
    writeMissing: true,
    // Repairs while the scan goes on, not after a recheck.
    quiesced: true,
    strategy: 'lookup',
    scanLimit: 5,
    batchReadLimit: 1,
  })
  t.equal(summary.outcome, 'incomplete')
  const landed = replica.table.all().length
  t.ok(landed > 0)
  t.equal(summary.replicas[replica.label]?.written, landed)
  t.equal(differences.filter(({ action }) => action === 'written').length, landed)
})

t.test('runSync ends a repair that waits for its retry when its signal aborts', async (t) => {
  const { replica, run } = await openScene(t)
  const ending = new AbortController()
  replica.stub.on((request) => {
    if (!asks('PutItem')(request)) return undefined
    // The last of the items that the replica lacks.
    if (askedOf(replica, 'PutItem') === FOUND.missing) ending.abort()
    return { error: 'InternalServerError', status: 500 }
  })
  const { summary, differences } = await run({
    writeMissing: true,
    // All suspects at once, and so their repairs.
    segments: 1,
    scanLimit: 100,
    retryDelayBase: 60_000,
    signal: ending.signal,
  })
  t.equal(summary.outcome, 'interrupted')
  const missing = differences.filter(({ kind }) => kind === 'missing')
  t.equal(missing.length, askedOf(replica, 'PutItem'), 'no item was retried')
  t.ok(
    missing.every(({ action, error }) => action === 'failed' && /InternalServer/.test(error ?? '')),
  )
})

t.test('nothing is deleted where a key is unverified', async (t) => {
  const { master, replica, run } = await openScene(t)
  let v = 0
  master.stub.on((request) => {
    if (asks('BatchGetItem')(request)) master.table.set(item(56, { v: { N: String(++v) } }))
    return undefined
  })
  const { summary } = await run({ ...ALL_WRITES, recheckAttempts: 2 })
  t.match(summary.replicas[replica.label], { unverified: 1, deleted: 0, deletionsWithheld: 3 })
  t.equal(askedOf(replica, 'DeleteItem'), 0)
})

t.test('nothing is deleted where a write was in conflict', async (t) => {
  const { replica, run } = await openScene(t)
  replica.stub.on((request) =>
    asks('UpdateItem')(request) ? { error: 'ConditionalCheckFailedException' } : undefined,
  )
  const { summary } = await run(ALL_WRITES)
  t.match(summary.replicas[replica.label], { conflicts: 4, deleted: 0, deletionsWithheld: 3 })
  t.equal(askedOf(replica, 'DeleteItem'), 0)
})

t.test('after one deletion is refused for good, no other is sent', async (t) => {
  const { replica, run } = await openScene(t, {
    masterItems: [item(0)],
    replicaItems: Array.from({ length: 200 }, (_, n) => item(n)),
  })
  replica.stub.on((request) =>
    asks('DeleteItem')(request) ? { error: 'ValidationException' } : undefined,
  )
  const { summary } = await run({ ...ALL_WRITES, parallel: 1 })
  t.match(summary.replicas[replica.label], { failed: 1, deleted: 0, deletionsWithheld: 198 })
  t.equal(askedOf(replica, 'DeleteItem'), 1)
})
