/** The controller alone, over simulated seconds. */

import { AdaptiveLimit } from '../../lib/run/rate/adaptive-limit.ts'
import { t } from '../support/tap.ts'

const TICK = 250

/**
 * A table that serves up to `most` units per second, and is asked for as much as the limit allows.
 */
function live(limit: AdaptiveLimit, most: (second: number) => number, seconds: number) {
  const used: number[] = []
  let throttledTicks = 0
  for (let tick = 0; tick < seconds * 4; tick++) {
    const can = (most(tick / 4) * TICK) / 1000
    const wanted = (limit.unitsPerSecond * TICK) / 1000
    const served = Math.min(can, wanted)
    const throttled = wanted > can ? 3 : 0
    if (throttled > 0) throttledTicks++
    used.push(served)
    limit.observe({ milliseconds: TICK, used: served, throttled, isUsedUp: true })
  }
  return { used, throttledTicks }
}

const mean = (values: readonly number[]) =>
  (values.reduce((sum, value) => sum + value, 0) / values.length) * (1000 / TICK)

for (const most of [60, 1000, 40_000]) {
  t.test(`AdaptiveLimit reaches ${most} units per second without knowing them`, async (t) => {
    const { used, throttledTicks } = live(new AdaptiveLimit(), () => most, 120)
    const settled = used.slice(60 * 4)
    t.ok(mean(settled) >= most * 0.85, `${mean(settled).toFixed(0)} of ${most}`)
    t.ok(throttledTicks < used.length * 0.15, `${throttledTicks} of ${used.length} ticks throttled`)
  })
}

t.test('AdaptiveLimit comes down within two seconds', async (t) => {
  const limit = new AdaptiveLimit()
  live(limit, () => 5000, 60)
  live(limit, () => 700, 2)
  t.ok(limit.unitsPerSecond <= 700, `${limit.unitsPerSecond.toFixed(0)}`)
  const { used } = live(limit, () => 700, 30)
  t.ok(mean(used) >= 700 * 0.85)
})

t.test('AdaptiveLimit recovers from a short outage', async (t) => {
  const limit = new AdaptiveLimit()
  live(limit, () => 2000, 60)
  live(limit, () => 0, 2)
  live(limit, () => 2000, 20)
  const { used } = live(limit, () => 2000, 20)
  t.ok(mean(used) >= 2000 * 0.85, `${mean(used).toFixed(0)} of 2000 units/s`)
})

t.test('AdaptiveLimit soon finds out that a table can do more', async (t) => {
  const limit = new AdaptiveLimit()
  live(limit, () => 200, 60)
  live(limit, () => 3000, 25)
  const { used } = live(limit, () => 3000, 20)
  t.ok(mean(used) >= 3000 * 0.85, `${mean(used).toFixed(0)} of 3000 units/s`)
})

t.test('AdaptiveLimit does not grow while nothing needs more', async (t) => {
  const limit = new AdaptiveLimit()
  for (let tick = 0; tick < 100; tick++) {
    limit.observe({ milliseconds: TICK, used: 1, throttled: 0, isUsedUp: false })
  }
  t.equal(limit.unitsPerSecond, new AdaptiveLimit().unitsPerSecond)
})
