/** Commands beside the comparison: each works on a file, and knows only some of the flags. */

import { usageError } from '../errors.ts'
import { TALK } from './groups/all-options.ts'
import { CONNECTION_OPTIONS } from './groups/connection-options.ts'
import { PACE_OPTIONS } from './groups/pace-options.ts'
import { PROGRAM_OPTIONS } from './groups/program-options.ts'
import type { Spelling } from './option.ts'
import { shown } from './quoted-value.ts'

/** @throws TablesyncError with code `USAGE` where an option means nothing to the command */
export function refuseStray(
  command: keyof typeof FILE_COMMANDS,
  options: object,
  spelling: Spelling,
): void {
  const { file, flags, hint }: FileCommand = FILE_COMMANDS[command]
  const isKnown = (name: string) =>
    name === file || flags.has(name) || Object.hasOwn(PROGRAM_OPTIONS, name)
  const stray = Object.entries(options).find(
    ([name, value]) => value !== undefined && !isKnown(name),
  )
  if (stray === undefined) return
  throw usageError(
    `Expected an option that \`tablesync ${command}\` knows, got \`${spelling(stray[0])}\``,
    hint,
  )
}

/** @throws TablesyncError with code `USAGE` where the command is given no file */
export function checkFile(command: keyof typeof FILE_COMMANDS, given: unknown): void {
  if (typeof given === 'string' && given !== '') return
  throw usageError(`Expected \`${FILE_COMMANDS[command].file}\` to be a file, got ${shown(given)}`)
}

/** @throws TablesyncError with code `USAGE` where it is given and is neither true nor false */
export function checkSwitch(given: unknown, name: string): void {
  if (given === undefined || typeof given === 'boolean') return
  throw usageError(`Expected \`${name}\` to be true or false, got ${shown(given)}`)
}

export interface FileCommand {
  /** What the file is to the options of the library. */
  readonly file: 'journal' | 'plan'
  readonly flags: ReadonlySet<string>
  /** Why other flags are not for it. */
  readonly hint: string
}

const COMMON = [
  ...Object.keys(CONNECTION_OPTIONS),
  ...Object.keys(PACE_OPTIONS),
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
    flags: new Set([...COMMON, 'allowDamaged']),
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
