/** Commands beside the comparison: each works on a file, and knows only some of the flags. */
import { CONNECTION_OPTIONS } from './connection-options.ts'
import { TALK } from './table.ts'

export interface FileCommand {
  /** What the file is to the options of the library. */
  readonly file: 'journal' | 'plan'
  readonly flags: ReadonlySet<string>
  /** Why other flags are not for it. */
  readonly hint: string
}

const COMMON = [
  ...Object.keys(CONNECTION_OPTIONS),
  ...Object.keys(TALK),
  'dryRun',
  'maxWrites',
  'allowGlobalTable',
  'allowStreams',
  'parallel',
  'workers',
  'batchReadLimit',
  'report',
]

export const FILE_COMMANDS = {
  undo: {
    file: 'journal',
    flags: new Set(COMMON),
    hint: 'The journal says which tables it is for, and what they held.',
  },
  apply: {
    file: 'plan',
    flags: new Set([
      ...COMMON,
      'canary',
      'maxDeletes',
      'allowShrunkenMaster',
      'minMismatchAge',
      'recheckAttempts',
      'quiesced',
      'hooks',
      'undo',
    ]),
    hint: 'The plan says which tables it is for, and what is to be done.',
  },
} as const satisfies Record<string, FileCommand>
