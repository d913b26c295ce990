/** What the page shows: plain data, put together from a run or from a file. */
import type { Heat } from '../model/heat.ts'
import type { PlaceTotal } from '../report/change-totals.ts'
import type { DifferenceShown } from '../report/lines/differences/difference-lines.ts'

export interface PageData {
  /** What the page is of: `Comparison`, `Report`, … */
  readonly what: string
  /** Master and replicas, in the order they were given. An undo has no master. */
  readonly tables: readonly PageTable[]
  readonly verdict: Verdict
  /** When, how long, which run: name and value. */
  readonly facts: readonly Fact[]
  readonly counts: readonly ReplicaCounts[]
  /** Absent: no segments are known. */
  readonly heat?: Heat
  readonly attributes: readonly PlaceTotal[]
  /** Absent: nothing is known of how it went. */
  readonly history?: History
  readonly differences: {
    readonly first: readonly DifferenceShown[]
    readonly total: number
  }
  /** Whether values of attributes may be shown. */
  readonly showsValues: boolean
  /** Without secrets, word by word. Absent: a program called the library, or it is not known. */
  readonly command?: readonly string[]
  readonly options: readonly Fact[]
  readonly safeguards: readonly Fact[]
  /** Of tablesync. Absent: not known. */
  readonly version?: string
}

export interface Fact {
  readonly name: string
  readonly value: string
}

export interface PageTable {
  readonly role: 'master' | 'replica'
  readonly label: string
  /** ARN, id, endpoint, size: as far as known. */
  readonly about: readonly string[]
}

export interface Verdict {
  readonly sentence: string
  /** Why it is no better, and what to do. */
  readonly more: readonly string[]
}

export interface ReplicaCounts {
  readonly replica: string
  /** In the order they are shown. Null: not looked for. */
  readonly counts: readonly { readonly name: string; readonly count: number | null }[]
}

export interface History {
  readonly samples: readonly Sample[]
  /** What the samples leave out: a resumed run knows nothing of the time before it. */
  readonly note?: string
}

/** A stretch of time, and the means over it. */
export interface Sample {
  /** Seconds since the beginning of this run, at the end of the stretch. */
  readonly at: number
  readonly itemsPerSecond: number
  readonly flows: readonly FlowSample[]
  /** It waited for something, and no item came. */
  readonly isWaiting: boolean
  readonly isPaused: boolean
}

export interface FlowSample {
  readonly table: string
  readonly kind: 'read' | 'write'
  readonly unitsPerSecond: number
  /** Null: there was none. */
  readonly limit: number | null
  readonly isThrottled: boolean
  /** How long an answer took, in milliseconds. Null: none came. */
  readonly answerMs: number | null
}
