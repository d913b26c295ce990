/** What `--help`, `tablesync help` and the greeting say. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgv } from '../../lib/options/argv.ts'
import { takes } from '../../lib/options/commands.ts'
import { spellingsOf } from '../../lib/options/flags.ts'
import { ALL_OPTIONS } from '../../lib/options/groups/all-options.ts'
import { SECTIONS } from '../../lib/options/groups/sections.ts'
import { SHELLS, TOPICS } from '../../lib/options/help/asked-page.ts'
import { COMMAND_PAGES } from '../../lib/options/help/command-pages.ts'
import { pageText } from '../../lib/options/help/page-text.ts'
import { type Command, helpOf } from '../../lib/options/option.ts'
import { root } from '../docs/pages.ts'
import { t } from '../support/tap.ts'

const WIDTH = 80
const COMMANDS = Object.keys(COMMAND_PAGES) as Command[]

function textOf(...argv: string[]): string {
  const parsed = parseArgv(argv, '1.2.3')
  if (!('page' in parsed)) throw new Error('no page')
  return pageText(parsed.page)
}

/** As if the lines were endlessly long. */
const unwrapped = (text: string) => text.replace(/\s+/g, ' ')

const longLines = (text: string) => text.split('\n').filter((line) => line.length > WIDTH)

for (const command of COMMANDS) {
  const text = textOf(...(command === 'sync' ? [] : [command]), '--help')
  const { common, usage, examples, exitCodes } = COMMAND_PAGES[command]

  t.test(`the help of ${command} has every flag that it takes, once, and no other`, async (t) => {
    for (const option of Object.values(ALL_OPTIONS)) {
      const names = new RegExp(`^ {2}(-\\w, )*${`--${option.flag}`}(?![\\w-])`, 'gm')
      const expected = takes(command, option) ? 1 : 0
      t.equal(text.match(names)?.length ?? 0, expected, option.flag)
      if (expected === 0) continue
      t.ok(unwrapped(text).includes(helpOf(option, command)), helpOf(option, command))
      for (const spelling of spellingsOf(option)) t.ok(text.includes(spelling), spelling)
      if ('default' in option && option.default !== undefined) {
        t.ok(unwrapped(text).includes(`(default: ${option.default})`), option.flag)
      }
    }
  })

  t.test(`the help of ${command} fits ${WIDTH} columns`, async (t) => {
    t.same(longLines(text), [])
  })

  t.test(`the help of ${command} begins with the flags that matter`, async (t) => {
    t.ok(text.startsWith(`Usage: ${usage}\n`))
    t.ok(common.length <= 10)
    const flags = [...text.matchAll(/^ {2}(?:-\w, )*--([\w-]+)/gm)].map(([, flag]) => flag)
    t.same(
      flags.slice(0, common.length),
      common.map((name) => ALL_OPTIONS[name]?.flag),
    )
  })

  t.test(`the help of ${command} has examples that parse, and exit codes`, async (t) => {
    for (const [what, line] of examples) {
      const words = line.split(' ').slice(1)
      t.doesNotThrow(() => parseArgv(words, '1.2.3'), line)
      t.ok(text.includes(what))
    }
    t.ok(text.includes('\nExit codes\n'))
    for (const [code, meaning] of exitCodes) t.ok(unwrapped(text).includes(`${code} ${meaning}`))
  })

  t.test(`tablesync help ${command} is its --help`, async (t) => {
    t.equal(textOf('help', command), text)
  })
}

t.test('the help of a comparison begins with ten flags, and groups the others', async (t) => {
  t.equal(COMMAND_PAGES.sync.common.length, 10)
  const text = textOf('--help')
  t.equal(textOf('help'), text)
  const tasks = SECTIONS.map(({ task }) => text.indexOf(`\n${task}\n`))
  t.ok(tasks.every((at) => at > 0))
  t.same(
    tasks,
    [...tasks].sort((a, b) => a - b),
  )
})

t.test('each option is in one section', async (t) => {
  const names = SECTIONS.flatMap(({ options }) => Object.keys(options))
  t.same(names.sort(), [...Object.keys(ALL_OPTIONS), 'help', 'version'].sort())
})

t.test(
  'the help of an undo speaks of no scan, and of no deletions to be asked about',
  async (t) => {
    const text = unwrapped(textOf('undo', '--help'))
    t.notMatch(text, /scanned|Segments|before deletions|finished segment/)
    t.match(text, 'It scans nothing.')
  },
)

for (const topic of TOPICS) {
  t.test(`tablesync help ${topic} is short, and points to a page`, async (t) => {
    const text = textOf('help', topic)
    t.ok(text.split('\n').length <= 25, `${text.split('\n').length} lines`)
    t.same(longLines(text), [])
    const pages = [...text.matchAll(/docs\/[\w-]+\.md/g)].map(([page]) => page)
    t.ok(pages.length > 0)
    for (const page of pages) t.doesNotThrow(() => readFileSync(join(root, page)), page)
    const flags = [...text.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([flag]) => flag)
    const known = Object.values(ALL_OPTIONS).map(({ flag }) => `--${flag}`)
    t.same(
      flags.filter((flag) => !known.includes(flag)),
      [],
    )
    t.ok(textOf('help').includes(topic), 'the help names it')
  })
}

for (const [argv, refusal] of [
  [['help', 'repiar'], { message: /got "repiar"$/, hint: /^Is `tablesync help repair` meant\?/ }],
  [['help', 'undoo'], { hint: /^Is `tablesync help undo` meant\?/ }],
  [['help', 'x'], { hint: /^There are apply, undo, revert, show, shard, .*, completion\.$/ }],
  [['completion'], { message: /with one of bash, zsh, fish, got nothing$/ }],
  [['completion', 'fihs'], { hint: 'Is `tablesync completion fish` meant?' }],
  [['completion', 'csh'], { message: /got "csh"$/ }],
] as const) {
  t.test(`tablesync ${argv.join(' ')} is refused with what there is`, async (t) => {
    t.throws(() => parseArgv(argv, '1.2.3'), { code: 'USAGE', ...refusal })
  })
}

t.test('each shell has a script, and the command explains itself', async (t) => {
  for (const shell of SHELLS) t.match(textOf('completion', shell), `tablesync in ${shell}`)
  t.equal(textOf('completion', '--help'), textOf('help', 'completion'))
})

t.test('the greeting says what it is, with three examples that parse', async (t) => {
  const text = textOf()
  t.same(longLines(text), [])
  t.match(text, /^tablesync compares DynamoDB tables/)
  t.match(text, 'tablesync --help')
  const commands = text.replaceAll('\\\n', '').match(/^ {2}tablesync .*$/gm) ?? []
  t.equal(commands.length, 3)
  for (const line of commands) {
    const words = line.trim().replaceAll("'", '').split(/ +/).slice(1)
    t.doesNotThrow(() => parseArgv(words, '1.2.3'), line)
  }
})
