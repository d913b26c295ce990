/**
 * Ends one request from outside, as an AbortController does. Each request has one and few are ever
 * used, and an AbortController with its signal takes longer to make than a request takes to sign.
 */
import type { Cancelling } from '../../http/cancelling.ts'

export class Cutoff implements Cancelling {
  #isAborted = false
  #reason: unknown
  #listeners: (() => void)[] | undefined
  #controller: AbortController | undefined

  get aborted(): boolean {
    return this.#isAborted
  }

  get reason(): unknown {
    return this.#reason
  }

  /** The same as a signal, made when it is first asked for. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#isAborted) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /** Only the first call has an effect. */
  abort(reason: unknown): void {
    if (this.#isAborted) return
    this.#isAborted = true
    this.#reason = reason
    for (const listener of this.#listeners?.slice() ?? []) listener()
    this.#controller?.abort(reason)
  }

  throwIfAborted(): void {
    if (this.#isAborted) throw this.#reason
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners ??= []
    this.#listeners.push(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.#listeners?.indexOf(listener) ?? -1
    if (at >= 0) this.#listeners?.splice(at, 1)
  }

  /**
   * Settles as `work` does, which knows nothing of this cutoff, or with the reason.
   *
   * @throws the reason
   */
  async endingEarly<T>(work: Promise<T>): Promise<T> {
    let listener = () => {}
    const cut = new Promise<never>((_, reject) => {
      listener = () => reject(this.#reason)
    })
    this.addEventListener('abort', listener)
    work.catch(() => {})
    try {
      this.throwIfAborted()
      return await Promise.race([work, cut])
    } finally {
      this.removeEventListener('abort', listener)
    }
  }
}
