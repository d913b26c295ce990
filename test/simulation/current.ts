/** What the parts of a simulation have in common, put in place before each run. */
import type { VirtualClock } from './clock.ts'
import type { World } from './world.ts'

export const current = {} as {
  clock: VirtualClock
  world: World
  /** Of the order in which things happen: a seed tells it. */
  random: () => number
}

/** The folder of the engine's copy. */
export const ENGINE = process.env['TABLESYNC_SIMULATED'] ?? 'simulated'
