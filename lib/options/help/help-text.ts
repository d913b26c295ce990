/** What `--help` prints, for each command: the flags that matter first, then all others by task. */
import { NAMED_COMMANDS, takes } from '../commands.ts'
import { spellingsOf } from '../flags.ts'
import { ALL_OPTIONS } from '../groups/all-options.ts'
import { SECTIONS } from '../groups/sections.ts'
import { type Command, helpOf, type Option } from '../option.ts'
import { TOPICS } from './asked-page.ts'
import { twoColumns, WIDTH, wrapped } from './columns.ts'
import { COMMAND_PAGES } from './command-pages.ts'

export function helpText(command: Command): string {
  const { usage, summary, common, examples, exitCodes } = COMMAND_PAGES[command]
  return [
    `Usage: ${usage}`,
    ...(command === 'sync' ? OTHER_COMMANDS : []),
    '',
    ...wrapped(summary, WIDTH),
    '',
    'Most needed',
    ...common.flatMap((name) => linesOf(ALL_OPTIONS[name] as Option, command)),
    ...sectionsOf(command).flatMap(({ task, options }) => [
      '',
      task,
      ...options.flatMap((option) => linesOf(option, command)),
    ]),
    '',
    'Examples',
    ...examples.flatMap(([what, line]) => [`  ${what}:`, ...commandLines(line)]),
    '',
    'Exit codes',
    ...exitCodes.flatMap(([code, meaning]) => twoColumns(code, meaning)),
    '',
    ...wrapped(ENDING[command === 'sync' ? 'sync' : 'file'], WIDTH),
  ].join('\n')
}

const OTHER_COMMANDS = [
  ...NAMED_COMMANDS.map((name) => `       ${COMMAND_PAGES[name].usage}`),
  '       tablesync help <command or topic>',
  '       tablesync completion bash|zsh|fish',
]

const ENDING = {
  sync: `Each command has a --help of its own. Topics of \`tablesync help\`: ${TOPICS.join(', ')}. Flags can be given in the environment too: \`tablesync help environment\`.`,
  file: 'Flags can be given in the environment too: `tablesync help environment`.',
}

/** What a command takes besides the flags that stand first. */
export function sectionsOf(command: Command): { task: string; options: Option[] }[] {
  const { common } = COMMAND_PAGES[command]
  return SECTIONS.map(({ task, options }) => ({
    task,
    options: Object.entries(options)
      .filter(([name, option]) => takes(command, option) && !common.includes(name))
      .map(([, option]) => option),
  })).filter(({ options }) => options.length > 0)
}

const linesOf = (option: Option, command: Command) =>
  twoColumns(namesOf(option), `${helpOf(option, command)}${defaultOf(option)}`)

/** Short names first, as they are looked for. */
export function namesOf(option: Option): string {
  const spellings = spellingsOf(option)
  const isShort = (name: string) => !name.startsWith('--')
  const names = [...spellings.filter(isShort), ...spellings.filter((name) => !isShort(name))]
  return `${names.join(', ')}${option.kind === 'switch' ? '' : ` <${option.value}>`}`
}

export function defaultOf(option: Option): string {
  return 'default' in option && option.default !== undefined ? ` (default: ${option.default})` : ''
}

/** A command that can be pasted, though it takes more than a line. */
function commandLines(command: string): string[] {
  const [first = '', ...rest] = wrapped(command, WIDTH - 10)
  const lines = [`    ${first}`, ...rest.map((line) => `      ${line}`)]
  return lines.map((line, at) => (at < lines.length - 1 ? `${line} \\` : line))
}
