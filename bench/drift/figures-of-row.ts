/** What the runs of a row say, beside its floor and the row without differences. */
import { median, shown, spread } from '../figures/middle.ts'
import type { RowRun, Runs } from './measured-rows.ts'
import type { Row } from './rows.ts'

/** A share of differences: the budget for rechecks ends between two of them. */
const NEARLY_NONE = 0.05

export class Figures {
  readonly #runs: Runs
  readonly #sizes: readonly number[]

  /** `sizes`: the smallest first. */
  constructor(runs: Runs, sizes: readonly number[]) {
    this.#runs = runs
    this.#sizes = sizes
  }

  ofAllRows() {
    return [...this.#runs.keys()].map((row) => this.#of(row))
  }

  /**
   * What one difference in 10,000 takes, as a share of what one in 1,000 takes: 0.1 is no step. By
   * the slopes, if there are any: all that compiles once is a step of its own.
   */
  get step(): number | undefined {
    const [few, many] = this.#sizes
    const [healthy, rare, more] = ['healthy', 'mixed-1e-4', 'mixed-1e-3'].map((name) =>
      many === undefined ? this.#cpuOf(name, few) : this.#slopeOf(name),
    )
    if (healthy === undefined || rare === undefined || more === undefined) return undefined
    return (rare - healthy) / (more - healthy)
  }

  #of(row: Row) {
    const runs = this.#runsOf(row)
    const cpuMs = middle(runs, 'cpuMs')
    const differences = this.#countOf(row, 'differences')
    return {
      name: row.name,
      'CPU ms': cpuMs,
      '± ms': spread(runs.map((run) => run.cpuMs)),
      'µs/pair': shown((cpuMs * 1000) / this.#smallest),
      '× floor': shown(cpuMs / (this.#cpuOf(row.floor) ?? Number.NaN)),
      differences,
      unread: this.#countOf(row, 'unread'),
      'µs/read again': this.#isRead(row) ? shown((this.#over(row) * 1000) / differences, 1) : '',
      'µs/unread': this.#isRead(row) ? '' : shown(this.#perUnread(row), 1),
      'wall ms': middle(runs, 'wallMs'),
      'peak MB': middle(runs, 'peakMB'),
      requests: runs[0]?.requests ?? 0,
      ...this.#slopes(row),
    }
  }

  get #smallest(): number {
    return this.#sizes[0] as number
  }

  #runsOf(row: Row, items = this.#smallest): readonly RowRun[] {
    return this.#runs.get(row)?.get(items) ?? []
  }

  #cpuOf(name: string, items = this.#smallest): number | undefined {
    const row = [...this.#runs.keys()].find((each) => each.name === name)
    return row && middle(this.#runsOf(row, items), 'cpuMs')
  }

  /** Milliseconds beyond the row without differences. */
  #over(row: Row): number {
    return middle(this.#runsOf(row), 'cpuMs') - (this.#cpuOf(row.healthy) ?? Number.NaN)
  }

  /** Whether nearly all differences were read again. */
  #isRead(row: Row): boolean {
    return this.#countOf(row, 'unread') <= this.#countOf(row, 'differences') * NEARLY_NONE
  }

  /** Microseconds, after what was read again is taken out. */
  #perUnread(row: Row): number {
    const unread = this.#countOf(row, 'unread')
    const read = this.#costOfReading(row, this.#countOf(row, 'differences') - unread)
    return ((this.#over(row) - read) * 1000) / unread
  }

  /**
   * Milliseconds that so many differences take which are read again: on the line through the rows of
   * the series with the fewest and the most that were.
   */
  #costOfReading({ series }: Row, differences: number): number {
    const read = [...this.#runs.keys()]
      .filter((row) => row.series === series && this.#isRead(row))
      .sort((a, b) => this.#countOf(a, 'differences') - this.#countOf(b, 'differences'))
    const [least, most] = [read[0], read.at(-1)]
    if (least === undefined || most === undefined) return Number.NaN
    const few = least === most ? 0 : this.#countOf(least, 'differences')
    const fewMs = least === most ? 0 : this.#over(least)
    const each = (this.#over(most) - fewMs) / (this.#countOf(most, 'differences') - few)
    return fewMs + (differences - few) * each
  }

  #countOf(row: Row, count: 'differences' | 'unread'): number {
    return this.#runsOf(row)[0]?.[count] ?? 0
  }

  /** Microseconds of CPU for each further pair: what starts and compiles once is not in it. */
  #slopeOf(name: string): number | undefined {
    const [few = 0, many = 0] = this.#sizes
    const [less, more] = [this.#cpuOf(name, few), this.#cpuOf(name, many)]
    if (less === undefined || more === undefined) return undefined
    return ((more - less) * 1000) / (many - few)
  }

  #slopes(row: Row) {
    const [, many] = this.#sizes
    if (many === undefined) return {}
    const slope = this.#slopeOf(row.name) ?? Number.NaN
    return {
      'CPU ms at 4N': this.#cpuOf(row.name, many),
      'slope µs/pair': shown(slope, 3),
      'slope × floor': shown(slope / (this.#slopeOf(row.floor) ?? Number.NaN)),
    }
  }
}

const middle = (runs: readonly RowRun[], figure: 'cpuMs' | 'wallMs' | 'peakMB') =>
  median(runs.map((run) => run[figure]))
