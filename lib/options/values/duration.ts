/** Durations as people write them: 90s, 30m, 8h; a bare number is seconds. */
import { usageError } from '../../errors.ts'
import type { Milliseconds } from '../../model/units.ts'
import { shown } from './quoted-value.ts'

const UNITS = { s: 1000, m: 60_000, h: 3_600_000 } as const

/** The longest that Node's timers can wait. */
const LONGEST: Milliseconds = 2_147_483_647

/**
 * @param name the option as the user knows it
 * @param least what it is to be at least
 */
export function parseDuration(text: string, name: string, least: Milliseconds = 1): Milliseconds {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text) ?? []
  const duration = Number(number) * (UNITS[unit as keyof typeof UNITS] ?? UNITS.s)
  if (number !== undefined && duration >= least && duration <= LONGEST) return duration
  throw usageError(
    `Expected \`${name}\` to be a duration like 90s, 30m or 8h, got ${shown(text)}`,
    'At most 24 days.',
  )
}
