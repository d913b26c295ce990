/** Who hears of many runs. The first listener that throws ends them all, and is not called again. */
import type { Difference } from '../../model/difference.ts'
import type { RunEvent } from '../../model/events/events.ts'
import type { PairsEvent } from '../../model/events/pairs-events.ts'
import type { Question } from '../../model/events/question.ts'
import type { Milliseconds } from '../../model/units.ts'
import { type Guard, guard } from '../guard.ts'
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

export interface Guarded extends Pick<Guard, 'signal' | 'throwFailure' | 'release'> {
  tell(event: PairsEvent): void
  listening(pair: string): ListeningToOne
}

export function guarded(
  { onProgress, onDifference, confirm, signal }: ManyListeners,
  maxDuration: Milliseconds | undefined,
): Guarded {
  const tell = (event: PairsEvent) => held.tell(onProgress, event)
  const held = guard({
    ...{ signal, maxDuration },
    onTimeOver: (afterMs) => tell({ type: 'pairs-time-over', afterMs }),
  })
  let before: Promise<unknown> = Promise.resolve()
  /** A person reads one question at a time; one that nobody waits for holds up no other. */
  const askInTurn = (question: Question, pair: string, over: AbortSignal): Promise<boolean> => {
    const gone = new Promise<false>((resolve) => {
      over.addEventListener('abort', () => resolve(false), { once: true })
    })
    const answer = before.then(() =>
      over.aborted
        ? false
        : held.ask<boolean | undefined>(() => confirm?.(question, pair, over), false),
    )
    before = Promise.race([answer, gone])
    return answer.then((yes) => yes === true)
  }
  return {
    ...held,
    tell,
    listening: (pair: string): ListeningToOne => ({
      signal: held.signal,
      onProgress: (event: RunEvent) => tell({ type: 'pair-event', pair, event }),
      ...(onDifference !== undefined && {
        onDifference: (difference: Difference) =>
          held.ask<void>(() => onDifference(difference, pair), undefined),
      }),
      ...(confirm !== undefined && {
        confirm: (question: Question, over: AbortSignal) => askInTurn(question, pair, over),
      }),
    }),
  }
}
