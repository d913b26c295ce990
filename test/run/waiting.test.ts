/** What a run reports that it is waiting for. */

import { waitingOf } from '../../lib/run/progress/waiting-reasons.ts'
import { RecheckQueue } from '../../lib/run/state/recheck-queue.ts'
import { t } from '../support/tap.ts'

const HELD = {
  table: 'x:T',
  kind: 'read',
  unitsPerSecond: 0.02,
  isAdaptive: false,
  because: 'asked',
  origin: 'asked',
  usedPerSecond: 0,
  bytesPerSecond: 0,
  answerMs: null,
  isThrottled: false,
  isUsedUp: true,
} as const

/** A queue with `due` keys that are due, and `young` keys that are not yet. */
function waiting({ due, young, isHeld }: { due: number; young: number; isHeld: boolean }) {
  const rechecks = new RecheckQueue(5000)
  const add = (count: number, since: number) => {
    for (let at = 0; at < count; at++) {
      rechecks.add(1, { key: `{"id":{"S":"${since}-${at}"}}`, moves: 0, since, seen: {} } as never)
    }
  }
  add(due, Date.now() - 60_000)
  add(young, Date.now() + 60_000)
  return waitingOf({
    rechecks,
    rateLimits: { isPaused: false, flows: isHeld ? [HELD] : [] },
    outages: { waitingFor: [] },
    watchdog: { longest: () => undefined },
    isWorking: () => false,
  })()
}

for (const { due, young, isHeld, told } of [
  { due: 875, young: 0, isHeld: true, told: ['read capacity of x:T, 0.02 units/s'] },
  { due: 0, young: 3, isHeld: false, told: ['3 keys to stay unchanged (--min-mismatch-age)'] },
  {
    due: 5,
    young: 3,
    isHeld: true,
    told: ['read capacity of x:T, 0.02 units/s', '3 keys to stay unchanged (--min-mismatch-age)'],
  },
  { due: 5, young: 0, isHeld: false, told: ['5 keys to be read again'] },
]) {
  t.test(`with ${due} keys due and ${young} not yet, a run waits for ${told}`, async (t) => {
    t.same(waiting({ due, young, isHeld }), told)
  })
}
