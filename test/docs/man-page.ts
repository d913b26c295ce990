/** The manual pages, generated from the options and from what the help says of each command. */
import { takes } from '../../lib/options/commands.ts'
import { consentFlags } from '../../lib/options/environment.ts'
import { SECTIONS } from '../../lib/options/groups/sections.ts'
import { COMMAND_PAGES } from '../../lib/options/help/command-pages.ts'
import { defaultOf, namesOf } from '../../lib/options/help/help-text.ts'
import { type Command, helpOf, type Option } from '../../lib/options/option.ts'

/** A manual page has a date; this is when its layout was last changed. */
const DATE = '2026-11-30'

const NAMES: { readonly [command in Command]: string } = {
  sync: 'compare and repair DynamoDB tables',
  apply: 'make the repairs that a plan lists',
  undo: 'take a repair back',
  revert: 'make a journal of what changed in an export',
  show: 'print a report, a plan or a journal',
  'shard-plan': 'divide a run among several machines',
  shard: 'do one shard of a planned run',
  merge: 'put together what the shards of a run have found',
  fingerprint: 'make or compare fingerprints of tables',
}

export const pageNameOf = (command: Command) =>
  command === 'sync' ? 'tablesync' : `tablesync-${command}`

export function manPage(command: Command): string {
  const { usage, summary, examples, exitCodes } = COMMAND_PAGES[command]
  const name = pageNameOf(command)
  return [
    '.\\" Made from the options: TABLESYNC_TEST_RECORD=yes node dist/test/docs/man.test.js',
    `.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 ${DATE} tablesync "tablesync manual"`,
    '.SH NAME',
    `${escaped(name)} \\- ${escaped(NAMES[command])}`,
    '.SH SYNOPSIS',
    ...(command === 'sync' ? SYNOPSIS : [usage]).flatMap((line, at) =>
      at === 0 ? [bold(line)] : ['.br', bold(line)],
    ),
    '.SH DESCRIPTION',
    ...sentences(summary),
    '.SH OPTIONS',
    ...SECTIONS.flatMap(({ task, options }) => {
      const taken = Object.values(options).filter((option) => takes(command, option))
      return taken.length === 0
        ? []
        : [`.SS ${escaped(task)}`, ...taken.flatMap((one) => linesOf(one, command))]
    }),
    '.SH ENVIRONMENT',
    ...sentences(
      'Each option can be given as a variable: TABLESYNC_ and its name in capitals, for example TABLESYNC_READ_CAPACITY=500. Options of the command line win.',
    ),
    ...sentences(`No variable can give ${consentFlags().join(', ')}.`),
    '.SH EXIT STATUS',
    ...exitCodes.flatMap(([code, meaning]) => ['.TP', bold(code), ...sentences(meaning)]),
    '.SH EXAMPLES',
    ...examples.flatMap(([what, line]) => ['.TP', escaped(`${what}:`), bold(line)]),
    '.SH SEE ALSO',
    (Object.keys(NAMES) as Command[])
      .filter((one) => one !== command)
      .map((one) => `.BR ${escaped(pageNameOf(one))} (1)`)
      .join(' ,\n'),
    '',
  ].join('\n')
}

const SYNOPSIS = [
  ...Object.values(COMMAND_PAGES).map(({ usage }) => usage),
  'tablesync help [command or topic]',
  'tablesync completion bash|zsh|fish',
]

function linesOf(option: Option, command: Command): string[] {
  const more = option.more === undefined ? '' : ` ${option.more.replaceAll('`', '')}`
  return [
    '.TP',
    bold(namesOf(option)),
    ...sentences(withoutLinks(`${helpOf(option, command)}${defaultOf(option)}.${more}`)),
  ]
}

/** `[many tables](many-tables.md)`: a terminal follows no link. */
const withoutLinks = (text: string) => text.replace(/\[([^\]]+)\]\([^)]+\)/g, 'docs: $1')

const bold = (text: string) => `\\fB${escaped(text)}\\fR`

/** Each begins a line, as roff likes it. */
const sentences = (text: string) => escaped(text).split(/(?<=\.) (?=[A-Z])/)

/** A dash stays one, and a line that begins with a dot or a quote is no request. */
const escaped = (text: string) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1')
