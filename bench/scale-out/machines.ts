/** The machines of the simulation: each attempt at a shard gets one by lot. */
import { mixed, share } from '../tables/pseudo-random.ts'

/**
 * `alike`: nothing happens to them. `unlike`: their speeds are within 10 % of the mean, and one in
 * twenty is half as fast. `dying`: unlike, and one attempt in ten dies.
 */
export type Machines = 'alike' | 'unlike' | 'dying'

export interface Machine {
  /** 1: as fast as most. */
  readonly speed: number
  /** At which share of the work that its attempt finds it dies. Absent: it lives. */
  readonly diesAt?: number
}

const SPREAD = 0.1
const SLOW_SHARE = 1 / 20
const SLOW_SPEED = 1 / 2
const DYING_SHARE = 1 / 10

/** More attempts than any shard needs. */
const ATTEMPTS = 1000

/** The machine of an attempt: the same one each time, whatever else differs between two runs. */
export function machineOf(
  machines: Machines,
  {
    shard,
    attempt,
    seed,
  }: { readonly shard: number; readonly attempt: number; readonly seed: number },
): Machine {
  if (machines === 'alike') return { speed: 1 }
  const drawn = (lot: number) => share(shard * ATTEMPTS + attempt, mixed(10 + lot, seed))
  const speed = (1 + SPREAD * (2 * drawn(0) - 1)) * (drawn(1) < SLOW_SHARE ? SLOW_SPEED : 1)
  const isDying = machines === 'dying' && drawn(2) < DYING_SHARE
  return { speed, ...(isDying && { diesAt: drawn(3) }) }
}

export const meanSpeed = (machines: Machines): number =>
  machines === 'alike' ? 1 : 1 - SLOW_SHARE * (1 - SLOW_SPEED)
