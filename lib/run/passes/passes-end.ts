/** Whether another pass follows, and what the run comes to if none does. */
import type { ErrorCode } from '../../errors.ts'
import type { PassesEnd, Summary } from '../../model/results/summary.ts'
import { foundOf } from '../../model/tally.ts'

/** Another pass would meet these too. */
const LASTING: ReadonlySet<ErrorCode> = new Set([
  'USAGE',
  'TABLE_NOT_FOUND',
  'TABLE_CHANGED',
  'KEY_SCHEMA_MISMATCH',
  'KEY_SPELLING',
  'UNMASKED',
  'KEY_COLLISION',
  'ACCESS_DENIED',
  'FILE_UNWRITABLE',
  'INTERNAL',
])

export interface PassToJudge {
  /** The last pass. */
  readonly summary: Summary
  readonly pass: number
  /** Passes that may be made. Undefined: as many as there is time for. */
  readonly most: number | undefined
  readonly isTimeOver: boolean
  readonly isEndedByCaller: boolean
}

export interface RunEnded {
  readonly end: PassesEnd
  readonly outcome: Summary['outcome']
}

/** Undefined: another pass follows. */
export function endOfRun(judged: PassToJudge): RunEnded | undefined {
  const { summary, pass, most, isTimeOver, isEndedByCaller } = judged
  const { outcome, errors } = summary
  if (outcome === 'stopped') return { end: outcome, outcome }
  if (outcome === 'in-sync' && isClean(summary)) return { end: 'in-sync', outcome }
  if (isEndedByCaller) return { end: 'interrupted', outcome: 'interrupted' }
  if (errors.some(({ code }) => LASTING.has(code))) {
    return { end: 'incomplete', outcome: unclean(outcome) }
  }
  if (isTimeOver) return { end: 'time-over', outcome: unclean(outcome) }
  return pass === most ? { end: 'max-passes', outcome: unclean(outcome) } : undefined
}

/** Whether a pass has found nothing and written nothing. */
const isClean = ({ replicas }: Summary): boolean =>
  Object.values(replicas).every(
    (replica) => foundOf(replica) + replica.written + replica.deleted === 0,
  )

/** No pass has looked whether what the last one repaired has held. */
function unclean(outcome: Summary['outcome']): Summary['outcome'] {
  if (outcome === 'in-sync') return 'different'
  return outcome === 'interrupted' ? 'incomplete' : outcome
}
