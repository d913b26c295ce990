/** An endpoint is gone for a while: the run waits as long as `--max-outage` allows, and says so. */

import type { RunEvent } from 'tablesync'
import {
  ALL_WRITES,
  asks,
  counts,
  FOUND,
  isCheck,
  openScene,
  type Party,
  REPAIRED,
  SHORT,
} from '../support/scene.ts'
import type { Fault, Stub } from '../support/tables/stub.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

/** Far shorter than the outages here. */
const LIMITS = { maxRetries: 2, timeouts: { ...SHORT, silence: 900, stall: 2500 } }

type OutageEvent = RunEvent & { readonly type: 'outage' }

const outagesIn = (events: readonly RunEvent[]) =>
  events.filter((event): event is OutageEvent => event.type === 'outage')

/** Makes the stub fail every request in one way from now on; the result makes it answer again. */
function takeAway(stub: Stub, how: Fault | 'gone'): () => Promise<void> {
  if (how === 'gone') {
    const isGone = stub.close()
    return () => isGone.then(() => stub.listenAgain())
  }
  let isOver = false
  stub.on(() => (isOver ? undefined : how))
  return async () => {
    isOver = true
  }
}

/**
 * Takes the party away at its n-th request for one of the operations; the result brings it back.
 */
function takenAwayAt(
  { stub }: Party,
  how: Fault | 'gone',
  nth: number,
  ...operations: readonly string[]
): { bringBack?: () => Promise<void> } {
  const taken: { bringBack?: () => Promise<void> } = {}
  let requests = 0
  stub.on((request) => {
    if (taken.bringBack !== undefined || !asks(...operations)(request)) return undefined
    if (++requests < nth) return undefined
    taken.bringBack = takeAway(stub, how)
    return how === 'gone' ? 'hang-up' : how
  })
  return taken
}

/** The pause between two reports of one outage. */
const TOLD_EVERY = 5000

/**
 * Ends the outage once it is reported as having lasted for so many milliseconds. The first report
 * may be of a shorter one: an answer that was on its way ends it, and another one begins.
 */
function endingAfter(elapsed: number, taken: { bringBack?: () => Promise<void> }) {
  let isEnded = false
  return (event: RunEvent) => {
    if (isEnded || event.type !== 'outage' || event.elapsedMs < elapsed) return
    isEnded = true
    taken.bringBack?.().catch(() => {})
  }
}

for (const [what, how] of [
  ['where nobody listens', 'gone'],
  ['that accepts and never answers', 'silence'],
  ['that closes every connection', 'hang-up'],
  ['whose load balancer answers 503', { error: 'ServiceUnavailable', status: 503 }],
] as const satisfies readonly (readonly [string, Fault | 'gone'])[]) {
  for (const who of ['master', 'replica'] as const) {
    t.test(
      `runSync waits for a ${who} ${what} for longer than all its limits`,
      oneOfMany(),
      async (t) => {
        const scene = await openScene(t)
        const { master, replica, run } = scene
        const taken = takenAwayAt(scene[who], how, 3, 'Scan')
        const events: RunEvent[] = []
        const bringBack = endingAfter(TOLD_EVERY, taken)
        const { summary } = await run({
          ...ALL_WRITES,
          ...LIMITS,
          onProgress(event) {
            events.push(event)
            bringBack(event)
          },
        })
        t.strictSame(summary.errors, [])
        t.equal(summary.outcome, 'in-sync')
        t.strictSame(counts(summary, replica), REPAIRED)
        t.strictSame(replica.table.all(), master.table.all())
        const told = outagesIn(events)
        t.match(told[0], {
          table: scene[who].label,
          endpoint: scene[who].stub.endpoint,
          since: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
          elapsedMs: Number,
          message: String,
        })
        t.ok(
          (told[0]?.elapsedMs ?? 1e9) < TOLD_EVERY,
          'reported at once, or once a request has had no answer',
        )
        t.ok((told.at(-1)?.elapsedMs ?? 0) >= TOLD_EVERY, 'and again every few seconds')
        const waited = events.flatMap((event) =>
          event.type === 'progress' ? event.waitingFor : [],
        )
        t.ok(
          waited.some((text) => text.includes(scene[who].stub.endpoint)),
          'and progress events name it too',
        )
        const over = events.filter(({ type }) => type === 'outage-over')
        t.match(over.at(-1), { table: scene[who].label, endpoint: scene[who].stub.endpoint })
      },
    )
  }
}

