/** How a run ended, and what went wrong in it. */

import { count, counted } from '../../model/figures.ts'
import type { Summary } from '../../model/results/summary.ts'
import type { Stop } from '../../model/safeguard.ts'
import { duration } from '../durations.ts'

export const OUTCOME = {
  'in-sync': 'In sync',
  different: 'Differences remain',
  sampled: 'A part was compared',
  incomplete: 'Incomplete: not everything could be read, verified or written',
  stopped: 'Stopped by a safeguard',
  interrupted: 'Interrupted',
}

/** Why a run took longer than its scan. */
export function waitedLines({ standstill }: Pick<Summary, 'standstill'>): string[] {
  if (standstill === undefined) return []
  const { keys, waitedMs } = standstill
  const time = waitedMs < 1000 ? `${Math.ceil(waitedMs / 100) / 10} s` : duration(waitedMs)
  return [`waited  ${time} for ${counted(keys, 'key')} to stand still (--min-mismatch-age)`]
}

/** What went wrong. With --quiet, people see only this. */
export function errorLines({ replicas, errors }: Summary): string[] {
  const lines: string[] = []
  for (const { table, message, hint, count: times } of errors) {
    const often = times > 1 ? ` (${times} times)` : ''
    lines.push(`error   ${table === '' ? '' : `${table}: `}${message}${often}`)
    if (hint !== undefined) lines.push(`        ${hint}`)
  }
  for (const [label, { failed }] of Object.entries(replicas)) {
    if (failed === 0) continue
    lines.push(`error   ${label}: items that could not be repaired: ${count(failed)}`)
    lines.push('        --report FILE or --verbose tells why, item by item')
  }
  return lines
}

export const stopLines = ({ safeguard, message, hint }: Stop) => [
  `Stopped${byWhat(safeguard)}: ${message}.`,
  `        ${hint}`,
]

/** Names a limit that is a flag by its flag. */
function byWhat(safeguard: Stop['safeguard']): string {
  switch (safeguard) {
    case 'max-writes':
    case 'max-read-units':
    case 'max-deletes':
    case 'canary':
      return ` by --${safeguard}`
    case 'confirmation':
      return ''
    default:
      return ` by the ${safeguard} safeguard`
  }
}
