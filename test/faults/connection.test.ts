/** Connections that break, go silent or were never there. */

import { createServer } from 'node:net'
import {
  ALL_WRITES,
  always,
  askedOf,
  asks,
  counts,
  eachFirst,
  FOUND,
  isCheck,
  MASTER_ITEMS,
  openScene,
  REPAIRED,
  REPLICA_ITEMS,
  SHORT,
} from '../support/scene.ts'
import type { Fault, StubRequest } from '../support/tables/stub.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

for (const [what, fault] of [
  ['cut in the middle', 'cut'],
  ['closed without a word', 'hang-up'],
  ['stalled in the middle', 'stall'],
  ['with a wrong checksum', 'wrong-checksum'],
] as const satisfies readonly (readonly [string, Fault])[]) {
  for (const strategy of ['march', 'lookup'] as const) {
    t.test(`runSync retries, by ${strategy}, an answer ${what}`, oneOfMany(), async (t) => {
      const { master, replica, run } = await openScene(t)
      for (const { stub } of [master, replica]) {
        stub.on(eachFirst(1, fault, asks('Scan', 'BatchGetItem')))
      }
      const { summary } = await run({ ...ALL_WRITES, strategy, timeouts: SHORT })
      t.strictSame(counts(summary, replica), REPAIRED)
      t.equal(summary.outcome, 'in-sync')
      t.strictSame(summary.errors, [])
      t.equal(summary.master.scanned, 60)
      t.strictSame(replica.table.all(), master.table.all())
    })
  }

  t.test(`runSync detaches a replica whose answers are always ${what}`, oneOfMany(), async (t) => {
    const { replica, other, run } = await openScene(t, { replicas: 2 })
    replica.stub.on(always(fault, asks('Scan')))
    const timeouts = { connect: 2000, response: 1000, silence: 20_000 }
    const { summary, events } = await run({ ...ALL_WRITES, maxRetries: 2, timeouts })
    t.equal(summary.outcome, 'incomplete')
    const code = fault === 'wrong-checksum' ? 'BAD_RESPONSE' : 'UNREACHABLE'
    t.match(summary.errors, [{ table: replica.label, code, hint: String }])
    t.equal(summary.errors.length, 1)
    t.match(
      events.filter(({ type }) => type === 'replica-lost'),
      [{ replica: replica.label }],
    )
    t.strictSame(counts(summary, other), REPAIRED)
    t.equal(replica.table.all().length, REPLICA_ITEMS.length, 'it was left as it was')
  })
}

t.test('runSync keeps its replicas where a segment of the master cannot be read', async (t) => {
  const { master, replica, run } = await openScene(t)
  const isSegmentOne = (request: StubRequest) => request.body['Segment'] === 1
  master.stub.on(always('cut', (request) => asks('Scan')(request) && isSegmentOne(request)))
  const { summary, events } = await run({ ...ALL_WRITES, maxRetries: 2 })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [{ table: master.label, code: 'UNREACHABLE' }])
  t.strictSame(
    events.filter(({ type }) => type === 'replica-lost'),
    [],
  )
  t.equal(summary.replicas[replica.label]?.lostSegments, 1)
  t.ok(summary.replicas[replica.label]?.sameAs, 'the other segment was compared')
  t.equal(askedOf(replica, 'DeleteItem'), 0)
})

t.test('runSync ends soon where the master falls silent', async (t) => {
  const { master, replica, run } = await openScene(t, { replicas: 2 })
  master.stub.on(always('silence', asks('Scan')))
  const began = performance.now()
  const timeouts = { connect: 5000, response: 1000, silence: 3000 }
  const { summary } = await run({ ...ALL_WRITES, segments: 32, maxRetries: 100, timeouts })
  t.ok(
    performance.now() - began < 10 * timeouts.silence,
    'and not after a silence for each segment',
  )
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [{ table: master.label, code: 'TABLE_SILENT', hint: String }])
  t.equal(summary.master.scanned, 0)
  t.equal(askedOf(replica, 'DeleteItem'), 0)
})

for (const strategy of ['march', 'lookup'] as const) {
  t.test(
    `runSync finishes one replica, by ${strategy}, where the other is silent`,
    oneOfMany(),
    async (t) => {
      const { master, replica, other, run } = await openScene(t, { replicas: 2 })
      replica.stub.on(always('silence', asks('Scan', 'BatchGetItem')))
      const { summary, events } = await run({
        ...ALL_WRITES,
        strategy,
        maxRetries: 100,
        timeouts: SHORT,
      })
      t.equal(summary.outcome, 'incomplete')
      t.match(summary.errors, [{ table: replica.label, code: 'TABLE_SILENT' }])
      t.match(summary.errors[0]?.message, replica.label)
      t.equal(summary.errors.length, 1)
      t.match(
        events.filter(({ type }) => type === 'replica-lost'),
        [{ replica: replica.label }],
      )
      t.strictSame(counts(summary, other), REPAIRED)
      t.strictSame(other.table.all(), master.table.all())
      t.equal(summary.master.scanned, MASTER_ITEMS.length)
    },
  )
}

