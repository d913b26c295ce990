/** What the metrics say of a run: gathered from its events, and at last from its summary. */
import type { Flow, RunEvent } from '../model/events/events.ts'
import type { Outcome, Refusal, Summary } from '../model/results/summary.ts'
import type { RunIdentity } from '../model/run-identity.ts'
import { type MasterTally, type ReplicaTally, zeroReplicaTally } from '../model/tally.ts'
import { Progression } from '../report/progression.ts'

export interface RunDescription {
  readonly command: 'sync' | 'apply' | 'undo'
  readonly version: string
  readonly identity: RunIdentity
  /** Name of the metrics file: runs whose files lie in one folder differ by it. */
  readonly file: string
  /** Labels of the tables. Undefined: an undo has no master. */
  readonly master: string | undefined
  readonly replicas: readonly string[]
}

/** The counts that both a tally and a summary have. */
type Counts = Pick<
  ReplicaTally,
  | ('scanned' | 'readUnits' | 'writeUnits' | 'missing' | 'differing')
  | ('written' | 'deleted' | 'failed' | 'conflicts' | 'unverified')
> & { readonly extra: number | null }

export interface RunEnd {
  readonly outcome: Outcome | Refusal['outcome']
  readonly at: Date
}

export class RunFigures {
  readonly description: RunDescription
  readonly #progression = new Progression()
  #master: MasterTally = { scanned: 0, readUnits: 0 }
  readonly #replicas: Map<string, Counts>
  /** Of the passes before the one under way. */
  #masterBefore: MasterTally = { scanned: 0, readUnits: 0 }
  #before: ReadonlyMap<string, Counts> = new Map()
  #flows: readonly Flow[] = []
  #isWaiting = false
  #end: RunEnd | undefined

  constructor(description: RunDescription) {
    this.description = description
    this.#replicas = new Map(description.replicas.map((label) => [label, zeroReplicaTally()]))
  }

  hear(event: RunEvent): void {
    this.#progression.hear(event)
    if (event.type === 'pass-began') this.#passBegan()
    if (event.type !== 'progress') return
    this.#count(event.tally.master, event.tally.replicas)
    this.#flows = event.flows
    this.#isWaiting = event.isPaused || event.waitingFor.length > 0
  }

  /** The run has a result. */
  conclude({ master, replicas, outcome }: Summary): void {
    this.#count(master, replicas)
    this.end(outcome)
  }

  /** The run is over, and waits for nothing. */
  end(outcome: RunEnd['outcome']): void {
    this.#end = { outcome, at: new Date() }
    this.#flows = this.#flows.map((flow) => ({ ...flow, isThrottled: false }))
    this.#isWaiting = false
  }

  get share(): number {
    return this.#progression.share
  }

  get master(): MasterTally {
    return this.#master
  }

  get replicas(): ReadonlyMap<string, Counts> {
    return this.#replicas
  }

  get flows(): readonly Flow[] {
    return this.#flows
  }

  get isWaiting(): boolean {
    return this.#isWaiting
  }

  /** Undefined: the run goes on. */
  get ended(): RunEnd | undefined {
    return this.#end
  }

  /** Counters never go back: what a pass counts is added to the passes before. */
  #passBegan(): void {
    this.#masterBefore = this.#master
    this.#before = new Map(this.#replicas)
  }

  #count(master: MasterTally, replicas: { readonly [label: string]: Counts }): void {
    this.#master = {
      scanned: this.#masterBefore.scanned + master.scanned,
      readUnits: this.#masterBefore.readUnits + master.readUnits,
    }
    for (const [label, counts] of Object.entries(replicas)) {
      const before = this.#before.get(label)
      this.#replicas.set(label, before === undefined ? counts : added(before, counts))
    }
  }
}

const COUNTED = [
  ...(['scanned', 'readUnits', 'writeUnits', 'missing', 'differing'] as const),
  ...(['written', 'deleted', 'failed', 'conflicts', 'unverified'] as const),
] satisfies readonly (keyof Counts)[]

function added(a: Counts, b: Counts): Counts {
  const sums = COUNTED.map((name) => [name, a[name] + b[name]])
  const extra = a.extra === null || b.extra === null ? null : a.extra + b.extra
  return { ...(Object.fromEntries(sums) as Record<(typeof COUNTED)[number], number>), extra }
}
