/** The command line: flags in, what `runSync` takes out. */
import { cac } from 'cac'
import { usageError } from '../errors.ts'
import { FILE_COMMANDS, hintOf, isFileCommand, refuseStray } from './commands.ts'
import { type Environment, optionsFrom, spellingWith } from './environment.ts'
import {
  canonicalArguments,
  fromVerbatim,
  type GivenOption,
  givenOptions,
  spellingsOf,
  TABLES,
} from './flags.ts'
import { ALL_OPTIONS, asFlag, COMMAND_OPTIONS, OPTIONS } from './groups/all-options.ts'
import type { FingerprintOnly } from './groups/fingerprint-options.ts'
import { askedPage, COMMANDS, type Page } from './help/asked-page.ts'
import { nearest } from './nearest.ts'
import {
  type Command,
  type FileCommand,
  type Filled,
  filled,
  type Group,
  type Option,
  type Spelling,
} from './option.ts'
import type {
  ApplyOptions,
  FingerprintOptions,
  RevertOptions,
  RunOptions,
  ShardOptions,
  ShardPlanOptions,
  ShowOptions,
  UndoOptions,
} from './run-options.ts'
import { checkValue } from './values/check-value.ts'

export interface CommandLine {
  readonly command: Command
  readonly options: RunOptions &
    UndoOptions &
    ApplyOptions &
    RevertOptions &
    ShowOptions &
    ShardPlanOptions &
    ShardOptions &
    FingerprintOptions &
    Pick<FingerprintOnly, 'compare'>
  readonly talk: Filled<typeof COMMAND_OPTIONS>
  /** What of that was given; the rest are defaults. */
  readonly talkGiven: Readonly<Record<string, unknown>>
  /** What of that the environment gave. Absent: nothing. */
  readonly fromEnvironment?: readonly GivenOption[]
}

/** Or, where the version or a page was asked for, that. */
export type Parsed = CommandLine | { readonly text: string } | { readonly page: Page }

/** @throws TablesyncError with code `USAGE` */
export function parseArgv(argv: readonly string[], version: string, env: Environment = {}): Parsed {
  const page = askedPage(argv)
  if (page !== undefined) return { page }
  if (argv.includes('--version') || argv.includes('-V')) return { text: version }
  const [first = '', file, ...flags] = argv
  if (first === 'fingerprint' && file?.startsWith('--compare')) {
    return parseComparison(argv.slice(1), env)
  }
  if (isFileCommand(first)) return parseFileCommand(first, file, flags, env)
  if (first === 'shard-plan') return parseShardPlan(argv.slice(1), env)
  const alike = nearest(first, COMMANDS)
  const onStray = alike && `Is \`tablesync ${alike}\` meant? ${TABLES}`
  const parsed = parseFlags('sync', argv, env, onStray)
  const isBare = argv.length === 0 && parsed.fromEnvironment === undefined
  return isBare ? { page: { kind: 'welcome' } } : parsed
}

function parseFileCommand(
  command: FileCommand,
  given: string | undefined,
  argv: readonly string[],
  env: Environment,
): CommandLine {
  const file = FILE_COMMANDS[command]
  if (given === undefined || given.startsWith('-')) {
    throw usageError(
      `Expected \`tablesync ${command}\` to be followed by the ${file}, got ${given ?? 'nothing'}`,
      `For example: tablesync ${command} ${EXAMPLE[command]}`,
    )
  }
  const commandLine = parseFlags(command, argv, env, `Name one ${file}, and no tables.`)
  const { options } = commandLine
  refuseStrayFlags(commandLine)
  if (Object.hasOwn(options, file)) {
    throw usageError(
      `Expected \`tablesync ${command}\` to be followed by one ${file}, got \`${asFlag(file)}\` too`,
      hintOf(command),
    )
  }
  return { ...commandLine, options: { ...options, [file]: given } }
}

/** `--compare A B` names two files; `--compare A --compare B` does too. */
function parseComparison(argv: readonly string[], env: Environment): CommandLine {
  const [flag = '', one, other, ...rest] = argv
  const isPair = flag === '--compare' && other !== undefined && !other.startsWith('-')
  const words = isPair ? [flag, one as string, flag, other, ...rest] : argv
  const commandLine = parseFlags('fingerprint', words, env, 'Name two fingerprints.')
  refuseStrayFlags(commandLine)
  return commandLine
}

