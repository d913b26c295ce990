/** Work ends by the caller's signal, by the clock, or by the first listener that throws. */
import type { Milliseconds } from '../model/units.ts'

export interface Guard {
  /** Aborted where the work has to end. */
  readonly signal: AbortSignal
  /** Calls a listener that nobody waits for, unless one has thrown. */
  tell<Event>(listener: ((event: Event) => void) | undefined, event: Event): void
  /** What a listener answers; `otherwise` where it throws, or one has thrown before. */
  ask<Answer>(call: () => Answer | Promise<Answer>, otherwise: Answer): Promise<Answer>
  /** @throws what a listener has thrown */
  throwFailure(): void
  release(): void
}

export interface GuardOptions {
  readonly signal?: AbortSignal | undefined
  /** The work is ended when this much time has passed. Undefined: as long as it takes. */
  readonly maxDuration?: Milliseconds | undefined
  /** Called before the clock ends the work. */
  readonly onTimeOver: (afterMs: Milliseconds) => void
}

export function guard({ signal, maxDuration, onTimeOver }: GuardOptions): Guard {
  const ending = new AbortController()
  let failure: { readonly error: unknown } | undefined
  const fail = (error: unknown) => {
    failure ??= { error }
    ending.abort()
  }
  // Not `AbortSignal.any`: in Node 20 what it yields may be collected before it is aborted.
  const end = () => ending.abort(signal?.reason)
  if (signal?.aborted === true) end()
  signal?.addEventListener('abort', end)
  const timeOver = (afterMs: Milliseconds) => {
    onTimeOver(afterMs)
    end()
  }
  const clock =
    maxDuration === undefined ? undefined : setTimeout(timeOver, maxDuration, maxDuration)
  return {
    signal: ending.signal,
    tell(listener, event) {
      if (failure !== undefined) return
      try {
        // It may be an async function, whatever its type says.
        const answer: unknown = listener?.(event)
        if (answer !== undefined) Promise.resolve(answer).catch(fail)
      } catch (error) {
        fail(error)
      }
    },
    async ask(call, otherwise) {
      if (failure !== undefined) return otherwise
      try {
        return await call()
      } catch (error) {
        fail(error)
        return otherwise
      }
    },
    throwFailure() {
      if (failure !== undefined) throw failure.error
    },
    release() {
      clearTimeout(clock)
      signal?.removeEventListener('abort', end)
    },
  }
}
