/** What has ended the run as a whole, if anything: its caller, a failure or a safeguard. */
import { asTablesyncError, type TablesyncError } from '../../errors.ts'
import type { Stop } from '../../model/safeguard.ts'
import type { Ledger } from './ledger.ts'

export class RunState {
  readonly #signal: AbortSignal
  readonly #ledger: Ledger
  readonly #onOver: (() => void)[] = []
  #fatal: TablesyncError | undefined
  #stopped: Stop | undefined

  constructor(signal: AbortSignal, ledger: Ledger) {
    this.#signal = signal
    this.#ledger = ledger
  }

  /** Whether no new work begins. */
  readonly isOver = (): boolean =>
    this.#signal.aborted || this.#fatal !== undefined || this.#stopped !== undefined

  /** Whether the caller has ended the run. */
  get isInterrupted(): boolean {
    return this.#signal.aborted
  }

  /** The failure that ended the run: its scope is the run, or nobody can be told any more. */
  get fatal(): TablesyncError | undefined {
    return this.#fatal
  }

  /** The safeguard that stopped the run. */
  get stopped(): Stop | undefined {
    return this.#stopped
  }

  /** Ends the run after a failure. `table`: the label of the table that it is about, or nothing. */
  readonly fail = (thrown: unknown, table = ''): void => {
    const error = asTablesyncError(thrown)
    this.#fatal ??= error
    this.#ledger.noteError(table, error)
    this.#tellOver()
  }

  /** Stops the run for a safeguard. */
  readonly stopBy = (stop: Stop): void => {
    this.#stopped ??= stop
    this.#tellOver()
  }

  /** Calls the listener whenever something ends the run. */
  onOver(listener: () => void): void {
    this.#onOver.push(listener)
    this.#signal.addEventListener('abort', this.#tellOver)
  }

  /** Stops listening to the signal. */
  release(): void {
    this.#signal.removeEventListener('abort', this.#tellOver)
  }

  readonly #tellOver = (): void => {
    for (const listener of this.#onOver) listener()
  }
}
