/** What the parts of a simulation share, set before each run. */
import type { VirtualClock } from './clock.ts'
import type { World } from './world.ts'

export const current = {} as {
  clock: VirtualClock
  world: World
  /** Decides the order of events, from a seed. */
  random: () => number
}

/** The folder of the engine's copy. */
export const ENGINE = process.env['TABLESYNC_SIMULATED'] ?? 'simulated'
