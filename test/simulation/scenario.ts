/** Makes the scenario of a simulated run from a seed. */
import type { RunOptions } from 'tablesync'
import type { WireItem } from '../../lib/model/wire.ts'
import { type Absence, type Faults, LATENCY } from './world.ts'

export interface Scenario {
  readonly master: readonly WireItem[]
  readonly replica: readonly WireItem[]
  /** The items of a second replica. Absent: there is only one replica. */
  readonly other?: readonly WireItem[]
  readonly faults: Faults
  readonly absences: readonly Absence[]
  readonly options: Partial<RunOptions>
  /** Writes of somebody else, by time. */
  readonly writes: readonly { readonly at: number; readonly id: string; readonly item?: WireItem }[]
  readonly lag: number
  /** When a thread dies. */
  readonly deaths: readonly number[]
  /** What ends each leg early; further legs run undisturbed. */
  readonly legs: readonly Leg[]
}

/** Times are counted from the beginning of the leg. */
export interface Leg {
  /** When the process dies. */
  readonly crashAt?: number
  /** When the user ends the run. */
  readonly endAt?: number
  /** For all legs up to this one together. */
  readonly maxWrites?: number
}

const itemOf = (n: number, more: WireItem = {}): WireItem => ({
  id: { S: `item-${n}` },
  n: { N: String(n) },
  tags: { SS: ['a', 'b'] },
  ...more,
})

export function scenarioOf(random: () => number): Scenario {
  const below = (most: number) => Math.floor(random() * most)
  const chance = (of: number) => random() < of
  const pick = <T>(...values: readonly T[]) => values[below(values.length)] as T
  const size = 5 + below(pick(20, 60, 120))
  const drift = pick(0, 0.05, 0.2, 1)
  const master = Array.from({ length: size }, (_, n) => itemOf(n))
  const drifted = () =>
    Array.from({ length: size }, (_, n): WireItem[] => {
      const fate = chance(drift) ? below(3) : 3
      if (fate === 0) return []
      if (fate === 1) return [itemOf(n, { n: { N: '-1' }, stray: { S: 'x' } })]
      return fate === 2 ? [itemOf(n), itemOf(1000 + n)] : [itemOf(n)]
    }).flat()
  const replica = drifted()
  const rough = pick(0, 0.02, 0.08)
  const rate = () => (chance(0.5) ? rough * random() : 0)
  const isLive = chance(0.4)
  const length = 500 + below(8000)
  const lag = below(pick(50, 600))
  const writes = Array.from({ length: isLive ? below(40) : 0 }, () => {
    const n = below(size + 10)
    const id = `item-${n}`
    const version = { v: { N: String(below(1_000_000)) } }
    return { at: below(length), id, ...(chance(0.75) && { item: itemOf(n, version) }) }
  }).sort((a, b) => a.at - b.at)
  const scenario: Omit<Scenario, 'legs'> & { readonly crashes: readonly number[] } = {
    master,
    replica,
    faults: {
      throttled: rate(),
      refused: rate(),
      landed: rate(),
      cut: rate(),
      silent: rate() / 4,
      partial: chance(0.3) ? 0.4 : 0,
      emptyPage: chance(0.3) ? 0.3 : 0,
      stale: chance(0.5) ? 0.3 : 0,
      // Runs with slow scans are in the middle of them when they crash.
      scanLatency: pick(LATENCY, LATENCY, 400),
    },
    writes,
    lag,
    deaths: Array.from({ length: chance(0.4) ? 1 + below(3) : 0 }, () => below(6000)),
    crashes: Array.from({ length: chance(0.5) ? 1 + below(4) : 0 }, () => below(4000)),
    options: {
      strategy: pick('auto', 'march', 'lookup'),
      segments: pick(1, 2, 4, 7),
      workers: pick(1, 2, 3),
      parallel: pick(1, 2, 5),
      scanLimit: pick(3, 7, 20, 200),
      batchReadLimit: pick(1, 4, 100),
      writeMissing: chance(0.8),
      writeDiffering: chance(0.8),
      deleteExtra: chance(0.7),
      scanForExtra: true,
      quiesced: writes.length === 0 && chance(0.3),
      ...(chance(0.3) && { readCapacity: pick<number | string>(200, 'adaptive') }),
      checkpointInterval: pick(0.1, 0.5, 5),
    },
    // Up to four minutes long: longer than all limits but that of outages.
    absences: Array.from({ length: chance(0.3) ? 1 + below(2) : 0 }, () => ({
      table: pick('master', 'replica'),
      at: below(4000),
      length: below(pick(2000, 240_000)),
      isRefused: chance(0.7),
    })),
  }
  const { crashes, ...others } = scenario
  // Drawn last, so that everything above stays the same for a seed.
  const limits = Array.from({ length: chance(0.4) ? 1 + below(5) : 0 }, () => 1 + below(size))
  const ends = Array.from({ length: chance(0.3) ? 1 + below(4) : 0 }, () => below(4000))
  limits.sort((a, b) => a - b)
  const legs = Array.from(
    { length: Math.max(crashes.length, limits.length, ends.length) },
    (_, leg): Leg => ({
      ...(leg < crashes.length && { crashAt: crashes[leg] as number }),
      ...(leg < ends.length && { endAt: ends[leg] as number }),
      ...(leg < limits.length && { maxWrites: limits[leg] as number }),
    }),
  )
  const other = chance(0.35) && { other: drifted() }
  // Where others write, repairs may rightly not hold.
  const mayTryOut = scenario.writes.length === 0 && !scenario.options.quiesced
  const canary = mayTryOut && chance(0.3) && { canary: pick(1, 3, 8) }
  return { ...others, options: { ...scenario.options, ...canary }, legs, ...other }
}

/** How many writes a complete repair takes, where nobody else writes. */
export function writesToBe(scenario: Scenario): number {
  const { replica, other } = scenario
  return writesOn(scenario, replica) + (other === undefined ? 0 : writesOn(scenario, other))
}

function writesOn({ master, options }: Scenario, replica: readonly WireItem[]): number {
  const idOf = ({ id }: WireItem) => JSON.stringify(id)
  const textOf = new Map(replica.map((item) => [idOf(item), JSON.stringify(item)]))
  const ids = new Set(master.map(idOf))
  const missing = master.filter((item) => !textOf.has(idOf(item))).length
  const same = master.filter((item) => textOf.get(idOf(item)) === JSON.stringify(item)).length
  const extra = replica.filter((item) => !ids.has(idOf(item))).length
  return (
    (options.writeMissing ? missing : 0) +
    (options.writeDiffering ? master.length - missing - same : 0) +
    (options.deleteExtra ? extra : 0)
  )
}
