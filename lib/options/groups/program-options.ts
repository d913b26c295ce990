/** Options that only a program can give: functions, a signal, time-outs. */
import { usageError } from '../../errors.ts'
import { shown } from '../quoted-value.ts'
import type { RunOptions } from '../run-options.ts'

type ProgramOption = 'timeouts' | 'signal' | 'onProgress' | 'onDifference' | 'confirm'

/** Each with what it has to be. */
export const PROGRAM_OPTIONS: {
  readonly [name in ProgramOption]: readonly [string, (value: unknown) => boolean]
} = {
  timeouts: ['an object', (value) => typeof value === 'object' && value !== null],
  signal: ['an AbortSignal', (value) => value instanceof AbortSignal],
  onProgress: ['a function', (value) => typeof value === 'function'],
  onDifference: ['a function', (value) => typeof value === 'function'],
  confirm: ['a function', (value) => typeof value === 'function'],
}

const TIMEOUTS = ['connect', 'response', 'silence', 'stall', 'hooks']

/** The longest that Node's timers can wait, in milliseconds: some 24 days. */
const LONGEST = 2_147_483_647

export function checkProgramOptions(options: RunOptions): void {
  for (const [name, [expected, isRight]] of Object.entries(PROGRAM_OPTIONS)) {
    const value = options[name as ProgramOption]
    if (value === undefined || isRight(value)) continue
    throw usageError(`Expected \`${name}\` to be ${expected}, got ${shown(value)}`)
  }
  for (const [name, value] of Object.entries(options.timeouts ?? {})) {
    if (!TIMEOUTS.includes(name)) {
      throw usageError(`Expected \`timeouts\` to have ${TIMEOUTS.join(', ')}, got \`${name}\``)
    }
    if (value === undefined || (value > 0 && value <= LONGEST)) continue
    throw usageError(
      `Expected \`timeouts.${name}\` to be milliseconds, from 1 to ${LONGEST}, got ${shown(value)}`,
    )
  }
  const { response = 0, silence = Number.POSITIVE_INFINITY } = options.timeouts ?? {}
  if (silence > response) return
  throw usageError(
    `Expected \`timeouts.silence\` to be longer than \`timeouts.response\`, which is ${response} ms, got ${silence} ms`,
    'A response that may still come is no silence.',
  )
}
