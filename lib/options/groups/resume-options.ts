/** Options of runs that may be left and taken up again. */
import { usageError } from '../../errors.ts'
import type { Milliseconds } from '../../model/units.ts'
import { parseDuration } from '../duration.ts'
import type { Option, Spelling } from '../option.ts'
import type { RunOptions } from '../run-options.ts'
import type { Settings } from '../settings.ts'

export const RESUME_OPTIONS = {
  checkpoint: {
    flag: 'checkpoint',
    kind: 'text',
    value: 'file',
    help: 'Save in this file (mode 0600), now and then and at the end, how far the run has come',
  },
  resume: {
    flag: 'resume',
    kind: 'switch',
    help: 'Go on where the checkpoint says',
  },
  restart: {
    flag: 'restart',
    kind: 'switch',
    help: 'Begin anew, whatever the checkpoint says',
  },
  checkpointInterval: {
    flag: 'checkpoint-interval',
    kind: 'number',
    value: 'seconds',
    least: 0.05,
    most: 3600,
    default: 10,
    help: 'Longest time between two saves',
  },
  maxDuration: {
    flag: 'max-duration',
    kind: 'text',
    value: 'duration',
    help: 'Stop after in-flight pages when this much time has passed: 90s, 30m, 8h',
  },
} as const satisfies Record<string, Option>

const DEFAULT_INTERVAL = 10

export function resolveCheckpoint(options: RunOptions, spelling: Spelling): Settings['checkpoint'] {
  const { checkpoint: file, resume, restart, checkpointInterval, plan, undo } = options
  const alone = (['resume', 'restart', 'checkpointInterval'] as const).find(
    (name) => options[name] !== undefined && options[name] !== false,
  )
  if (file === undefined) {
    if (alone === undefined) return undefined
    throw usageError(
      `Expected \`${spelling(alone)}\` to come with \`${spelling('checkpoint')}\`, got it alone`,
    )
  }
  const apart = (other: string, why: string) =>
    usageError(`Expected \`${spelling('checkpoint')}\` to come without ${other}, got both`, why)
  if (resume === true && restart === true) {
    throw usageError(`Expected \`${spelling('resume')}\` or \`${spelling('restart')}\`, got both`)
  }
  if (plan !== undefined) {
    throw apart(`\`${spelling('plan')}\``, 'A plan is of one run, and written whole or not at all.')
  }
  if (undo?.endsWith('.gz')) {
    throw apart(
      'a compressed journal',
      'Name one that does not end in .gz: it may have to be gone on with.',
    )
  }
  return {
    file,
    mode: resume === true ? 'resume' : restart === true ? 'restart' : 'new',
    interval: (checkpointInterval ?? DEFAULT_INTERVAL) * 1000,
  }
}

export function resolveDuration(
  { maxDuration }: RunOptions,
  spelling: Spelling,
): Milliseconds | undefined {
  return maxDuration === undefined ? undefined : parseDuration(maxDuration, spelling('maxDuration'))
}
