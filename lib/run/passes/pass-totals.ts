/** What all passes of a run have spent and written, by what each tells at its end. */
import type { RunEvent } from '../../model/events/events.ts'
import type { PassesOfReplica, PassesSummary } from '../../model/results/summary.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { NamedTally } from '../../model/tally.ts'
import type { SpentBefore } from '../state/spent-before.ts'

const NOTHING: PassesOfReplica = { written: 0, deleted: 0, readUnits: 0, writeUnits: 0 }

export class PassTotals {
  #last: NamedTally | undefined
  #masterUnits = 0
  #claimed = 0
  readonly #replicas: Map<string, PassesOfReplica>

  constructor(labels: readonly string[]) {
    this.#replicas = new Map(labels.map((label) => [label, NOTHING]))
  }

  /** Hears a pass. Its last counts come when all else of it is done. */
  hear(event: RunEvent): void {
    if (event.type === 'progress') this.#last = event.tally
  }

  /** Adds the pass that has ended. */
  add(): void {
    const { master, replicas } = this.#last ?? { master: { readUnits: 0 }, replicas: {} }
    this.#last = undefined
    this.#masterUnits += master.readUnits
    for (const [label, tally] of Object.entries(replicas)) {
      const { written, deleted, readUnits, writeUnits } = this.#replicas.get(label) ?? NOTHING
      this.#claimed += tally.claimed
      this.#replicas.set(label, {
        written: written + tally.written,
        deleted: deleted + tally.deleted,
        readUnits: readUnits + tally.readUnits,
        writeUnits: writeUnits + tally.writeUnits,
      })
    }
  }

  get spent(): SpentBefore {
    const all = [...this.#replicas.values()]
    return {
      claimed: this.#claimed,
      readUnits: all.reduce((sum, { readUnits }) => sum + readUnits, this.#masterUnits),
      // The master is the first table.
      deleted: (replica: TableIndex) => all[replica - 1]?.deleted ?? 0,
    }
  }

  get summary(): Pick<PassesSummary, 'master' | 'replicas'> {
    return {
      master: { readUnits: this.#masterUnits },
      replicas: Object.fromEntries(this.#replicas),
    }
  }
}
