/**
 * A run of shards, from event to event: an attempt starts, saves, dies, or ends a segment. Between
 * two events all rates are constant, so that nothing is approximated.
 */
import type { ReadUnits } from '../../lib/model/units.ts'
import { Attempt, type AttemptSettings, type ReadUnitsPerSecond, type Seconds } from './attempt.ts'
import type { Machine } from './machines.ts'
import { ShardWork } from './shard-work.ts'

export interface RunOfShards extends AttemptSettings {
  /** The units of each segment of the table. */
  readonly segments: readonly ReadUnits[]
  /** The segments of each shard, in their order. */
  readonly shards: readonly (readonly number[])[]
  /** Machines that work at a time. */
  readonly atOnce: number
  /** Segments that a shard has under way. */
  readonly segmentsAtOnce: number
  /** Of the whole table. */
  readonly limit: ReadUnitsPerSecond
  /** From the moment when a machine is free until it works on the next shard. */
  readonly startAfter: Seconds
  /** From the death of a machine until another one works in its place. */
  readonly retryAfter: Seconds
  readonly machineOf: (attempt: { readonly shard: number; readonly attempt: number }) => Machine
}

export interface OutcomeOfShards {
  readonly seconds: Seconds
  /** All that was read. */
  readonly read: ReadUnits
  /** What was read and then lost. */
  readonly lost: ReadUnits
  /** The most that all attempts together read in a second. */
  readonly highestRate: ReadUnitsPerSecond
  /** Of each segment: how often a shard has committed it. */
  readonly commits: readonly number[]
}

export function simulateRun(run: RunOfShards): OutcomeOfShards {
  const { segments, shards, atOnce, limit } = run
  const commits = segments.map(() => 0)
  const attempts = new Set<Attempt>()
  let [begun, committed] = [0, 0]
  let [now, read, lost, highestRate] = [0, 0, 0, 0]
  while (committed < shards.length) {
    while (attempts.size < atOnce && begun < shards.length) {
      attempts.add(firstAttempt(run, begun++, now))
    }
    const attempt = earliestOf(attempts)
    now = attempt.nextAt
    attempt.goOn(now, shareOf(limit, { atOnce, left: shards.length - committed }))
    if (attempt.isDone || attempt.isDead) {
      attempts.delete(attempt)
      read += attempt.read
    }
    if (attempt.isDone) {
      committed++
      for (const segment of attempt.work.ended) commits[segment] = (commits[segment] ?? 0) + 1
      const share = shareOf(limit, { atOnce, left: shards.length - committed })
      for (const other of attempts) other.goOn(now, share)
    } else if (attempt.isDead) {
      lost += attempt.work.rollBack()
      attempts.add(nextAttempt(run, attempt, now))
    }
    highestRate = Math.max(highestRate, rateOf(attempts))
  }
  return { seconds: now, read, lost, highestRate, commits }
}

/** Nobody tells a shard what the others take: it takes what is left to it if all take as much. */
const shareOf = (limit: ReadUnitsPerSecond, { atOnce, left }: { atOnce: number; left: number }) =>
  limit / Math.min(atOnce, left)

function firstAttempt(run: RunOfShards, shard: number, now: Seconds): Attempt {
  const own = (run.shards[shard] ?? []).map((segment) => ({
    segment,
    units: run.segments[segment] ?? 0,
  }))
  const work = new ShardWork(own, { atOnce: run.segmentsAtOnce })
  return attemptAt(run, { work, shard, number: 0 }, now + run.startAfter)
}

const nextAttempt = (run: RunOfShards, { work, shard, number }: Attempt, now: Seconds): Attempt =>
  attemptAt(run, { work, shard, number: number + 1 }, now + run.retryAfter)

function attemptAt(
  run: RunOfShards,
  which: Pick<Attempt, 'work' | 'shard' | 'number'>,
  startsAt: Seconds,
): Attempt {
  const machine = run.machineOf({ shard: which.shard, attempt: which.number })
  return new Attempt(which, machine, { ...run, startsAt })
}

function earliestOf(attempts: ReadonlySet<Attempt>): Attempt {
  let earliest: Attempt | undefined
  for (const attempt of attempts) {
    if (earliest === undefined || attempt.nextAt < earliest.nextAt) earliest = attempt
  }
  if (earliest === undefined) throw new Error('Expected a shard under way until all are committed')
  return earliest
}

function rateOf(attempts: ReadonlySet<Attempt>): ReadUnitsPerSecond {
  let sum = 0
  for (const { rate } of attempts) sum += rate
  return sum
}
