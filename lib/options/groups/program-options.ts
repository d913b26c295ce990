/** Options that only a program can give: functions, a signal, time-outs. */
import { usageError } from '../../errors.ts'
import type { Difference } from '../../model/difference.ts'
import type { RunEvent } from '../../model/events/events.ts'
import type { Question } from '../../model/events/question.ts'
import type { Milliseconds } from '../../model/units.ts'
import { shown } from '../values/quoted-value.ts'

export interface ProgramOptions {
  /** How long to wait for a table. */
  readonly timeouts?: Timeouts
  /** Aborted: the run stops after in-flight pages, with the outcome `interrupted`. */
  readonly signal?: AbortSignal
  /** Called with what the run finds out and how far it is. */
  readonly onProgress?: (event: RunEvent) => void
  /** Called with each difference and what was done about it; awaited, so that it can slow the run. */
  readonly onDifference?: (difference: Difference) => void | Promise<void>
  /**
   * Called before items of a replica are deleted, when all else is written and
   * it is known how many, and before an undo. Any answer but `true` stops the
   * run, with the safeguard `confirmation`. `ending` is aborted when nobody waits for the answer any
   * more. @default nobody is asked
   */
  readonly confirm?: (question: Question, ending: AbortSignal) => boolean | Promise<boolean>
}

export interface Timeouts {
  /** @default 5000 */
  readonly connect?: Milliseconds
  /** For the first byte of a response, and between any two. @default 20000 */
  readonly response?: Milliseconds
  /**
   * After this long without a byte, retries included, a table is given up.
   * Longer than `response`. @default 60000, or three times `response`
   */
  readonly silence?: Milliseconds
  /**
   * After this long without progress, for whatever reason, a segment is given
   * to another thread, and the second time given up. @default 300000
   */
  readonly stall?: Milliseconds
  /** For the module with your own rules to load, in each thread. @default 10000 */
  readonly hooks?: Milliseconds
}

const isFunction = (value: unknown) => typeof value === 'function'

/** Each with what it has to be. */
export const PROGRAM_OPTIONS: {
  readonly [name in keyof ProgramOptions]-?: readonly [string, (value: unknown) => boolean]
} = {
  timeouts: ['an object', (value) => typeof value === 'object' && value !== null],
  signal: ['an AbortSignal', (value) => value instanceof AbortSignal],
  onProgress: ['a function', isFunction],
  onDifference: ['a function', isFunction],
  confirm: ['a function', isFunction],
}

const TIMEOUTS = ['connect', 'response', 'silence', 'stall', 'hooks']

/** The longest that Node's timers can wait, in milliseconds: some 24 days. */
const LONGEST = 2_147_483_647

const LEAVE_OUT = 'Correct it, or leave it out.'

export function checkProgramOptions(options: ProgramOptions): void {
  for (const [name, [expected, isRight]] of Object.entries(PROGRAM_OPTIONS)) {
    const value = options[name as keyof ProgramOptions]
    if (value === undefined || isRight(value)) continue
    throw usageError(`Expected \`${name}\` to be ${expected}, got ${shown(value)}`, LEAVE_OUT)
  }
  for (const [name, value] of Object.entries(options.timeouts ?? {})) {
    if (!TIMEOUTS.includes(name)) {
      throw usageError(
        `Expected \`timeouts\` to have ${TIMEOUTS.join(', ')}, got \`${name}\``,
        LEAVE_OUT,
      )
    }
    if (value === undefined || (value > 0 && value <= LONGEST)) continue
    throw usageError(
      `Expected \`timeouts.${name}\` to be milliseconds, from 1 to ${LONGEST}, got ${shown(value)}`,
      'Leave it out to keep its default.',
    )
  }
  const { response = 0, silence = Number.POSITIVE_INFINITY } = options.timeouts ?? {}
  if (silence > response) return
  throw usageError(
    `Expected \`timeouts.silence\` to be longer than \`timeouts.response\`, which is ${response} ms, got ${silence} ms`,
    'Raise timeouts.silence, or lower timeouts.response.',
  )
}
