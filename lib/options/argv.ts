/** The command line: flags in, what `runSync` takes out. */
import { cac } from 'cac'
import { usageError } from '../errors.ts'
import { checkValue } from './check-value.ts'
import { type Command, FILE_COMMANDS, hintOf, isFileCommand, refuseStray } from './commands.ts'
import { canonicalArguments, fromVerbatim, spellingsOf, TABLES } from './flags.ts'
import { ALL_OPTIONS, asFlag, OPTIONS } from './groups/all-options.ts'
import { TALK } from './groups/talk-options.ts'
import { helpText } from './help.ts'
import { nearest } from './nearest.ts'
import { type FileCommand, type Filled, filled, type Option } from './option.ts'
import type { ApplyOptions, RunOptions, ShowOptions, UndoOptions } from './run-options.ts'

export interface CommandLine {
  /** What to do: compare and repair, take a repair back, carry out a plan, or show a file. */
  readonly command: Command
  readonly options: RunOptions & UndoOptions & ApplyOptions & ShowOptions
  readonly talk: Filled<typeof TALK>
}

/** Or, where help or the version was asked for, that text. */
export type Parsed = CommandLine | { readonly text: string }

/** @throws TablesyncError with code `USAGE` */
export function parseArgv(argv: readonly string[], version: string): Parsed {
  if (argv[0] === 'help') return { text: helpText(argv[1]) }
  if (argv.includes('--help') || argv.includes('-h')) return { text: helpText(argv[0]) }
  if (argv.includes('--version') || argv.includes('-V')) return { text: version }
  const [first = '', file, ...flags] = argv
  if (isFileCommand(first)) return parseFileCommand(first, file, flags)
  const alike = nearest(first, Object.keys(FILE_COMMANDS))
  return parseFlags('sync', argv, alike && `Is \`tablesync ${alike}\` meant? ${TABLES}`)
}

function parseFileCommand(
  command: FileCommand,
  given: string | undefined,
  argv: readonly string[],
): CommandLine {
  const file = FILE_COMMANDS[command]
  if (given === undefined || given.startsWith('-')) {
    throw usageError(
      `Expected \`tablesync ${command}\` to be followed by the ${file}, got ${given ?? 'nothing'}`,
      `For example: tablesync ${command} ${EXAMPLE[command]}`,
    )
  }
  const { options, talk } = parseFlags(command, argv, `Name one ${file}, and no tables.`)
  const talkGiven = Object.entries(talk).filter(([, isOn]) => isOn === true)
  refuseStray(command, { ...options, ...Object.fromEntries(talkGiven) }, asFlag)
  if (Object.hasOwn(options, file)) {
    throw usageError(
      `Expected \`tablesync ${command}\` to be followed by one ${file}, got \`${asFlag(file)}\` too`,
      hintOf(command),
    )
  }
  return { command, options: { ...options, [file]: given }, talk }
}

const EXAMPLE: { readonly [command in FileCommand]: string } = {
  apply: 'plan.ndjson --dry-run',
  undo: 'journal.ndjson --dry-run',
  show: 'report.ndjson',
}

function parseFlags(
  command: CommandLine['command'],
  argv: readonly string[],
  onStray?: string,
): CommandLine {
  const cli = cac('tablesync')
  for (const [name, option] of Object.entries(ALL_OPTIONS)) {
    cli.option(option.kind === 'switch' ? `--${name}` : `--${name} <${option.value}>`, option.help)
  }
  const parsed = cli.parse(['node', 'tablesync', ...canonicalArguments(argv, onStray)], {
    run: false,
  })
  const read = (names: object) =>
    Object.fromEntries(
      Object.keys(names)
        .filter((name) => Object.hasOwn(parsed.options, name))
        .map((name) => [
          name,
          readValue(ALL_OPTIONS[name] as Option, [parsed.options[name]].flat()),
        ]),
    )
  const talk = filled(TALK, read(TALK))
  checkValue(TALK.progress, '--progress', talk.progress)
  if (talk.quiet && talk.verbose) {
    throw usageError('Expected `--verbose` or `--quiet`, got both', 'Leave one of the two out.')
  }
  return { command, options: read(OPTIONS) as unknown as CommandLine['options'], talk }
}

/** What is read as a number, by kind of option; all else is text. */
const NUMBER: { readonly [kind in Option['kind']]?: RegExp } = {
  whole: /^[+-]?\d+$/,
  number: /^[+-]?\d+(\.\d+)?$/,
}

function readValue(option: Option, given: readonly (string | true)[]): unknown {
  if (option.kind === 'switch') return option.turnsOff !== true
  const values = given.map((value) => fromVerbatim(String(value)))
  if (option.kind === 'texts') return values
  if (values.length > 1) {
    const names = spellingsOf(option).join(' or ')
    throw usageError(
      `Expected one \`--${option.flag}\`, got ${values.length}`,
      `Give ${names} once.`,
    )
  }
  const [value = ''] = values
  return NUMBER[option.kind]?.test(value) ? Number(value) : value
}
