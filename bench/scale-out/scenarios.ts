/** What is simulated: tables, machines, and numbers of shards. */
import type { ReadUnitsPerSecond } from './attempt.ts'
import type { Machines } from './machines.ts'
import type { Sizes } from './segments.ts'

export interface Scenario {
  readonly bound: keyof typeof BOUNDS
  readonly sizes: Sizes
  readonly machines: Machines
  readonly shards: number
  readonly hasCheckpoints: boolean
}

/** Machines at once. */
export const AT_ONCE = 16

/** What bounds the run: the limit of the table is half of what its machines manage, or ten times. */
export const BOUNDS = {
  limit: { limit: 40_000, machineRate: (2 * 40_000) / AT_ONCE },
  machines: { limit: 400_000, machineRate: 40_000 / AT_ONCE },
} satisfies Record<string, Record<string, ReadUnitsPerSecond>>

/** An hour's work. A shard has at least eight segments, and no segment is above 256 MB. */
const UNITS = 40_000 * 3600
const UNITS_OF_256_MB = 256_000_000 / 8192

export const FACTS = {
  units: UNITS,
  segments: Math.ceil(UNITS / UNITS_OF_256_MB),
  segmentsAtOnce: 8,
  segmentRate: 3000,
  startAfter: 10,
  retryAfter: 60,
  checkpointEvery: 10,
}

const ALL_BOUNDS = ['limit', 'machines'] as const
const ALL_SIZES = ['even', 'log-normal', 'five huge'] as const

/** Four shards to a machine. */
const SHARDS = 4 * AT_ONCE

/** What sizes, machines and checkpoints change. */
export const CONDITIONS: readonly Scenario[] = ALL_BOUNDS.flatMap((bound) =>
  ALL_SIZES.flatMap((sizes) => {
    const scenario = { bound, sizes, shards: SHARDS, hasCheckpoints: true }
    return [
      { ...scenario, machines: 'alike' },
      { ...scenario, machines: 'unlike' },
      { ...scenario, machines: 'dying' },
      { ...scenario, machines: 'dying', hasCheckpoints: false },
    ] satisfies Scenario[]
  }),
)

/** What more shards change. */
export const NUMBERS: readonly Scenario[] = ALL_BOUNDS.flatMap((bound) =>
  (['log-normal', 'five huge'] as const).flatMap((sizes) =>
    [1, 2, 4, 8, 16].map((perMachine) => ({
      bound,
      sizes,
      machines: 'dying' as const,
      shards: perMachine * AT_ONCE,
      hasCheckpoints: true,
    })),
  ),
)
