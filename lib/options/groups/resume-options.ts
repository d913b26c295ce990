/** Options of runs that may be left and taken up again. */
import { usageError } from '../../errors.ts'
import type { Milliseconds } from '../../model/units.ts'
import { filled, type Group, type OptionsOf, type Spelling } from '../option.ts'
import { parseDuration } from '../values/duration.ts'

export const RESUME_OPTIONS = {
  /**
   * Save in this file how far the run has come, so that it can be taken up
   * again. Without `resume` or `restart` it must not exist yet.
   */
  checkpoint: {
    flag: 'checkpoint',
    notFor: ['shard-plan'],
    kind: 'text',
    value: 'file',
    help: 'Save in this file (mode 0600), now and then and at the end, how far the run has come',
  },
  /** Go on where the checkpoint says. @default false */
  resume: {
    flag: 'resume',
    notFor: ['shard-plan'],
    kind: 'switch',
    help: 'Go on where the checkpoint says',
  },
  /** Begin anew, whatever the checkpoint says. @default false */
  restart: {
    flag: 'restart',
    notFor: ['shard-plan'],
    kind: 'switch',
    help: 'Begin anew, whatever the checkpoint says',
  },
  /** Longest time between two saves, in seconds. @default 10 */
  checkpointInterval: {
    flag: 'checkpoint-interval',
    also: ['shard'],
    notFor: ['shard-plan'],
    kind: 'number',
    value: 'seconds',
    least: 0.05,
    most: 3600,
    default: 10,
    help: 'Longest time between two saves',
  },
  /** Once this much time has passed, finish the pages in flight and stop: `90s`, `30m`, `8h`. */
  maxDuration: {
    flag: 'max-duration',
    also: ['shard'],
    notFor: ['shard-plan'],
    kind: 'duration',
    value: 'duration',
    help: 'Once this much time has passed, finish the pages in flight and stop: 90s, 30m, 8h',
  },
} as const satisfies Group

export type ResumeOptions = OptionsOf<typeof RESUME_OPTIONS>

export interface ResumeSettings {
  readonly checkpoint:
    | {
        readonly file: string
        readonly mode: 'new' | 'resume' | 'restart'
        readonly interval: Milliseconds
      }
    | undefined
  /** Undefined: as long as it takes. */
  readonly maxDuration: Milliseconds | undefined
}

type Given = ResumeOptions & {
  readonly plan?: string
  readonly journal?: string
  readonly report?: string
}

export function resolveResume(given: Given, spelling: Spelling): ResumeSettings {
  const { maxDuration } = given
  return {
    checkpoint: checkpointOf(given, spelling),
    maxDuration:
      maxDuration === undefined ? undefined : parseDuration(maxDuration, spelling('maxDuration')),
  }
}

function checkpointOf(given: Given, spelling: Spelling): ResumeSettings['checkpoint'] {
  const { checkpoint: file, resume, restart, checkpointInterval } = filled(RESUME_OPTIONS, given)
  const alone = (['resume', 'restart', 'checkpointInterval'] as const).find(
    (name) => given[name] !== undefined && given[name] !== false,
  )
  if (file === undefined) {
    if (alone === undefined) return undefined
    throw usageError(
      `Expected \`${spelling(alone)}\` to come with \`${spelling('checkpoint')}\`, got it alone`,
      `Add \`${spelling('checkpoint')}\` with a file name.`,
    )
  }
  const apart = (other: string, why: string) =>
    usageError(`Expected \`${spelling('checkpoint')}\` to come without ${other}, got both`, why)
  if (resume && restart) {
    throw usageError(
      `Expected \`${spelling('resume')}\` or \`${spelling('restart')}\`, got both`,
      'Leave one of the two out.',
    )
  }
  if (given.report === '-') {
    throw apart(
      `\`${spelling('report')} -\``,
      'Name a file for the report: a resumed run has to append to it.',
    )
  }
  if (given.journal?.endsWith('.gz')) {
    throw apart(
      'a compressed journal',
      'Name a journal without .gz: a resumed run has to append to it.',
    )
  }
  return {
    file,
    mode: resume ? 'resume' : restart ? 'restart' : 'new',
    interval: checkpointInterval * 1000,
  }
}