t.test('runSync rejects soon where a table is silent from the beginning', async (t) => {
  const { replica, run } = await openScene(t)
  replica.stub.on(always('silence', ({ operation }) => operation === 'DescribeTable'))
  const timeouts = { connect: 2000, response: 200, silence: 600 }
  const began = performance.now()
  await t.rejects(run({ maxRetries: 15, timeouts }), {
    code: 'TABLE_SILENT',
    message: new RegExp(replica.label),
  })
  t.ok(performance.now() - began < 2000, 'the retries of a description count as silence too')
})

t.test('an item whose write is never answered fails, and no other item does', async (t) => {
  const { replica, run } = await openScene(t)
  const isOfItem = ({ body }: StubRequest) => JSON.stringify(body).includes('"item-3"')
  replica.stub.on(always('silence', (request) => asks('PutItem')(request) && isOfItem(request)))
  const { summary, differences } = await run({ ...ALL_WRITES, maxRetries: 1, timeouts: SHORT })
  t.equal(summary.outcome, 'incomplete')
  t.strictSame(counts(summary, replica), {
    ...FOUND,
    written: 8,
    failed: 1,
    deletionsWithheld: 3,
  })
  t.match(
    differences.filter(({ action }) => action === 'failed'),
    [{ key: { id: { S: 'item-3' } }, error: /PutItem/ }],
  )
})

t.test('runSync detaches a replica whose server goes away in the middle', async (t) => {
  const { master, replica, other, run } = await openScene(t, { replicas: 2 })
  replica.stub.on((request) => {
    if (asks('Scan')(request) && request.body['ExclusiveStartKey'] !== undefined) {
      replica.stub.close().catch(() => {})
      return 'hang-up'
    }
    return undefined
  })
  const { summary, events } = await run({ ...ALL_WRITES, timeouts: SHORT, maxOutage: '1s' })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors[0], { table: replica.label, code: 'UNREACHABLE', hint: String })
  t.match(
    events.filter(({ type }) => type === 'replica-lost'),
    [{ replica: replica.label }],
  )
  t.strictSame(counts(summary, other), REPAIRED)
  t.strictSame(other.table.all(), master.table.all())
})

t.test('runSync rejects where nobody listens at an endpoint', async (t) => {
  const { replica, run } = await openScene(t)
  const gone = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => gone.once('listening', resolve))
  const { port } = gone.address() as { port: number }
  await new Promise((resolve) => gone.close(resolve))
  const replicas = [{ table: replica.label, endpoint: `http://127.0.0.1:${port}` }]
  await t.rejects(run({ replicas, maxRetries: 1 }), {
    code: 'UNREACHABLE',
    message: new RegExp(replica.label),
  })
})

t.test('runSync ends as interrupted when its signal aborts', async (t) => {
  const { master, replica, run } = await openScene(t)
  const abort = new AbortController()
  master.stub.on((request) => {
    if (asks('Scan')(request) && request.body['ExclusiveStartKey'] !== undefined) abort.abort()
    return undefined
  })
  const { summary } = await run({ ...ALL_WRITES, segments: 8, scanLimit: 2, signal: abort.signal })
  t.equal(summary.outcome, 'interrupted')
  t.ok(summary.master.scanned < 60, 'in the middle')
  t.equal(askedOf(replica, 'DeleteItem'), 0)
})

t.test('runSync ends as interrupted although a table never answers', async (t) => {
  const { replica, run } = await openScene(t)
  const abort = new AbortController()
  replica.stub.on((request) => {
    if (!asks('Scan')(request)) return undefined
    abort.abort()
    return 'silence'
  })
  const { summary } = await run({
    ...ALL_WRITES,
    maxRetries: 100,
    timeouts: SHORT,
    signal: abort.signal,
  })
  t.equal(summary.outcome, 'interrupted')
})

t.test('runSync scans nothing when its signal was aborted before it begins', async (t) => {
  const { master, replica, run } = await openScene(t)
  const { summary } = await run({ ...ALL_WRITES, signal: AbortSignal.abort() })
  t.equal(summary.outcome, 'interrupted')
  t.equal(askedOf(master, 'Scan') + askedOf(replica, 'Scan'), 0)
})

t.test('runSync can be interrupted before the tables answer', async (t) => {
  const { master, replica, run } = await openScene(t)
  const ending = new AbortController()
  master.stub.on((request) => {
    if (!isCheck(request)) return undefined
    setImmediate(() => ending.abort())
    return 'silence'
  })
  const { summary, events } = await run({ ...ALL_WRITES, signal: ending.signal })
  t.match(summary, { outcome: 'interrupted', master: { table: master.label, scanned: 0 } })
  t.strictSame(counts(summary, replica), {
    ...FOUND,
    sameAs: 0,
    missing: 0,
    differing: 0,
    extra: null,
  })
  t.strictSame(events, [])
})

t.test('runSync can be interrupted while it waits for credentials', async (t) => {
  const { master, run } = await openScene(t)
  const credentials = () => new Promise<never>(() => {})
  const { summary } = await run({
    master: { table: master.label, endpoint: master.stub.endpoint, credentials },
    signal: AbortSignal.timeout(50),
  })
  t.equal(summary.outcome, 'interrupted')
})
