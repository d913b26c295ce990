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
} as const satisfies Record<FileCommand, string>

export const isFileCommand = (name: string): name is FileCommand =>
  Object.hasOwn(FILE_COMMANDS, name)

/** Whether a command takes an option. */
export function takes(command: Command, { only, also = [] }: Option): boolean {
  if (only !== undefined) return only.some((one) => one === command)
  return command === 'sync' || also.includes(command)
}

/** Why a command refuses an option. */
export function hintOf(command: FileCommand): string {
  if (command === 'show') return 'Leave it out: `tablesync show` only reads a file.'
  if (command === 'revert') return 'Leave it out: `tablesync revert` only writes a journal.'
  return `Leave it out: the ${FILE_COMMANDS[command]} already says which tables, and what is done to them.`
}

/** @throws TablesyncError with code `USAGE` where the command does not take an option */
export function refuseStray(command: FileCommand, options: object, spelling: Spelling): void {
  const isTaken = (name: string) => {
    if (name === FILE_COMMANDS[command] || Object.hasOwn(PROGRAM_OPTIONS, name)) return true
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
  const file = FILE_COMMANDS[command]
  throw usageError(
    `Expected \`${file}\` to be a file, got ${shown(given)}`,
    command === 'revert' ? 'Name the folder of the export.' : `Name the ${file} that a run wrote.`,
  )
}
