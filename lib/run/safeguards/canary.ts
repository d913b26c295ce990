/**
 * A canary: the first few repairs of each replica go out alone. The others follow only once all of
 * these were read back twice, and held.
 */
import type { Stop } from '../../model/safeguard.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import { type ReplicaTally, subtractReplicaTallies } from '../../model/tally.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { CanaryFlags } from '../../protocol/shared/canary-flags.ts'
import type { Ledger } from '../state/ledger.ts'
import type { RecheckQueue } from '../state/recheck-queue.ts'
import { canaryStop } from './safeguard-limits.ts'

export interface CanaryOptions {
  /** Repairs of each replica that go out alone. Undefined: all go at once. */
  readonly size: number | undefined
  readonly flags: CanaryFlags
  readonly ledger: Ledger
  readonly rechecks: RecheckQueue
  readonly label: (replica: TableIndex) => string
  readonly onHeld: (replica: TableIndex, writes: number) => void
  readonly onFailed: (stop: Stop) => void
}

/** How often to look whether there is room. */
const LOOK_EVERY: Milliseconds = 20

export class Canary {
  readonly #options: CanaryOptions
  /** How many keys are with a thread that may write them. */
  readonly #sent = new Map<TableIndex, number>()
  /** How many callers of `admit` wait. */
  #admitting = 0
  /** Counts of the legs before: each leg tries out writes of its own. */
  readonly #before = new Map<TableIndex, ReplicaTally>()

  constructor(options: CanaryOptions) {
    this.#options = options
  }

  /** Counts what is tried from here on. */
  begin(): void {
    const { ledger, rechecks } = this.#options
    for (const replica of ledger.replicas()) {
      const { readBack, ...counts } = ledger.counts.enteredOf(replica)
      // Writes of the legs before that are still to be read back do not count.
      const toCome = rechecks.openWrites(replica)
      this.#before.set(replica, { ...counts, readBack: readBack + toCome })
    }
  }

  isOut(replica: TableIndex): boolean {
    return this.#options.size !== undefined && this.#options.flags.isOut(replica)
  }

  /** How many keys that may be written can be sent now. */
  room(replica: TableIndex): number {
    const { size } = this.#options
    const isLost = !this.#options.ledger.isAttached(replica)
    // Nothing is sent to a lost replica anyway.
    if (size === undefined || isLost || !this.isOut(replica)) return Number.POSITIVE_INFINITY
    return Math.max(0, size - this.#attempts(replica) - this.#underWay(replica))
  }

  /** Waits until some of `wanted` keys can be sent; returns how many, and counts them as sent. */
  async admit(replica: TableIndex, wanted: number, isOver: () => boolean): Promise<number> {
    this.#admitting++
    while (this.room(replica) === 0 && !isOver()) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY))
    }
    this.#admitting--
    const admitted = isOver() ? wanted : Math.min(wanted, this.room(replica))
    this.send(replica, admitted)
    return admitted
  }

  /** Whether somebody waits to send more, and nothing that was sent is under way. */
  get isAwaited(): boolean {
    return this.#admitting > 0 && [...this.#sent.values()].every((keys) => keys === 0)
  }

  send(replica: TableIndex, keys: number): void {
    this.#sent.set(replica, this.#underWay(replica) + keys)
  }

  /** The keys were lost with their thread: nobody knows what became of them. */
  lose(replica: TableIndex, keys: number): void {
    const { label, onFailed } = this.#options
    this.#sent.set(replica, this.#underWay(replica) - keys)
    if (!this.isOut(replica)) return
    const { written, deleted, ...counts } = this.#tried(replica)
    onFailed(canaryStop(label(replica), { writes: written + deleted, ...counts }))
  }

  /** The keys have come back, and their outcomes are in the ledger. */
  return(replica: TableIndex, keys: number): void {
    this.#sent.set(replica, this.#underWay(replica) - keys)
    this.#decide(replica)
  }

  /** Decides what can be decided, though no key has come back. */
  look(): void {
    for (const replica of this.#options.ledger.replicas()) this.#decide(replica)
  }

  /** Decides once enough was tried, no key is under way, and nothing is still to be read back. */
  #decide(replica: TableIndex): void {
    const { size = 0, flags, ledger, rechecks, label, onHeld, onFailed } = this.#options
    // The loss of a replica is reported elsewhere, and nothing more is written to it.
    if (!ledger.isAttached(replica)) return
    const isIn = this.#underWay(replica) === 0 && rechecks.openWrites(replica) === 0
    if (!this.isOut(replica) || !isIn || this.#attempts(replica) < size) return
    const { written, deleted, readBack, mended, conflicts, ...others } = this.#tried(replica)
    const failed = others.failed + others.torn
    const writes = written + deleted
    if (readBack === writes && mended + conflicts + failed === 0) {
      flags.clear(replica)
      onHeld(replica, writes)
    } else {
      onFailed(canaryStop(label(replica), { writes, readBack, mended, conflicts, failed }))
    }
  }

  #underWay(replica: TableIndex): number {
    return this.#sent.get(replica) ?? 0
  }

  #tried(replica: TableIndex): ReplicaTally {
    const total = this.#options.ledger.counts.enteredOf(replica)
    const before = this.#before.get(replica)
    return before === undefined ? total : subtractReplicaTallies(total, before)
  }

  #attempts(replica: TableIndex): number {
    const { written, deleted, conflicts, failed, torn } = this.#tried(replica)
    return written + deleted + conflicts + failed + torn
  }
}
