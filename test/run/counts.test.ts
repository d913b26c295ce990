import { freshRecord, type SegmentRecord } from '../../lib/model/files/segment-record.ts'
import { type Tally, zeroReplicaTally } from '../../lib/model/tally.ts'
import type { CompareTask, SegmentTask } from '../../lib/protocol/tasks.ts'
import { Counts, together } from '../../lib/run/state/counts.ts'
import { compareTask } from '../support/memory-thread.ts'
import { t } from '../support/tap.ts'

const tally = (scanned: number, sameAs: number, replica = 1): Tally => ({
  master: { scanned, readUnits: scanned / 2 },
  replicas: { [replica]: { ...zeroReplicaTally(), offered: scanned, sameAs } },
})
const task = (segment: number, more: Partial<CompareTask> = {}): SegmentTask =>
  compareTask([1], { segment, ...more })
const record = (sameAs: number, offered: number, more: Partial<SegmentRecord> = {}) => ({
  ...freshRecord('march', undefined, { ...zeroReplicaTally(), sameAs, offered }),
  ...more,
})
const whole = () => true
const broken = () => false

t.test('Counts replaces a task’s snapshot by the next one, and by its final tally', async (t) => {
  const counts = new Counts()
  const [one, other] = [task(0), task(1)]
  counts.note(one, tally(5, 4))
  counts.note(one, tally(10, 9))
  counts.note(other, tally(1, 1))
  t.match([counts.totalOf(1).sameAs, counts.master()], [10, { scanned: 11, readUnits: 5.5 }])
  counts.close(one, tally(20, 19), whole)
  t.match([counts.totalOf(1).sameAs, counts.master()], [20, { scanned: 21, readUnits: 10.5 }])
  counts.close(other, tally(2, 2), whole)
  t.match([counts.totalOf(1).sameAs, counts.master()], [21, { scanned: 22, readUnits: 11 }])
  t.equal(counts.finished(1).sameAs, 21)
})

t.test('Counts treats what a broken task counted beyond its record as loose', async (t) => {
  const counts = new Counts()
  const one = task(0)
  counts.keep(1, 0, record(4, 5))
  counts.close(one, tally(8, 7), broken)
  t.equal(counts.totalOf(1).sameAs, 7)
  t.equal(counts.master().scanned, 8)
  t.equal(counts.finished(1).sameAs, 0)
  t.equal(counts.record(1, 0)?.tally.sameAs, 4)
  const again = task(0, { from: { 1: record(4, 5) }, master: { scanned: 5, readUnits: 0 } })
  counts.close(again, tally(20, 20), whole)
  t.equal(counts.finished(1).sameAs, 20)
  t.equal(counts.record(1, 0), undefined)
})

t.test('Counts keeps a record’s counts until its segment is in progress again', async (t) => {
  const counts = new Counts()
  counts.keep(1, 3, record(4, 5))
  t.equal(counts.totalOf(1).sameAs, 4)
  t.equal(counts.master().scanned, 5)
  const again = task(3, { master: { scanned: 5, readUnits: 0 } })
  counts.note(again, tally(6, 5))
  t.equal(counts.totalOf(1).sameAs, 5)
  counts.drop(again)
  t.equal(counts.totalOf(1).sameAs, 4, 'when its thread has died')
})

t.test('Counts keeps the last tally of a task that was given up', async (t) => {
  const counts = new Counts()
  const one = task(0)
  counts.note(one, tally(5, 4))
  counts.abandon(one)
  counts.abandon(task(1))
  t.equal(counts.totalOf(1).sameAs, 4)
  t.equal(counts.finished(1).sameAs, 0)
})

t.test(
  'Counts counts a segment of the master once, though replicas are at different places',
  async (t) => {
    const counts = new Counts()
    counts.close(task(0), tally(9, 9, 1), whole)
    counts.keep(2, 0, record(2, 4))
    t.equal(counts.master().scanned, 9)
    counts.close(
      task(0, { replicas: [2], master: { scanned: 4, readUnits: 0 } }),
      tally(9, 9, 2),
      whole,
    )
    t.equal(counts.master().scanned, 9)
    t.equal(counts.totalOf(2).sameAs, 9)
  },
)

t.test('together groups replicas that are at the same place into one task', async (t) => {
  const at = (after: string) => record(0, 0, { master: { after } })
  const from = new Map([
    [1, at('a')],
    [2, at('b')],
    [3, at('a')],
    [4, record(0, 0)],
  ])
  t.same(together(from), [[1, 3], [2], [4]])
})
