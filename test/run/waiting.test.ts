/** What a run reports that it is waiting for, and that it has waited for. */

import { standstillOf, standstillWords } from '../../lib/run/progress/standstill.ts'
import { StandstillWait } from '../../lib/run/progress/standstill-wait.ts'
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

/** A moment that stands still. */
const NOW = Date.now()

/** A queue with `due` keys that are due, and `young` keys that are not yet. */
function queueWith({ due, young, age = 5000 }: { due: number; young: number; age?: number }) {
  const rechecks = new RecheckQueue(age)
  const add = (count: number, since: number) => {
    for (let at = 0; at < count; at++) {
      rechecks.add(1, { key: `{"id":{"S":"${since}-${at}"}}`, moves: 0, since, seen: {} } as never)
    }
  }
  add(due, NOW - 10 * age)
  add(young, NOW)
  return rechecks
}

interface Waiting {
  readonly due: number
  readonly young: number
  readonly isHeld: boolean
  readonly isWorking?: boolean
}

function waiting({ due, young, isHeld, isWorking = false }: Waiting) {
  const rechecks = queueWith({ due, young })
  const standstill = standstillOf(rechecks, NOW)
  return waitingOf({
    rechecks,
    rateLimits: { isPaused: false, flows: isHeld ? [HELD] : [] },
    outages: { waitingFor: [] },
    watchdog: { longest: () => undefined },
    isWorking: () => isWorking,
    // How long is left is in part chance, and has its own test.
  })(standstill && { ...standstill, leftMs: 5100 })
}

const THREE = '3 keys for another 6 s: they must stand still for 5 s (--min-mismatch-age)'

for (const { due, young, isHeld, told } of [
  { due: 875, young: 0, isHeld: true, told: ['read capacity of x:T, 0.02 units/s'] },
  { due: 0, young: 3, isHeld: false, told: [THREE] },
  {
    due: 5,
    young: 3,
    isHeld: true,
    told: ['read capacity of x:T, 0.02 units/s', THREE],
  },
  { due: 5, young: 0, isHeld: false, told: ['5 keys to be read again'] },
  { due: 5, young: 3, isHeld: false, told: [THREE, '5 keys to be read again'] },
]) {
  t.test(`with ${due} keys due and ${young} not yet, a run waits for ${told}`, async (t) => {
    t.same(waiting({ due, young, isHeld }), told)
  })
}

t.test('a run that does something else does not wait for keys', async (t) => {
  t.same(waiting({ due: 5, young: 3, isHeld: false, isWorking: true }), [])
})

t.test('a key alone has its words, and times have decimals where people gave them', async (t) => {
  t.equal(
    standstillWords({ keys: 1, ageMs: 1500, leftMs: 1 }),
    '1 key for another 1 s: it must stand still for 1.5 s (--min-mismatch-age)',
  )
})

t.test('the last key says how long a run waits', async (t) => {
  t.equal(standstillOf(queueWith({ due: 5, young: 0 }), NOW), undefined)
  const rechecks = queueWith({ due: 5, young: 3 })
  rechecks.add(1, { key: 'late', moves: 0, since: NOW + 60_000, seen: {} } as never)
  const { leftMs, ...others } = standstillOf(rechecks, NOW) ?? { leftMs: 0 }
  t.same(others, { keys: 4, ageMs: 5000 })
  // Chance adds up to a fifth of the age.
  t.ok(leftMs >= 65_000 && leftMs <= 66_000, `${leftMs}`)
})

/** No key comes due while a test runs. */
const LONG = 600_000

/** Lets time pass only where the test says so. */
function waitOn(rechecks: RecheckQueue) {
  const clock = { now: 0 }
  let begun = 0
  const wait = new StandstillWait({ rechecks, onBegun: () => begun++, clock: () => clock.now })
  const passes = async (ms: number) => {
    await undefined
    clock.now += ms
  }
  const pause = (ms: number) => wait.during(passes(ms))
  return { wait, pause, begun: () => begun }
}

t.test('pauses count while keys are not due, and each key once', async (t) => {
  const rechecks = queueWith({ due: 2, young: 3, age: LONG })
  const { wait, pause, begun } = waitOn(rechecks)
  await pause(50)
  await pause(50)
  // A key that has moved, and the same key of another replica.
  rechecks.add(1, { key: `{"id":{"S":"${NOW}-0"}}`, moves: 1, since: NOW, seen: {} } as never)
  rechecks.add(2, { key: `{"id":{"S":"${NOW}-0"}}`, moves: 0, since: NOW, seen: {} } as never)
  await pause(20)
  t.same(wait.waited, { keys: 4, waitedMs: 120 })
  rechecks.takeAll()
  await pause(1000)
  t.same(wait.waited, { keys: 4, waitedMs: 120 }, 'nothing waits any more')
  t.equal(begun(), 1)
})

t.test('a run whose keys are due has not waited', async (t) => {
  const { wait, pause, begun } = waitOn(queueWith({ due: 2, young: 0, age: LONG }))
  await pause(50)
  t.equal(wait.waited, undefined)
  t.equal(begun(), 0)
})
