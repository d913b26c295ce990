/** Commands beside the comparison: each works on a file, and takes only some of the options. */
import { usageError } from '../errors.ts'
import { unknownOption } from './check.ts'
import { ALL_OPTIONS } from './groups/all-options.ts'
import { PROGRAM_OPTIONS } from './groups/program-options.ts'
import type { Command, FileCommand, Option, Spelling } from './option.ts'
import { shown } from './values/quoted-value.ts'

/** The file of each, as the options of the library call it. */
export const FILE_COMMANDS = {
  apply: 'plan',
  undo: 'journal',
  revert: 'export',
  show: 'file',
  shard: 'folder',
  merge: 'folder',
  fingerprint: 'table',
} as const satisfies Record<FileCommand, string>

export const isFileCommand = (name: string): name is FileCommand =>
  Object.hasOwn(FILE_COMMANDS, name)

/** The commands that have a name: all but the comparison. */
export const NAMED_COMMANDS = [
  ...(Object.keys(FILE_COMMANDS) as FileCommand[]),
  'shard-plan',
] as const

export const isNamedCommand = (name: string): name is (typeof NAMED_COMMANDS)[number] =>
  NAMED_COMMANDS.some((one) => one === name)

/** Whether a command takes an option. */
export function takes(command: Command, { only, also = [], notFor = [] }: Option): boolean {
  if (only !== undefined) return only.some((one) => one === command)
  if (command === 'shard-plan') return !notFor.includes(command)
  return command === 'sync' || also.includes(command)
}

/** Why a command refuses an option. */
export function hintOf(command: Exclude<Command, 'sync'>): string {
  return HINTS[command]
}

const decided = (file: string) =>
  `Leave it out: the ${file} already says which tables, and what is done to them.`

const HINTS: { readonly [command in Exclude<Command, 'sync'>]: string } = {
  apply: decided('plan'),
  undo: decided('journal'),
  show: 'Leave it out: `tablesync show` only reads a file.',
  revert: 'Leave it out: `tablesync revert` only writes a journal.',
  'shard-plan': 'Leave it out: docs/shards.md says what does not go together with shards.',
  shard: 'Leave it out, or give it to `tablesync shard-plan`: the folder fixes it for all shards.',
  merge: 'Leave it out: `tablesync merge` only reads what shards have committed.',
  fingerprint: 'Leave it out: a fingerprint reads one table.',
}

/** @throws TablesyncError with code `USAGE` where the command does not take an option */
export function refuseStray(
  command: Exclude<Command, 'sync'>,
  options: object,
  spelling: Spelling,
): void {
  const isTaken = (name: string) => {
    if (command !== 'shard-plan' && name === FILE_COMMANDS[command]) return true
    if (Object.hasOwn(PROGRAM_OPTIONS, name)) return true
    return Object.hasOwn(ALL_OPTIONS, name) && takes(command, ALL_OPTIONS[name] as Option)
  }
  const stray = Object.entries(options).find(
    ([name, value]) => value !== undefined && !isTaken(name),
  )
  if (stray === undefined) return
  if (!Object.hasOwn(ALL_OPTIONS, stray[0])) throw unknownOption(stray[0])
  throw usageError(
    `Expected an option that \`tablesync ${command}\` takes, got \`${spelling(stray[0])}\``,
    hintOf(command),
  )
}

/** @throws TablesyncError with code `USAGE` where the command is given no file */
export function checkFile(command: FileCommand, given: unknown): void {
  if (typeof given === 'string' && given !== '') return
  const name = FILE_COMMANDS[command]
  const { is, hint } = NO_FILE[command] ?? {
    is: 'file',
    hint: `Name the ${name} that a run wrote.`,
  }
  throw usageError(`Expected \`${name}\` to be a ${is}, got ${shown(given)}`, hint)
}

const OF_SHARDS = { is: 'folder', hint: 'Name the folder that `tablesync shard-plan` has made.' }

/** What a command takes that is no file. */
const NO_FILE: {
  readonly [command in FileCommand]?: { readonly is: string; readonly hint: string }
} = {
  revert: { is: 'folder', hint: 'Name the folder of the export.' },
  shard: OF_SHARDS,
  merge: OF_SHARDS,
  fingerprint: { is: 'table', hint: 'Name it as <region>:<table> or ARN.' },
}
