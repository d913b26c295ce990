/** Comparisons whose suspects are rechecked later, as in every run on live tables. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { PendingRecheck } from '../../lib/model/pending-recheck.ts'
import { addReplicaTallies, imbalance, type ReplicaTally } from '../../lib/model/tally.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { Finding } from '../../lib/protocol/messages.ts'
import { compareSegment } from '../../workers/compare/compare-segment.ts'
import { recheckKeys } from '../../workers/tasks/recheck-keys.ts'
import type { Thread } from '../../workers/thread-context.ts'
import { anyChoices, respelt } from '../support/arbitrary.ts'
import { compareTask, memoryThread, recordedControl } from '../support/memory-thread.ts'
import { ID_KEY } from '../support/pages.ts'
import { memoryTable } from '../support/tables/memory-table.ts'
import { t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'
import {
  anyComparison,
  anyRuns,
  compareInLegs,
  counts,
  expectedCounts,
  type Fate,
  tablesOf,
} from './scene.ts'

const RUNS = casesToPlay(3000, 100, 'TABLESYNC_TEST_RUNS')

const pendingIn = (findings: readonly Finding[]): PendingRecheck[] =>
  findings.flatMap((finding) => (finding.type === 'look-again' ? [finding.pending] : []))

/** Rechecks until nothing is pending. */
async function lookAgain(
  thread: Thread,
  tally: ReplicaTally,
  findings: readonly Finding[],
): Promise<ReplicaTally> {
  const pending = pendingIn(findings)
  if (pending.length === 0) return tally
  const control = recordedControl()
  const task = { kind: 'recheck', replica: 1, intents: [], keys: pending } as const
  const report = await recheckKeys(task, thread, control)
  assert.deepEqual(report.failures, [])
  const more = report.tally.replicas[1] as ReplicaTally
  return lookAgain(thread, addReplicaTallies(tally, more), control.findings)
}

/** Long runs of differences that a recheck confirms. */
const withRuns = (comparison: typeof anyComparison extends fc.Arbitrary<infer C> ? C : never) =>
  anyRuns.map((runs) => ({ ...comparison, fates: [...runs, ...runs, ...comparison.fates] }))

t.test('keys rechecked later are counted once, wherever the comparison was left', async (t) => {
  let postponed = 0
  const anyFates = fc.oneof(anyComparison, anyComparison.chain(withRuns))
  await fc.assert(
    fc.asyncProperty(anyFates, anyChoices, async (comparison, choose) => {
      const { report, findings, thread } = await compareInLegs(comparison, choose, {
        looksAgain: true,
        // The budget runs out somewhere on the way.
        keysClaimed: 10_000 - choose(120),
      })
      postponed += pendingIn(findings).length
      const compared = report.tally.replicas[1] as ReplicaTally
      const tally = await lookAgain(thread, compared, findings)
      assert.deepEqual(counts(tally), expectedCounts(comparison.fates))
      assert.equal(tally.pending, 0)
      assert.equal(imbalance(tally), 0)
    }),
    { numRuns: RUNS, includeErrorInReport: true },
  )
  t.ok(postponed > RUNS, `${postponed} looks`)
})

function scene(fates: readonly Fate[], spell?: Parameters<typeof memoryTable>[0]['spell']) {
  const { master, replica } = tablesOf(fates)
  const options = { schema: ID_KEY, pageSize: 100, ...(spell !== undefined && { spell }) }
  const tables = [
    memoryTable({ ...options, index: 0, items: master }),
    memoryTable({ ...options, index: 1, items: replica }),
  ] as const
  const thread = memoryThread(tables[0], [tables[1]], { looksAgain: true })
  const keysRead = () => tables[1].requests.reduce((sum, { keys }) => sum + keys, 0)
  return { tables, thread, keysRead }
}

t.test('on tables that stand still, the scan counts as the first look', async (t) => {
  const fates = Array.from({ length: 6000 }, (_, id): Fate => (id % 2 ? 'missing' : 'same'))
  const { thread, keysRead } = scene(fates)
  const control = recordedControl()
  const { tally } = await compareSegment(compareTask([1]), thread, control)
  const atOnce = keysRead()
  t.ok(atOnce > 16 && atOnce < 600, `${atOnce} keys were read at once`)
  t.equal(pendingIn(control.findings).length, 3000)
  const all = await lookAgain(thread, tally.replicas[1] as ReplicaTally, control.findings)
  t.match(all, { missing: 3000, sameAs: 3000, pending: 0 })
  t.equal(keysRead() - atOnce, 3000, 'each was read once more')
})

t.test('an item that comes in another spelling each time counts as unchanged', async (t) => {
  const fates: Fate[] = [...Array<Fate>(50).fill('differing'), ...Array<Fate>(50).fill('missing')]
  let spelt = 0
  const choose = (most: number) => spelt++ % most
  const { thread } = scene(fates, (item) => respelt(item, choose))
  const control = recordedControl()
  const { tally } = await compareSegment(compareTask([1]), thread, control)
  const all = await lookAgain(thread, tally.replicas[1] as ReplicaTally, control.findings)
  t.match(all, { differing: 50, missing: 50, unverified: 0, pending: 0 })
})

t.test('an absence concluded only from an unreliable order is read twice', async (t) => {
  const named = (name: string, count: number): WireItem[] =>
    Array.from({ length: count }, (_, n) => ({ id: { S: `${name} ${n}` } }))
  const [missing, moved, same] = [named('missing', 300), named('moved', 8), named('same', 600)]
  const table = (index: number, items: readonly WireItem[]) =>
    memoryTable({ index, schema: ID_KEY, items, pageSize: 100 })
  const master = table(0, [...missing, ...moved, ...same])
  const thread = memoryThread(master, [table(1, [...same, ...moved])], { looksAgain: true })
  const control = recordedControl()
  await compareSegment(compareTask([1]), thread, control)
  const concluded = pendingIn(control.findings).filter(({ key }) => key.includes('moved'))
  t.ok(concluded.length > 0 && concluded.every(({ replica }) => replica === null))
  // Somebody deletes these items on the replica, just before they are rechecked.
  const gone = memoryThread(master, [table(1, same)], { looksAgain: true })
  const first = recordedControl()
  const task = { kind: 'recheck', replica: 1, intents: [], keys: concluded } as const
  const look = await recheckKeys(task, { ...gone, orderRecord: thread.orderRecord }, first)
  t.match(look.tally.replicas[1], { missing: 0, pending: 0 })
  t.equal(pendingIn(first.findings).length, concluded.length, 'their mismatch age begins now')
  const all = await lookAgain(gone, look.tally.replicas[1] as ReplicaTally, first.findings)
  t.match(all, { missing: concluded.length })
})
