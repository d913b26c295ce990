/** What a thread has begun and not ended yet: for whoever asks what it hangs on. */
import type { Milliseconds } from '../model/units.ts'

export class UnderWay {
  readonly #begun = new Map<symbol, { readonly what: () => string; readonly at: Milliseconds }>()

  /** @returns what to call at its end */
  begin(what: () => string): () => void {
    const id = Symbol('begun')
    this.#begun.set(id, { what, at: performance.now() })
    return () => void this.#begun.delete(id)
  }

  /** The oldest of all, and since when. Undefined: there is none. */
  oldest(): string | undefined {
    // A map keeps the order of what was put in.
    const [first] = this.#begun.values()
    if (first === undefined) return undefined
    return `${first.what()}, for ${Math.round((performance.now() - first.at) / 1000)} s`
  }
}