function parseShardPlan(argv: readonly string[], env: Environment): CommandLine {
  const commandLine = parseFlags('shard-plan', argv, env)
  refuseStrayFlags(commandLine)
  return commandLine
}

function refuseStrayFlags({ command, options, talk }: CommandLine): void {
  if (command === 'sync') return
  const untold = filled(COMMAND_OPTIONS, {}) as Record<string, unknown>
  const told = Object.entries(talk).filter(([name, value]) => value !== untold[name])
  refuseStray(command, { ...options, ...Object.fromEntries(told) }, asFlag)
}

const EXAMPLE: { readonly [command in FileCommand]: string } = {
  apply: 'plan.ndjson --dry-run',
  undo: 'journal.ndjson --dry-run',
  revert:
    'AWSDynamoDB/01695097218000-d6299cbd --replica us-east-1:Orders --all --journal undo.ndjson',
  show: 'report.ndjson',
  shard: '/mnt/shared/orders --shard-index 3',
  merge: '/mnt/shared/orders --report report.ndjson',
  fingerprint: 'us-east-1:Orders --out a.json',
}

function parseFlags(
  command: CommandLine['command'],
  argv: readonly string[],
  env: Environment,
  onStray?: string,
): CommandLine {
  const given = givenOptions(argv, onStray)
  const fromEnvironment = optionsFrom(env, command, given)
  const cli = cac('tablesync')
  for (const [name, option] of Object.entries(ALL_OPTIONS)) {
    cli.option(option.kind === 'switch' ? `--${name}` : `--${name} <${option.value}>`, option.help)
  }
  const words = canonicalArguments([...given, ...fromEnvironment])
  const parsed = cli.parse(['node', 'tablesync', ...words], { run: false })
  const read = (names: object) =>
    Object.fromEntries(
      Object.keys(names)
        .filter((name) => Object.hasOwn(parsed.options, name))
        .map((name) => [
          name,
          readValue(ALL_OPTIONS[name] as Option, [parsed.options[name]].flat()),
        ]),
    )
  const talkGiven = read(COMMAND_OPTIONS)
  const talk = filled(COMMAND_OPTIONS, talkGiven)
  const options = read(OPTIONS) as unknown as CommandLine['options']
  const spelling = spellingWith(fromEnvironment)
  checkTalk(talk, spelling)
  refuseBothOnStdout(talk, options, spelling)
  refuseHalfEstimates(talk.estimate, given)
  return {
    command,
    options,
    talk,
    talkGiven,
    ...(fromEnvironment.length > 0 && { fromEnvironment }),
  }
}

export function refuseBothOnStdout(
  { json }: Pick<CommandLine['talk'], 'json'>,
  { report }: { readonly report?: unknown },
  spelling: Spelling,
): void {
  if (!json || report !== '-') return
  throw usageError(
    `Expected \`${spelling('json')}\` or \`${spelling('report')} -\`, got both`,
    'Leave one of the two out, or name a file for the report.',
  )
}

/** A variable may stay set for the runs that take no estimate. */
function refuseHalfEstimates(isEstimate: boolean, given: readonly GivenOption[]): void {
  const alone = given.find(({ name }) => name === 'estimateFrom')
  if (isEstimate || alone === undefined) return
  throw usageError(
    `Expected \`${alone.spelling}\` to come with \`--estimate\`, got it alone`,
    'Add `--estimate`.',
  )
}

/** Of options that a program cannot give, nobody else checks the values. */
export function checkTalk(talk: CommandLine['talk'], spelling: Spelling): void {
  for (const [name, option] of Object.entries(COMMAND_OPTIONS as Group)) {
    const value = talk[name as keyof CommandLine['talk']]
    if (value !== undefined) checkValue(option, spelling(name), value)
  }
  if (talk.quiet && talk.verbose) {
    throw usageError('Expected `--verbose` or `--quiet`, got both', 'Leave one of the two out.')
  }
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
