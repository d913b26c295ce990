/** Runs work concurrently, up to a limit. `end` throws the first failure. */
import PQueue from 'p-queue'

export class ConcurrentWork {
  readonly #queue: PQueue
  #failure: { readonly error: unknown } | undefined

  constructor(most: number) {
    this.#queue = new PQueue({ concurrency: most })
  }

  start(work: () => Promise<unknown>): void {
    this.#queue.add(work).catch((error: unknown) => {
      this.#failure ??= { error }
    })
  }

  /** Work that was passed to `start` and does not run yet. */
  get waiting(): number {
    return this.#queue.size
  }

  /** Whether work has failed: `end` will throw. */
  get hasFailed(): boolean {
    return this.#failure !== undefined
  }

  get isIdle(): boolean {
    return this.#queue.size + this.#queue.pending === 0
  }

  /** Waits until fewer than this many jobs wait to run. */
  async room(fewer: number): Promise<void> {
    await this.#queue.onSizeLessThan(fewer)
  }

  /**
   * Waits until all work has ended.
   *
   * @throws the error of the first work that failed
   */
  async end(): Promise<void> {
    await this.#queue.onIdle()
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
