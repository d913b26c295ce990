/** Work that goes on beside the reading of pages: what is under way, and the first failure. */
export class Jobs {
  readonly #underWay = new Set<Promise<void>>()
  #failure: { readonly error: unknown } | undefined

  track(job: Promise<void>): void {
    const running = job
      .catch((error: unknown) => {
        this.#failure ??= { error }
      })
      .finally(() => this.#underWay.delete(running))
    this.#underWay.add(running)
  }

  /** Waits for what is under way, whatever its end. */
  async drain(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  /** @throws what the first job that failed has thrown */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
