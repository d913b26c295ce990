/** Who hears of many runs. The first listener that throws ends them all, and is not called again. */
import type { Difference } from '../../model/difference.ts'
import type { RunEvent } from '../../model/events/events.ts'
import type { PairsEvent } from '../../model/events/pairs-events.ts'
import type { Question } from '../../model/events/question.ts'
import type { Listening } from '../listeners.ts'

export interface ManyListeners {
  readonly onProgress?: (event: PairsEvent) => void
  readonly onDifference?: (difference: Difference, pair: string) => void | Promise<void>
  /** Asked one question at a time. `ending` is aborted when nobody waits for the answer any more. */
  readonly confirm?: (
    question: Question,
    pair: string,
    ending: AbortSignal,
  ) => boolean | Promise<boolean>
  /** Aborted: the runs under way end, and no other begins. */
  readonly signal?: AbortSignal
}

/** What one of the runs is given. */
export type ListeningToOne = Omit<Listening, 'report'>

export interface Guarded {
  /** Aborted by the caller, by the clock, or where a listener has thrown. */
  readonly signal: AbortSignal
  tell(event: PairsEvent): void
  end(): void
  listening(pair: string): ListeningToOne
  /** @throws what a listener has thrown */
  throwFailure(): void
  release(): void
}

export function guarded({ onProgress, onDifference, confirm, signal }: ManyListeners): Guarded {
  const ending = new AbortController()
  let failure: { readonly error: unknown } | undefined
  const end = () => ending.abort(signal?.reason)
  if (signal?.aborted) end()
  signal?.addEventListener('abort', end)
  const fail = (error: unknown) => {
    failure ??= { error }
    ending.abort()
  }
  const tell = (event: PairsEvent) => {
    if (failure !== undefined) return
    try {
      // It may be an async function, whatever its type says.
      const answer: unknown = onProgress?.(event)
      if (answer !== undefined) Promise.resolve(answer).catch(fail)
    } catch (error) {
      fail(error)
    }
  }
  const guardedCall = async <Answer>(call: () => Answer | Promise<Answer>, otherwise: Answer) => {
    if (failure !== undefined) return otherwise
    try {
      return await call()
    } catch (error) {
      fail(error)
      return otherwise
    }
  }
  let before: Promise<unknown> = Promise.resolve()
  /** A person reads one question at a time; one that nobody waits for holds up no other. */
  const askInTurn = (question: Question, pair: string, over: AbortSignal): Promise<boolean> => {
    const gone = new Promise<false>((resolve) => {
      over.addEventListener('abort', () => resolve(false), { once: true })
    })
    const answer = before.then(() =>
      over.aborted
        ? false
        : guardedCall<boolean | undefined>(() => confirm?.(question, pair, over), false),
    )
    before = Promise.race([answer, gone])
    return answer.then((yes) => yes === true)
  }
  return {
    signal: ending.signal,
    tell,
    end,
    listening: (pair: string): ListeningToOne => ({
      signal: ending.signal,
      onProgress: (event: RunEvent) => tell({ type: 'pair-event', pair, event }),
      ...(onDifference !== undefined && {
        onDifference: (difference: Difference) =>
          guardedCall(() => onDifference(difference, pair), undefined),
      }),
      ...(confirm !== undefined && {
        confirm: (question: Question, over: AbortSignal) => askInTurn(question, pair, over),
      }),
    }),
    throwFailure() {
      if (failure !== undefined) throw failure.error
    },
    release: () => signal?.removeEventListener('abort', end),
  }
}
