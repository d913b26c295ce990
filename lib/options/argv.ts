/** The command line: flags in, what `runSync` takes out. */
import { cac } from 'cac'
import { usageError } from '../errors.ts'
import { FILE_COMMANDS, refuseStray } from './commands.ts'
import { canonicalArguments, fromVerbatim, spellingsOf, TABLES } from './flags.ts'
import { asFlag, OPTIONS, TALK } from './groups/all-options.ts'
import { nearest } from './nearest.ts'
import type { Option } from './option.ts'
import type { ApplyOptions, RunOptions, UndoOptions } from './run-options.ts'

export interface CommandLine {
  /** What to do: compare and repair, take a repair back, or carry out a plan. */
  readonly command: 'sync' | keyof typeof FILE_COMMANDS
  readonly options: RunOptions & UndoOptions & ApplyOptions
  readonly talk: { readonly [name in keyof typeof TALK]: boolean }
}

/** Or, where help or the version was asked for, that text. */
export type Parsed = CommandLine | { readonly text: string }

const ALL: Readonly<Record<string, Option>> = { ...OPTIONS, ...TALK }

/** @throws TablesyncError with code `USAGE` */
export function parseArgv(argv: readonly string[], version: string): Parsed {
  if (argv.includes('--help') || argv.includes('-h')) return { text: helpText(argv[0]) }
  if (argv.includes('--version') || argv.includes('-V')) return { text: version }
  const [first = '', file, ...flags] = argv
  if (Object.hasOwn(FILE_COMMANDS, first)) {
    return parseFileCommand(first as keyof typeof FILE_COMMANDS, file, flags)
  }
  const alike = nearest(first, Object.keys(FILE_COMMANDS))
  return parseFlags('sync', argv, alike && `Is \`tablesync ${alike}\` meant? ${TABLES}`)
}

function parseFileCommand(
  command: keyof typeof FILE_COMMANDS,
  given: string | undefined,
  argv: readonly string[],
): CommandLine {
  const { file } = FILE_COMMANDS[command]
  if (given === undefined || given.startsWith('-')) {
    throw usageError(
      `Expected \`tablesync ${command}\` to be followed by the ${file}, got ${given ?? 'nothing'}`,
      `For example: tablesync ${command} ${file}.ndjson --dry-run`,
    )
  }
  const { hint } = FILE_COMMANDS[command]
  const { options, talk } = parseFlags(command, argv, `Name one ${file}. ${hint}`)
  refuseStray(command, options, asFlag)
  if (Object.hasOwn(options, file)) {
    throw usageError(
      `Expected \`tablesync ${command}\` to be followed by one ${file}, got \`${asFlag(file)}\` too`,
      hint,
    )
  }
  return { command, options: { ...options, [file]: given }, talk }
}

function parseFlags(
  command: CommandLine['command'],
  argv: readonly string[],
  onStray?: string,
): CommandLine {
  const cli = cac('tablesync')
  for (const [name, option] of Object.entries(ALL)) {
    cli.option(option.kind === 'switch' ? `--${name}` : `--${name} <${option.value}>`, option.help)
  }
  const parsed = cli.parse(['node', 'tablesync', ...canonicalArguments(argv, onStray)], {
    run: false,
  })
  const read = (names: object) =>
    Object.fromEntries(
      Object.keys(names)
        .filter((name) => Object.hasOwn(parsed.options, name))
        .map((name) => [name, readValue(ALL[name] as Option, [parsed.options[name]].flat())]),
    )
  const talk = { json: false, quiet: false, yes: false, verbose: false, ...read(TALK) }
  if (talk.quiet && talk.verbose) {
    throw usageError(
      'Expected `--verbose` or `--quiet`, got both',
      'One says more, the other less.',
    )
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
    throw usageError(`Expected one \`--${option.flag}\`, got ${values.length}`)
  }
  const [value = ''] = values
  return NUMBER[option.kind]?.test(value) ? Number(value) : value
}

const USAGE = {
  sync: 'tablesync --master <table> --replica <table> [flags]',
  apply: 'tablesync apply <plan> [flags]',
  undo: 'tablesync undo <journal> [flags]',
}

/** Our own layout: cac's puts every spelling of an option into one column. */
function helpText(first = ''): string {
  const command = Object.hasOwn(FILE_COMMANDS, first)
    ? (first as keyof typeof FILE_COMMANDS)
    : 'sync'
  const flags =
    command === 'sync' ? undefined : (FILE_COMMANDS[command].flags as ReadonlySet<string>)
  const others = Object.keys(USAGE).filter((name) => name !== command) as (keyof typeof USAGE)[]
  const lines = [
    `Usage: ${USAGE[command]}`,
    ...(command === 'sync' ? others.map((name) => `       ${USAGE[name]}`) : []),
    '',
  ]
  for (const [name, option] of Object.entries(ALL)) {
    const isKnown = flags === undefined ? option.only === undefined : flags.has(name)
    if (!isKnown) continue
    const value = option.kind === 'switch' ? '' : ` <${option.value}>`
    lines.push(`  ${spellingsOf(option).join(', ')}${value}`)
    lines.push(`      ${option.help}${defaultOf(option)}`)
  }
  lines.push('  -h, --help', '      Print this', '  -V, --version', '      Print the version', '')
  lines.push('Exit codes: 0 in sync, or all repaired; 1 differences remain; 2 usage or set-up;')
  lines.push('3 incomplete; 4 stopped by a safeguard; 129, 130 and 143 interrupted.')
  lines.push(
    command === 'sync'
      ? 'Nothing is written without a --write or --delete flag. Each of the commands has a --help of its own.'
      : 'It writes, unless --dry-run is given.',
  )
  return lines.join('\n')
}

function defaultOf(option: Option): string {
  return 'default' in option && option.default !== undefined ? ` (default: ${option.default})` : ''
}
