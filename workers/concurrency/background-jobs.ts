/** Work beside the reading of pages: holds the jobs under way, and the first failure. */
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

  /** Waits for all jobs under way, whether they succeed or fail. */
  async drain(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay)
  }

  /** @throws the error of the first job that failed */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }
}
