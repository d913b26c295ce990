/** The simulation of shards: what it says can be believed only if it keeps these rules. */
import { idealSeconds, runOf } from '../../bench/scale-out/figures-of-scenario.ts'
import type { Machine } from '../../bench/scale-out/machines.ts'
import {
  BOUNDS,
  CONDITIONS,
  FACTS,
  NUMBERS,
  type Scenario,
} from '../../bench/scale-out/scenarios.ts'
import { segmentsOf, segmentsOfShard } from '../../bench/scale-out/segments.ts'
import { type RunOfShards, simulateRun } from '../../bench/scale-out/simulated-run.ts'
import { t } from '../support/tap.ts'

const SCENARIOS = [...CONDITIONS, ...NUMBERS]
const SEEDS = [1, 2, 3]

const nameOf = (scenario: Scenario, seed: number) => JSON.stringify({ ...scenario, seed })

/** One machine that reads 10 units a second, segment by segment, of 100 and 50 units. */
const smallRun = (...machines: Machine[]): RunOfShards => ({
  segments: [100, 50],
  shards: [[0, 1]],
  atOnce: 1,
  segmentsAtOnce: 1,
  limit: 1000,
  machineRate: 10,
  segmentRate: 1000,
  startAfter: 3,
  retryAfter: 5,
  checkpointEvery: 2,
  machineOf: ({ attempt }) => machines[attempt] ?? { speed: 1 },
})

t.test('segments hold all units of the table, and shards all segments', async (t) => {
  for (const sizes of ['even', 'log-normal', 'five huge'] as const) {
    const segments = segmentsOf(sizes, { count: 1000, units: 50_000, seed: 5 })
    const sum = segments.reduce((total, units) => total + units, 0)
    t.ok(Math.abs(sum - 50_000) < 1e-6, `${sizes}: ${sum}`)
    const largest = Math.max(...segments)
    if (sizes === 'even') t.ok(largest < 50.001, `${largest}`)
    else t.ok(largest > 500, `${sizes}: ${largest}`)
  }
  const all = Array.from({ length: 7 }, (_, shard) =>
    segmentsOfShard(shard, { shards: 7, count: 100, seed: 5 }),
  )
  for (const [shard, own] of all.entries()) t.ok(own.every((segment) => segment % 7 === shard))
  t.same(
    all.flat().sort((one, other) => one - other),
    [...Array(100).keys()],
  )
})

t.test('a run takes the time that one works out by hand', async (t) => {
  // 3 s to start, 150 units.
  t.match(simulateRun(smallRun()), { seconds: 18, read: 150, lost: 0, commits: [1, 1] })
  t.match(simulateRun(smallRun({ speed: 0.5 })), { seconds: 33, highestRate: 5 })
  t.match(simulateRun({ ...smallRun(), limit: 6 }), { seconds: 28, highestRate: 6 })
  t.match(simulateRun({ ...smallRun(), segmentRate: 3 }), { seconds: 53 })
  // Both at once: 50 units of each in 10 s, and then 50 units of one, no faster than 6 a second.
  const both = { ...smallRun(), segmentsAtOnce: 2, segmentRate: 6 }
  t.ok(Math.abs(simulateRun(both).seconds - (3 + 10 + 50 / 6)) < 1e-6)
})

t.test('a machine that dies loses what it has read since its last checkpoint', async (t) => {
  // Dead after 75 units, 7.5 s; saved after 60. The next one has 90 left.
  const saved = simulateRun(smallRun({ speed: 1, diesAt: 0.5 }))
  t.match(saved, { seconds: 3 + 7.5 + 5 + 9, lost: 15, read: 165, commits: [1, 1] })
  const dying = { speed: 1, diesAt: 0.5 }
  // The second one dies after 45 of its 90 units, and has saved 40 of them.
  t.match(simulateRun(smallRun(dying, dying)), { seconds: 3 + 7.5 + 5 + 4.5 + 5 + 5, lost: 20 })
  // The first segment has ended at its death, and is read again.
  const late = { ...smallRun({ speed: 1, diesAt: 0.8 }), checkpointEvery: Infinity }
  t.match(simulateRun(late), { seconds: 3 + 12 + 5 + 15, lost: 120, commits: [1, 1] })
})

t.test('without skew and deaths a run takes hardly longer than the ideal', async (t) => {
  for (const scenario of CONDITIONS) {
    if (scenario.sizes !== 'even' || scenario.machines !== 'alike') continue
    const { seconds } = simulateRun({ ...runOf(scenario, 1), startAfter: 0 })
    const ratio = seconds / idealSeconds(scenario)
    t.ok(ratio > 1 - 1e-9 && ratio < 1.01, `${nameOf(scenario, 1)}: ${ratio}`)
  }
})

t.test('every segment is committed once, and no rate exceeds the limit', async (t) => {
  for (const scenario of SCENARIOS) {
    for (const seed of SEEDS) {
      const { commits, highestRate, seconds } = simulateRun(runOf(scenario, seed))
      const name = nameOf(scenario, seed)
      t.ok(commits.length === FACTS.segments && commits.every((times) => times === 1), name)
      t.ok(highestRate <= BOUNDS[scenario.bound].limit + 1e-6, `${name}: ${highestRate}`)
      t.ok(seconds >= FACTS.units / BOUNDS[scenario.bound].limit, `${name}: ${seconds}`)
    }
  }
})

t.test('work is done twice where machines die, and nowhere else', async (t) => {
  for (const scenario of SCENARIOS) {
    for (const seed of SEEDS) {
      const { read, lost } = simulateRun(runOf(scenario, seed))
      const name = nameOf(scenario, seed)
      t.ok(Math.abs(read - lost - FACTS.units) < 1, `${name}: ${read} - ${lost}`)
      if (scenario.machines !== 'dying') t.equal(lost, 0, name)
      else if (scenario.shards > 16) t.ok(lost > 0, name)
      // At most two in five attempts die, and each loses ten seconds at the most.
      const most = scenario.shards * 0.4 * FACTS.checkpointEvery * 1.1 * BOUNDS.limit.machineRate
      if (scenario.hasCheckpoints) t.ok(lost < most, `${name}: ${lost}`)
    }
  }
})

t.test('a seed repeats a run', async (t) => {
  const [scenario] = NUMBERS as [Scenario]
  t.same(simulateRun(runOf(scenario, 7)), simulateRun(runOf(scenario, 7)))
  t.not(simulateRun(runOf(scenario, 7)).seconds, simulateRun(runOf(scenario, 8)).seconds)
})
