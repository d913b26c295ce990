/** Tables that differ in known ways, compared in memory, in one or several legs. */
import fc from 'fast-check'
import type { SegmentRecord } from '../../lib/model/files/segment-record.ts'
import type { ReplicaTally } from '../../lib/model/tally.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { Finding } from '../../lib/protocol/messages.ts'
import type { CompareTask } from '../../lib/protocol/tasks.ts'
import { compareSegment } from '../../workers/compare/compare-segment.ts'
import type { SegmentControl } from '../../workers/coordinator.ts'
import { anyChoices, type Choose, respelt, shuffled } from '../support/arbitrary.ts'
import {
  compareTask,
  type MemoryThreadOptions,
  memoryThread,
  recordedControl,
} from '../support/memory-thread.ts'
import { ID_KEY } from '../support/pages.ts'
import { memoryTable } from '../support/tables/memory-table.ts'

/** How master and replica differ in one key. */
export type Fate = 'same' | 'respelt' | 'missing' | 'differing' | 'extra'

const anyFates = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fate>('same') },
    { weight: 1, arbitrary: fc.constantFrom<Fate>('respelt', 'missing', 'differing', 'extra') },
  ),
  { maxLength: 80 },
)

/** Runs of one fate: what a lost partition or a failed copy leaves behind. */
export const anyRuns = fc
  .array(
    fc.tuple(
      fc.constantFrom<Fate>('same', 'missing', 'differing', 'extra'),
      fc.integer({ min: 1, max: 40 }),
    ),
    { maxLength: 6 },
  )
  .map((runs) => runs.flatMap(([fate, length]) => Array<Fate>(length).fill(fate)))

export const item = (id: number, v = 0): WireItem => ({
  id: { S: `item ${id}` },
  v: { N: String(v) },
  s: { S: 'x'.repeat(id % 7) },
})

interface Tables {
  readonly master: WireItem[]
  readonly replica: WireItem[]
}

export function tablesOf(fates: readonly Fate[]): Tables {
  const on = (side: Fate) =>
    fates.map((fate, id) => ({ fate, id })).filter(({ fate }) => fate !== side)
  return {
    master: on('extra').map(({ id }) => item(id)),
    replica: on('missing').map(({ fate, id }) => item(id, fate === 'differing' ? 1 : 0)),
  }
}

export function expectedCounts(fates: readonly Fate[]) {
  const count = (wanted: Fate) => fates.filter((fate) => fate === wanted).length
  return {
    sameAs: count('same') + count('respelt'),
    missing: count('missing'),
    differing: count('differing'),
    extra: count('extra'),
  }
}

export const counts = ({ sameAs, missing, differing, extra }: ReplicaTally) => ({
  sameAs,
  missing,
  differing,
  extra,
})

/** The same order on both sides; another one; or the same except for some items. */
function ordered(items: WireItem[], how: 'same' | 'other' | 'nearly', choose: Choose): WireItem[] {
  if (how === 'same') return items
  if (how === 'other') return shuffled(items, choose)
  const moved = [...items]
  for (let swaps = choose(4); swaps > 0 && moved.length > 1; swaps--) {
    const [one] = moved.splice(choose(moved.length), 1)
    moved.splice(choose(moved.length), 0, one as WireItem)
  }
  return moved
}

export const anyComparison = fc.record({
  fates: fc.oneof(anyFates, anyRuns),
  order: fc.constantFrom('same', 'other', 'nearly'),
  masterPage: fc.integer({ min: 1, max: 30 }),
  replicaPage: fc.integer({ min: 1, max: 30 }),
  batch: fc.constantFrom(1, 3, 100),
  strategy: fc.constantFrom('auto', 'march', 'lookup'),
  isSpeltOtherwise: fc.boolean(),
  choose: anyChoices,
})

export type Comparison = typeof anyComparison extends fc.Arbitrary<infer C> ? C : never

/** The tables of a comparison, and its task. */
function openComparison({ fates, order, choose, ...comparison }: Comparison, isRespelt: boolean) {
  const { masterPage, replicaPage, strategy } = comparison
  const { master, replica } = tablesOf(fates)
  const tables = {
    master: memoryTable({ index: 0, schema: ID_KEY, items: master, pageSize: masterPage }),
    replica: memoryTable({
      index: 1,
      schema: ID_KEY,
      items: ordered(replica, order, choose),
      pageSize: replicaPage,
      ...(isRespelt && { spell: (each: WireItem) => respelt(each, choose) }),
    }),
  }
  const task = compareTask([1], {
    strategy: strategy === 'lookup' ? 'lookup' : 'march',
    mayGoOver: strategy === 'auto',
  })
  return { tables, task }
}

export async function compare(comparison: Comparison) {
  const { batch, isSpeltOtherwise } = comparison
  const { tables, task } = openComparison(comparison, isSpeltOtherwise)
  const thread = memoryThread(tables.master, [tables.replica], { batchReadLimit: batch })
  const control = recordedControl()
  const report = await compareSegment(task, thread, control)
  return { report, control, tables }
}

class Crash extends Error {}

/**
 * Compares in legs: a record is made wherever one can be, and sometimes the thread crashes after
 * one. The next leg begins at that record, with the findings up to it.
 */
export async function compareInLegs(
  comparison: Comparison,
  choose: Choose,
  options: Pick<MemoryThreadOptions, 'looksAgain' | 'keysClaimed'> = {},
) {
  const { tables, task: fresh } = openComparison(comparison, false)
  const findings: Finding[] = []
  // The thread's knowledge of the order is kept from leg to leg, as is the budget.
  const thread = memoryThread(tables.master, [tables.replica], {
    batchReadLimit: comparison.batch,
    keysClaimed: choose(2) * 10_000,
    ...options,
  })
  let record = fresh.from[1] as SegmentRecord
  for (let legs = 1; ; legs++) {
    const recorded = recordedControl()
    const control: SegmentControl = {
      ...recorded,
      isRecordDue: () => choose(3) > 0,
      async keep(_replica, kept) {
        // As plain data: it goes through a port and a file.
        record = JSON.parse(JSON.stringify(kept))
        findings.push(...recorded.findings.splice(0))
        if (choose(4) === 0 && legs < 20) throw new Crash()
      },
    }
    const base = { scanned: record.tally.offered, readUnits: 0 }
    const task: CompareTask = { ...fresh, from: { 1: record }, master: base }
    const report = await compareSegment(task, thread, control)
    if (report.failures.length > 0) continue
    findings.push(...recorded.findings)
    return { report, findings, legs, thread }
  }
}
