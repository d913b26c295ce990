/** A gauge over shared counters alone, on simulated time. */
import { mock } from 'node:test'
import type { CapacityChoice } from '../../lib/model/tables/capacity.ts'
import { TokenBuckets } from '../../lib/protocol/shared/token-buckets.ts'
import { Traffic } from '../../lib/protocol/shared/traffic.ts'
import { TokenRefill } from '../../lib/run/rate/token-refill.ts'
import { type Test, t } from '../support/tap.ts'

const FILL_EVERY = 25

function gaugeOf(t: Test, choice: CapacityChoice) {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 1) })
  t.teardown(() => mock.timers.reset())
  const tokenBuckets = new TokenBuckets(TokenBuckets.memoryFor(1))
  const place = { label: 'x:T', kind: 'read', isLocal: false, known: undefined } as const
  const traffic = new Traffic(Traffic.memoryFor(1))
  const gauge = new TokenRefill({ tokenBuckets, traffic, table: 0, ...place }, 0)
  gauge.hold(choice, gauge.resolve(choice))
  let now = 0
  const seconds = (count: number, each: () => void) => {
    const end = now + count * 1000
    while (now < end) {
      now += FILL_EVERY
      mock.timers.setTime(Date.UTC(2026, 0, 1) + now)
      gauge.fill(now, FILL_EVERY)
      each()
    }
  }
  /** Sends as many one-unit requests as there is capacity for, and one more that waits. */
  const askForAll = () => {
    while (tokenBuckets.take(0, 'read', 1)) tokenBuckets.settle(0, 'read', 1, 1)
  }
  return { tokenBuckets, gauge, seconds, askForAll }
}

t.test('an adaptive limit does not change while the run is paused', async (t) => {
  const { tokenBuckets, gauge, seconds, askForAll } = gaugeOf(t, { kind: 'adaptive' })
  seconds(3, askForAll)
  tokenBuckets.pause(true)
  seconds(1, askForAll)
  const { unitsPerSecond: before } = gauge.pace
  seconds(600, askForAll)
  t.equal(gauge.pace.unitsPerSecond, before)
})

t.test('an adaptive limit does not change once the thread that waited has died', async (t) => {
  const { gauge, seconds, askForAll } = gaugeOf(t, { kind: 'adaptive' })
  seconds(3, askForAll)
  seconds(1, () => {})
  const { unitsPerSecond: before } = gauge.pace
  seconds(600, () => {})
  t.equal(gauge.pace.unitsPerSecond, before)
  t.notOk(gauge.flow.isUsedUp)
})

t.test('an adaptive limit that nothing throttles has a maximum', async (t) => {
  const { gauge, tokenBuckets, seconds } = gaugeOf(t, { kind: 'adaptive' })
  seconds(300, () => {
    // One request takes all there is, and one waits.
    tokenBuckets.take(0, 'read', 1e12)
    tokenBuckets.settle(0, 'read', 1e12, 0)
    tokenBuckets.take(0, 'read', 1e12)
    tokenBuckets.take(0, 'read', 1)
    tokenBuckets.settle(0, 'read', 1e12, 0)
  })
  t.ok(Number(gauge.pace.unitsPerSecond) <= 1e8, `${gauge.pace.unitsPerSecond}`)
})

for (const unitsPerSecond of [0.001, 0.019, 0.5, 40]) {
  t.test(`a limit of ${unitsPerSecond} units per second lets that many through`, async (t) => {
    const { seconds, tokenBuckets } = gaugeOf(t, { kind: 'units', unitsPerSecond })
    const long = Math.ceil(4 / unitsPerSecond) + 4
    seconds(long, () => {
      if (tokenBuckets.take(0, 'read', 1)) tokenBuckets.settle(0, 'read', 1, 1)
    })
    const { used } = tokenBuckets.observe(0, 'read')
    t.ok(used >= 3 && used <= unitsPerSecond * long + 2, `${used} in ${long} s`)
  })
}

t.test('usedPerSecond is a mean over some seconds, not the use of one moment', async (t) => {
  const { gauge, seconds, tokenBuckets } = gaugeOf(t, { kind: 'max' })
  let looks = 0
  const shown: number[] = []
  // Pages of 60 units, two per second: most moments have none, and some have both.
  seconds(30, () => {
    if (++looks % 40 < 2) tokenBuckets.settle(0, 'read', 0, 60)
    if (looks > 200) shown.push(gauge.flow.usedPerSecond)
  })
  t.ok(Math.min(...shown) >= 100, `${Math.min(...shown)}`)
  t.ok(Math.max(...shown) <= 140, `${Math.max(...shown)}`)
  seconds(6, () => {})
  t.equal(gauge.flow.usedPerSecond, 0, 'and 0 once nothing is used')
})
