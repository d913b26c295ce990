/** The queue of rechecks knows how many suspects of each kind it holds, whatever becomes of them. */
import fc from 'fast-check'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { PendingRecheck } from '../../lib/model/pending-recheck.ts'
import { type RecheckBatch, RecheckQueue } from '../../lib/run/state/recheck-queue.ts'
import { t } from '../support/tap.ts'

const KINDS = ['missing', 'differing', 'extra'] as const
const step = fc.oneof(
  fc.record({
    what: fc.constant('add' as const),
    replica: fc.integer({ min: 1, max: 2 }),
    looks: fc.constantFrom(...KINDS),
    isWritten: fc.boolean(),
  }),
  fc.record({
    what: fc.constantFrom('take' as const, 'decide' as const, 'giveUp' as const),
    most: fc.integer({ min: 1, max: 4 }),
  }),
)

const pendingOf = (looks: DifferenceKind, isWritten: boolean): PendingRecheck => ({
  ...{ key: '{"id":{"S":"x"}}', looks, ground: 'order' },
  ...{ master: 'm', replica: null, versions: ['m'], since: 0, moves: 0 },
  ...(isWritten && { wrote: { left: 'm' } }),
})

t.test('suspects are counted by kind until somebody decides them', async (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, takesAll) => {
      const queue = new RecheckQueue(0)
      const open: { replica: number; pending: PendingRecheck }[] = []
      const taken: RecheckBatch[] = []
      const close = ({ keys }: RecheckBatch) => {
        for (const key of keys) {
          open.splice(
            open.findIndex(({ pending }) => pending === key),
            1,
          )
        }
      }
      const check = () => {
        for (const replica of [1, 2]) {
          const expected = { missing: 0, differing: 0, extra: 0 }
          for (const one of open) {
            if (one.replica === replica && one.pending.wrote === undefined)
              expected[one.pending.looks]++
          }
          if (JSON.stringify(queue.suspects(replica)) !== JSON.stringify(expected)) return false
        }
        return true
      }
      for (const one of steps) {
        if (one.what === 'add') {
          const pending = pendingOf(one.looks, one.isWritten)
          queue.add(one.replica, pending)
          open.push({ replica: one.replica, pending })
        } else if (one.what === 'take') {
          const batch = queue.take(Date.now() + 1000, one.most, () => one.most)
          if (batch !== undefined) taken.push(batch)
        } else {
          const batch = taken.shift()
          if (batch === undefined) continue
          if (one.what === 'decide') queue.decided(batch)
          else queue.giveUp(batch)
          close(batch)
        }
        if (!check()) return false
      }
      if (takesAll) for (const batch of queue.takeAll()) close(batch)
      return check()
    }),
  )
  t.pass()
})

t.test('nobody waits for the keys of a replica that was lost', async (t) => {
  const queue = new RecheckQueue(600_000)
  const now = Date.now()
  for (const replica of [1, 2]) queue.add(replica, { ...pendingOf('missing', false), since: now })
  t.equal(
    queue.take(now, 10, () => 10),
    undefined,
  )
  queue.leave(1)
  const young: number[] = []
  queue.eachNotDue(now, (replica) => young.push(replica))
  t.same(young, [2])
  t.match(
    queue.take(now, 10, () => 10),
    { replica: 1 },
  )
  t.equal(
    queue.take(now, 10, () => 10),
    undefined,
    'the other one waits',
  )
})
