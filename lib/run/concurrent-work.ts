/** Work that goes on side by side, so much of it at a time: whoever waits for its end hears of the first failure. */
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

  /** How much has been started and not begun. */
  get waiting(): number {
    return this.#queue.size
  }

  get isIdle(): boolean {
    return this.#queue.size + this.#queue.pending === 0
  }

  /** Settles once fewer than so many have been started and not begun. */
  async room(fewer: number): Promise<void> {
    await this.#queue.onSizeLessThan(fewer)
  }

  /**
   * Settles once all that was started has ended.
   *
   * @throws what the first that failed has thrown
   */
  async end(): Promise<void> {
    await this.#queue.onIdle()
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
