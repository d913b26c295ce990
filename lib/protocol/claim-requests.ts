/** Asks the main thread whether keys that items become are still free, over the port of one task. */

export class ClaimRequests {
  readonly #send: (claims: Uint32Array) => void
  /** In the order they came; answers come in the same order. */
  readonly #waiting: ((collided: ReadonlySet<number>) => void)[] = []

  constructor(send: (claims: Uint32Array) => void) {
    this.#send = send
  }

  /** Resolves to the claims, by position, on keys that another item has claimed. */
  claim(claims: Uint32Array): Promise<ReadonlySet<number>> {
    if (claims.length === 0) return Promise.resolve(new Set())
    this.#send(claims)
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  answered(collided: readonly number[]): void {
    this.#waiting.shift()?.(new Set(collided))
  }
}

/** Words of a claim: four for a key's hash, one for that of the key it was made of. */
export const CLAIM_WORDS = 5
