/** The command line, by cac: flags in, what `runSync` takes out. */
import { cac } from 'cac'
import { type TablesyncError, usageError } from '../errors.ts'
import type { RunOptions } from './run-options.ts'
import { OPTIONS, type Option, TALK } from './table.ts'

export interface CommandLine {
  readonly options: RunOptions
  readonly talk: { readonly [name in keyof typeof TALK]: boolean }
}

/** `help`, `version`: all that was asked for is this text. */
export type Parsed = CommandLine | { readonly text: string }

/**
 * cac turns values that look like numbers into numbers: `--ignore 007` would
 * ignore `7`, and a long number would lose digits. A value that begins with
 * this is text to it.
 */
const VERBATIM = '\u0001'

/** @throws TablesyncError with code `USAGE` */
export function parseArgv(argv: readonly string[], version: string): Parsed {
  const cli = commandLine()
  if (argv.some((argument) => argument === '--help' || argument === '-h')) {
    return { text: helpText() }
  }
  if (argv.some((argument) => argument === '--version' || argument === '-V')) {
    return { text: version }
  }
  cli.parse(['node', 'tablesync', ...argv.map(verbatim)], { run: false })
  const command = cli.matchedCommand
  try {
    command?.checkUnknownOptions()
    command?.checkOptionValue()
  } catch (error) {
    throw asUsageError(error)
  }
  if (cli.args.length > 0) {
    throw usageError(
      `Expected flags only, got ${cli.args.map((arg) => JSON.stringify(plain(arg))).join(' ')}`,
      'Tables are named with --master and --replica.',
    )
  }
  return {
    options: readOptions(cli.options) as unknown as RunOptions,
    talk: readTalk(cli.options),
  }
}

function commandLine() {
  const cli = cac('tablesync')
  const command = cli.command('', 'Compare DynamoDB tables with a master, and repair them')
  for (const option of Object.values({ ...OPTIONS, ...TALK }) as Option[]) {
    command.option(rawName(option), option.help)
  }
  return cli
}

function rawName(option: Option): string {
  const names = [option.flag, ...(option.aliases ?? [])]
  const dashed = names.map((name) => (name.length === 1 ? `-${name}` : `--${name}`))
  return option.kind === 'switch' ? dashed.join(', ') : `${dashed.join(', ')} <${option.value}>`
}

function verbatim(argument: string): string {
  if (!argument.startsWith('-') || argument === '-') return `${VERBATIM}${argument}`
  const equals = argument.indexOf('=')
  return equals < 0
    ? argument
    : `${argument.slice(0, equals + 1)}${VERBATIM}${argument.slice(equals + 1)}`
}

const plain = (value: string) => (value.startsWith(VERBATIM) ? value.slice(1) : value)

function readOptions(parsed: Record<string, unknown>): Record<string, unknown> {
  const options: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(OPTIONS) as [string, Option][]) {
    const value = parsed[camelCase(option.flag)]
    if (value === undefined) continue
    options[name] = readValue(option, Array.isArray(value) ? value : [value])
  }
  return options
}

function readValue(option: Option, given: readonly unknown[]): unknown {
  const values = given.map((value) => (typeof value === 'string' ? plain(value) : value))
  if (option.kind === 'texts') return values
  const [value] = values
  if (option.kind === 'switch') return value !== false
  if (values.length > 1) {
    throw usageError(`Expected one \`--${option.flag}\`, got ${values.length}`)
  }
  if (option.kind === 'whole' && typeof value === 'string' && /^[+-]?\d+$/.test(value)) {
    return Number(value)
  }
  return value
}

function readTalk(parsed: Record<string, unknown>): CommandLine['talk'] {
  const asked = (name: keyof typeof TALK) => parsed[TALK[name].flag] === true
  return { json: asked('json'), quiet: asked('quiet'), verbose: asked('verbose') }
}

const camelCase = (flag: string) =>
  flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

function asUsageError(error: unknown): TablesyncError {
  const message = (error as Error).message.replaceAll(VERBATIM, '')
  return usageError(message, 'tablesync --help lists all flags.')
}

/** Our own layout: cac's puts every name of an option into one column. */
function helpText(): string {
  const lines = ['Usage: tablesync --master <table> --replica <table> [flags]', '']
  for (const option of Object.values({ ...OPTIONS, ...TALK }) as Option[]) {
    lines.push(`  ${rawName(option)}`, `      ${option.help}${defaultOf(option)}`)
  }
  lines.push('  -h, --help', '      Print this', '  -V, --version', '      Print the version', '')
  lines.push('Exit codes: 0 in sync, or all repaired; 1 differences remain; 2 usage or set-up;')
  lines.push(
    '3 incomplete; 130 interrupted. Nothing is written without a --write or --delete flag.',
  )
  return lines.join('\n')
}

function defaultOf(option: Option): string {
  return 'default' in option && option.default !== undefined ? ` (default: ${option.default})` : ''
}