for (const operation of ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']) {
  const quiesced = operation === 'BatchWriteItem'
  t.test(
    `runSync waits where a replica goes away at a ${operation}, without a spare retry`,
    oneOfMany(),
    async (t) => {
      const { master, replica, run } = await openScene(t)
      const taken = takenAwayAt(replica, 'gone', 1, operation)
      const { summary, events } = await run({
        ...ALL_WRITES,
        ...LIMITS,
        quiesced,
        // One retry, for the write whose answer was lost.
        maxRetries: 1,
        onProgress: endingAfter(0, taken),
      })
      t.strictSame(summary.errors, [])
      t.equal(summary.outcome, 'in-sync')
      t.strictSame(replica.table.all(), master.table.all())
      t.strictSame(events, [], 'events go to the other listener')
    },
  )
}

t.test('runSync checks whether a table is the same, and waits for that answer too', async (t) => {
  const { master, replica, run } = await openScene(t)
  for (const { table } of [master, replica]) table.described = { TableId: `id of ${table.name}` }
  const taken: { bringBack?: () => Promise<void> } = {}
  let describes = 0
  replica.stub.on((request) => {
    // The first DescribeTable of the run itself: it comes before deletions.
    if (request.operation !== 'DescribeTable' || ++describes !== 2) return undefined
    taken.bringBack = takeAway(replica.stub, 'gone')
    return 'hang-up'
  })
  const { summary } = await run({
    ...ALL_WRITES,
    ...LIMITS,
    onProgress: endingAfter(0, taken),
  })
  t.strictSame(summary.errors, [])
  t.equal(summary.outcome, 'in-sync')
  t.strictSame(counts(summary, replica), REPAIRED)
  t.ok(describes > 2, `it was asked ${describes} times`)
})

t.test('runSync notices that a table was recreated while it was away', async (t) => {
  const { master, replica, run } = await openScene(t)
  master.table.described = { TableId: 'first' }
  const taken = takenAwayAt(master, 'gone', 2, 'Scan')
  const { summary } = await run({
    ...ALL_WRITES,
    ...LIMITS,
    onProgress({ type }) {
      if (type !== 'outage') return
      master.table.makeAnew({ TableId: 'second' })
      taken.bringBack?.().catch(() => {})
    },
  })
  t.match(summary, { outcome: 'incomplete', errors: [{ code: 'TABLE_CHANGED' }] })
  t.equal(counts(summary, replica).deleted, 0)
})

t.test(
  'runSync gives up after the longest time that it may wait, and says what to do',
  async (t) => {
    const { replica, other, master, run } = await openScene(t, { replicas: 2 })
    takenAwayAt(replica, 'gone', 2, 'Scan')
    const { summary, events } = await run({ ...ALL_WRITES, ...LIMITS, maxOutage: '1s' })
    t.equal(summary.outcome, 'incomplete')
    t.match(summary.errors, [
      {
        table: replica.label,
        code: 'UNREACHABLE',
        message: /for 1 s/,
        hint: /--max-outage|maxOutage/,
      },
    ])
    t.equal(summary.errors.length, 1)
    t.equal(outagesIn(events)[0]?.table, replica.label)
    t.match(
      events.filter(({ type }) => type === 'replica-lost'),
      [{ replica: replica.label }],
    )
    t.strictSame(counts(summary, other), REPAIRED)
    t.strictSame(other.table.all(), master.table.all())
  },
)

t.test('runSync does not wait where maxOutage is 0', async (t) => {
  const { replica, run } = await openScene(t)
  takenAwayAt(replica, 'gone', 2, 'Scan')
  const { summary, events } = await run({ ...ALL_WRITES, ...LIMITS, maxOutage: '0' })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [{ table: replica.label, code: 'UNREACHABLE' }])
  t.strictSame(outagesIn(events), [])
})

t.test('runSync does not take the failure of one operation for an outage', async (t) => {
  const { replica, run } = await openScene(t)
  replica.stub.on((request) => (asks('Scan')(request) ? 'hang-up' : undefined))
  const { summary, events } = await run({ ...ALL_WRITES, ...LIMITS })
  t.match(summary.errors, [{ table: replica.label, code: 'UNREACHABLE' }])
  t.strictSame(outagesIn(events), [])
})

t.test('runSync stops waiting for an outage when its signal aborts', async (t) => {
  const { master, run } = await openScene(t)
  const ending = new AbortController()
  takenAwayAt(master, 'gone', 2, 'Scan')
  const { summary } = await run({
    ...ALL_WRITES,
    ...LIMITS,
    signal: ending.signal,
    onProgress: ({ type }) => void (type === 'outage' && ending.abort()),
  })
  t.equal(summary.outcome, 'interrupted')
  t.strictSame(summary.errors, [])
})

t.test('runSync rejects soon where a table has never answered', async (t) => {
  const { master, replica, run } = await openScene(t)
  replica.stub.on((request) => (isCheck(request) ? 'hang-up' : undefined))
  await t.rejects(run({ ...ALL_WRITES, ...LIMITS }), { code: 'UNREACHABLE' })
  t.equal(master.stub.requests.filter(asks('Scan')).length, 0)
  t.ok(FOUND)
})
