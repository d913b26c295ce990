/** Says that a request is to end: what is used of an AbortSignal, which is one too. */
export interface Cancelling {
  readonly aborted: boolean
  readonly reason: unknown
  /** @throws the reason, if it is aborted */
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}
