/** How fast a run went, as samples: as many as a chart can show, however long the run is. */
import type { Flow, RunEvent } from '../model/events/events.ts'
import type { NamedTally } from '../model/tally.ts'
import type { FlowSample, Sample } from './page-data.ts'

type ProgressEvent = RunEvent & { readonly type: 'progress' }

const MOST_SAMPLES = 360

/** Totals up to a time. */
interface Look {
  readonly at: number
  readonly items: number
  readonly units: UnitsUsed
}

/** The last that was heard. */
interface Last {
  readonly now: Look
  readonly event: ProgressEvent
}

/** Seconds. What is shorter would be drawn as a spike. */
const SHORTEST = 0.25

type UnitsUsed = (flow: Flow) => number

interface Stretch extends Sample {
  readonly seconds: number
}

export class TimeSamples {
  #stretches: Stretch[] = []
  /** The length of a stretch, in seconds. It doubles when there are too many. */
  #step = 1
  #since: Look | undefined
  #last: Last | undefined
  #began: number | undefined
  /** When the pass under way began, in seconds. */
  #offset = 0

  /** @param isResumed what the first event counts is the work of earlier runs */
  constructor({ isResumed }: { readonly isResumed: boolean }) {
    if (!isResumed) {
      this.#since = { at: 0, items: 0, units: () => 0 }
      this.#began = 0
    }
  }

  /** With what there is of the last stretch. */
  get all(): readonly Sample[] {
    const [since, last] = [this.#since, this.#last]
    const seconds = since === undefined || last === undefined ? 0 : last.now.at - since.at
    if (since === undefined || last === undefined || seconds < SHORTEST) return this.#stretches
    return [...this.#stretches, this.#stretch(since, last)]
  }

  /** Its counts and its time begin at zero: the line goes on from where the pass before ended. */
  passBegan(): void {
    if (this.#last === undefined) return
    this.#offset = this.#last.now.at
    this.#since = { at: this.#offset, items: 0, units: () => 0 }
    this.#last = undefined
  }

  hear(event: ProgressEvent): void {
    const { elapsedMs, tally } = event
    const counts = Object.values(tally.replicas).map(({ offered }) => offered)
    const items = Math.max(tally.master.scanned, ...counts)
    const now: Look = { at: this.#offset + elapsedMs / 1000, items, units: unitsIn(tally) }
    this.#began ??= now.at
    this.#since ??= now
    this.#last = { now, event }
    if (now.at - this.#since.at < this.#step * 0.9) return
    this.#stretches.push(this.#stretch(this.#since, this.#last))
    this.#since = now
    if (this.#stretches.length > MOST_SAMPLES) this.#halve()
  }

  #stretch(before: Look, { now, event: { flows, waitingFor, isPaused } }: Last): Stretch {
    const seconds = now.at - before.at
    const more = Math.max(now.items - before.items, 0)
    return {
      seconds,
      at: now.at - (this.#began ?? now.at),
      itemsPerSecond: more / seconds,
      flows: flows.map((flow) =>
        flowOf(flow, Math.max(0, now.units(flow) - before.units(flow)) / seconds),
      ),
      // Some keys always wait for their second read; that alone holds nothing up.
      isWaiting: waitingFor.length > 0 && more === 0,
      isPaused,
    }
  }

  #halve(): void {
    this.#step *= 2
    const all = this.#stretches
    this.#stretches = all.flatMap((one, at) => {
      if (at % 2 === 1) return []
      const next = all[at + 1]
      return [next === undefined ? one : joined(one, next)]
    })
  }
}

/** A table that is no replica is the master. */
const unitsIn =
  ({ master, replicas }: NamedTally): UnitsUsed =>
  ({ table, kind }) => {
    const tally = replicas[table]
    if (kind === 'write') return tally?.writeUnits ?? 0
    return (tally ?? master).readUnits
  }

const flowOf = (flow: Flow, unitsPerSecond: number): FlowSample => ({
  table: flow.table,
  kind: flow.kind,
  unitsPerSecond,
  limit: flow.unitsPerSecond,
  isThrottled: flow.isThrottled,
  answerMs: flow.answerMs,
})

/** Where only one of them is known, it stands for both. */
const meanOf = (a: number | null, b: number | null, mean: (a: number, b: number) => number) =>
  a === null || b === null ? (a ?? b) : mean(a, b)

function joined(one: Stretch, next: Stretch): Stretch {
  const seconds = one.seconds + next.seconds
  const mean = (a: number, b: number) => (a * one.seconds + b * next.seconds) / seconds
  return {
    seconds,
    at: next.at,
    itemsPerSecond: mean(one.itemsPerSecond, next.itemsPerSecond),
    flows: next.flows.map((flow, at) => {
      const before = one.flows[at] ?? flow
      return {
        ...flow,
        unitsPerSecond: mean(before.unitsPerSecond, flow.unitsPerSecond),
        isThrottled: before.isThrottled || flow.isThrottled,
        answerMs: meanOf(before.answerMs, flow.answerMs, mean),
      }
    }),
    isWaiting: one.isWaiting || next.isWaiting,
    isPaused: one.isPaused || next.isPaused,
  }
}
