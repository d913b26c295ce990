/** Plays a scenario with several seeds, and what is printed of them. */
import { median, shown } from '../figures/middle.ts'
import { mixed } from '../tables/pseudo-random.ts'
import { machineOf, meanSpeed } from './machines.ts'
import { AT_ONCE, BOUNDS, FACTS, type Scenario } from './scenarios.ts'
import { segmentsOf, segmentsOfShard } from './segments.ts'
import { type OutcomeOfShards, type RunOfShards, simulateRun } from './simulated-run.ts'

/** A scenario with all that a seed decides. */
export function runOf(scenario: Scenario, seed: number): RunOfShards {
  const { sizes, machines, shards, hasCheckpoints } = scenario
  const { units, segments: count } = FACTS
  return {
    ...FACTS,
    ...BOUNDS[scenario.bound],
    checkpointEvery: hasCheckpoints ? FACTS.checkpointEvery : Infinity,
    atOnce: AT_ONCE,
    segments: segmentsOf(sizes, { count, units, seed }),
    shards: Array.from({ length: shards }, (_, shard) =>
      segmentsOfShard(shard, { shards, count, seed }),
    ),
    machineOf: ({ shard, attempt }) => machineOf(machines, { shard, attempt, seed }),
  }
}

/** All of the work at the table's limit, or divided among machines of the mean speed: the slower. */
export function idealSeconds({ bound, machines }: Scenario): number {
  const { limit, machineRate } = BOUNDS[bound]
  return FACTS.units / Math.min(limit, AT_ONCE * machineRate * meanSpeed(machines))
}

/** Medians and worst of `seeds` runs. */
export function figuresOf(scenario: Scenario, { seeds, seed }: { seeds: number; seed: number }) {
  const outcomes = Array.from({ length: seeds }, (_, at) =>
    simulateRun(runOf(scenario, mixed(at, seed))),
  )
  const each = (figure: (outcome: OutcomeOfShards) => number) => outcomes.map(figure)
  const walls = each(({ seconds }) => seconds / idealSeconds(scenario))
  const twice = each(({ lost }) => (lost / FACTS.units) * 100)
  const { limit } = BOUNDS[scenario.bound]
  const used = each(({ read, seconds }) => (read / (limit * seconds)) * 100)
  const { bound, sizes, machines, shards, hasCheckpoints } = scenario
  return {
    name: `${bound}, ${sizes}, ${machines}${hasCheckpoints ? '' : ', no checkpoints'}, ${shards}`,
    'wall / ideal': shown(median(walls)),
    worst: shown(Math.max(...walls)),
    'twice %': shown(median(twice)),
    'worst twice %': shown(Math.max(...twice)),
    'limit used %': shown(median(used), 0),
    least: shown(Math.min(...used), 0),
  }
}
