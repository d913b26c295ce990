/** The command line, parsed into the options of `runSync`. */

import { type Parsed, parseArgv } from '../../lib/options/argv.ts'
import { commandToResume } from '../../lib/options/command-to-resume.ts'
import { OPTIONS } from '../../lib/options/groups/all-options.ts'
import type { Option } from '../../lib/options/option.ts'
import { t } from '../support/tap.ts'

/** What was given of the options that only the command has is among them too, with their defaults. */
const parse = (...argv: string[]): Parsed => {
  const parsed = parseArgv(argv, '1.2.3')
  if (!('talkGiven' in parsed)) return parsed
  const { talkGiven, ...line } = parsed
  t.match(line.talk, talkGiven)
  return line as Parsed
}

/** What every comparison has in common. */
const sync = { command: 'sync' } as const

const SILENT = {
  ...{ json: false, quiet: false, yes: false, verbose: false, progress: 'auto' },
  ...{ logFormat: 'text', logFile: undefined, estimate: false },
  ...{ estimateFrom: undefined, prices: undefined },
  ...{ config: undefined, pairsAtOnce: undefined },
}
const options = Object.entries(OPTIONS) as [string, Option][]

for (const [name, option] of options) {
  for (const flag of [option.flag, ...(option.aliases ?? [])]) {
    const dashed = flag.length === 1 ? `-${flag}` : `--${flag}`
    if (option.kind === 'switch') {
      t.test(`parseArgv reads ${dashed} as ${name}`, async (t) => {
        const value = option.turnsOff !== true
        t.same(parse(dashed), { ...sync, options: { [name]: value }, talk: SILENT })
      })
      continue
    }
    const read = option.kind === 'texts' ? ['7'] : option.kind === 'whole' ? 7 : '7'
    t.test(`parseArgv reads ${dashed} as ${name}`, async (t) => {
      t.same(parse(dashed, '7'), { ...sync, options: { [name]: read }, talk: SILENT })
      t.same(parse(`${dashed}=7`), { ...sync, options: { [name]: read }, talk: SILENT })
    })

    t.test(`parseArgv refuses ${dashed} without a value`, async (t) => {
      const refusal = { code: 'USAGE', message: /Expected `-.*` to be followed by its </ }
      t.throws(() => parse(dashed), refusal)
      t.throws(() => parse(dashed, '--json'), refusal)
    })
  }
}

for (const [name, option] of options) {
  if (option.kind !== 'texts' && option.kind !== 'switch') {
    t.test(`parseArgv refuses a second --${option.flag}`, async (t) => {
      const message = `Expected one \`--${option.flag}\`, got 2`
      for (const flag of [option.flag, ...(option.aliases ?? [])]) {
        const second = flag.length === 1 ? `-${flag}` : `--${flag}`
        t.throws(() => parse(`--${option.flag}`, '1', second, '2'), { code: 'USAGE', message })
      }
    })
  }
  if (option.kind === 'texts') {
    t.test(`parseArgv gathers every --${option.flag}, by all its names and in order`, async (t) => {
      const names = [option.flag, ...(option.aliases ?? [])]
      const argv = names.flatMap((flag, index) => [
        flag.length === 1 ? `-${flag}` : `--${flag}`,
        String(index),
      ])
      t.same(parse(...argv), {
        ...sync,
        options: { [name]: names.map((_, index) => String(index)) },
        talk: SILENT,
      })
    })
  }
  if (option.kind === 'switch') {
    t.test(`parseArgv refuses a value for --${option.flag}`, async (t) => {
      for (const value of ['true', 'false', '0', 'us-east-1:aaa']) {
        t.throws(() => parse(`--${option.flag}=${value}`), { code: 'USAGE' }, `=${value}`)
        t.throws(() => parse(`--${option.flag}`, value), { code: 'USAGE' }, value)
      }
    })
  }
}

for (const text of [
  '007',
  '1e3',
  '12345678901234567890',
  '0x10',
  '1.50',
  'true',
  'null',
  ' 7',
  'a=b',
]) {
  t.test(`parseArgv keeps ${JSON.stringify(text)} as text`, async (t) => {
    for (const argv of [['--ignore', text], [`--ignore=${text}`]]) {
      t.same(parse(...argv), { ...sync, options: { ignore: [text] }, talk: SILENT })
    }
    t.same(parse('--mfa-token', text), { ...sync, options: { mfaToken: text }, talk: SILENT })
  })
}

t.test('parseArgv takes a value that begins with a dash after an equals sign', async (t) => {
  t.same(parse('--ignore=-x', '--ignore=--json'), {
    ...sync,
    options: { ignore: ['-x', '--json'] },
    talk: SILENT,
  })
})

t.test('parseArgv passes on an empty value, for the check to refuse', async (t) => {
  t.same(parse('--ignore', ''), { ...sync, options: { ignore: [''] }, talk: SILENT })
  t.same(parse('--ignore='), { ...sync, options: { ignore: [''] }, talk: SILENT })
})

for (const { given, read } of [
  { given: '7', read: 7 },
  { given: '+7', read: 7 },
  { given: '007', read: 7 },
  { given: '-7', read: -7 },
  { given: '7.5', read: '7.5' },
  { given: '1e3', read: '1e3' },
  { given: '0x10', read: '0x10' },
  { given: '16x', read: '16x' },
  { given: '', read: '' },
]) {
  t.test(`parseArgv reads --segments=${given} as ${JSON.stringify(read)}`, async (t) => {
    t.same(parse(`--segments=${given}`), { ...sync, options: { segments: read }, talk: SILENT })
  })
}

for (const { argv, talk } of [
  { argv: ['--json'], talk: { json: true } },
  { argv: ['--json', '--json'], talk: { json: true } },
  { argv: ['--quiet'], talk: { quiet: true } },
  { argv: ['-q'], talk: { quiet: true } },
  { argv: ['--verbose'], talk: { verbose: true } },
  { argv: ['-v'], talk: { verbose: true } },
  { argv: ['-v', '-v'], talk: { verbose: true } },
  { argv: ['-v', '--verbose'], talk: { verbose: true } },
]) {
  t.test(`parseArgv reads ${argv.join(' ')} as an output flag`, async (t) => {
    t.same(parse(...argv), { ...sync, options: {}, talk: { ...SILENT, ...talk } })
  })
}

for (const argv of [
  ['--write-mising'],
  ['--no-dry-run'],
  ['-vq'],
  ['--write-missing.x'],
  ['--ignore.x', 'a'],
  ['--mfa-token.x', '012345'],
  ['--dryrun'],
  ['-x'],
  ['-mx'],
  ['--constructor', 'x'],
  ['--__proto__', 'x'],
]) {
  t.test(`parseArgv refuses the unknown flag of ${argv.join(' ')}`, async (t) => {
    t.throws(() => parse(...argv), { code: 'USAGE', hint: /--help/ })
  })
}

t.test('parseArgv names an unknown flag as it was given', async (t) => {
  t.throws(() => parse('--write-mising'), { message: /`--write-mising`/ })
})

for (const argv of [
  ['us-east-1:aaa'],
  ['-'],
  ['--json', 'x'],
  ['--', 'x'],
  ['--', '--delete-extra'],
]) {
  t.test(`parseArgv refuses the argument of ${argv.join(' ')}`, async (t) => {
    t.throws(() => parse(...argv), { code: 'USAGE', message: /Expected flags only/ })
  })
}

t.test('parseArgv answers --help with a page, whatever else is given', async (t) => {
  for (const flag of ['--help', '-h']) {
    const page = { kind: 'help', command: 'sync' }
    t.same(parse('--segments', 'x', '--no-such-flag', flag), { page })
    t.same(parse('apply', '--no-such-flag', flag), { page: { ...page, command: 'apply' } })
  }
})

t.test('parseArgv greets whoever gives nothing to do', async (t) => {
  t.same(parse(), { page: { kind: 'welcome' } })
})

t.test('parseArgv answers --version with the version', async (t) => {
  t.same(parse('--version'), { text: '1.2.3' })
  t.same(parse('-V'), { text: '1.2.3' })
})

t.test('parseArgv leaves out options that are not given', async (t) => {
  t.same(parse('--json'), { ...sync, options: {}, talk: { ...SILENT, json: true } })
})

t.test('parseArgv takes help as a command', async (t) => {
  t.same(parse('help'), parse('--help'))
  t.same(parse('help', 'undo'), parse('undo', '--help'))
})

t.test('parseArgv reads a command with its file', async (t) => {
  t.same(parse('undo', 'a.ndjson', '--dry-run', '--yes'), {
    command: 'undo',
    options: { journal: 'a.ndjson', dryRun: true },
    talk: { ...SILENT, yes: true },
  })
  t.match(parse('apply', 'p', '--max-deletes', '5%', '--undo', 'u'), {
    command: 'apply',
    options: { plan: 'p', maxDeletes: '5%', journal: 'u' },
  })
  const refusals: [string[], RegExp][] = [
    [['apply', '--yes'], /to be followed by the plan, got --yes/],
    [['apply', 'p', '--ignore', 'a'], /got `--ignore`/],
    [['undo'], /to be followed by the journal, got nothing/],
    [['undo', '--yes'], /to be followed by the journal, got --yes/],
    [['undo', 'a.ndjson', '-m', 'eu-west-1:a'], /got `--master`/],
    [['undo', 'a.ndjson', '--write-missing'], /got `--write-missing`/],
    [['undo', 'a.ndjson', 'b.ndjson'], /b\.ndjson/],
  ]
  for (const [argv, message] of refusals) t.throws(() => parse(...argv), { code: 'USAGE', message })
})

t.test('parseArgv refuses --verbose with --quiet', async (t) => {
  for (const argv of [
    ['-v', '-q'],
    ['--quiet', '--verbose'],
    ['undo', 'a.ndjson', '-q', '-v'],
  ]) {
    const message = 'Expected `--verbose` or `--quiet`, got both'
    t.throws(() => parse(...argv), { code: 'USAGE', message }, argv.join(' '))
  }
})

t.test('parseArgv says what the command takes where a second file is given', async (t) => {
  t.throws(() => parse('undo', 'a', 'b'), {
    message: /got "b"/,
    hint: /^Name one journal, and no tables/,
  })
  t.throws(() => parse('apply', 'a', '--yes', 'b'), {
    message: /got "b"/,
    hint: /^Name one plan, and no tables/,
  })
  t.throws(() => parse('--yes', 'b'), { message: /got "b"/, hint: /--master and --replica/ })
})

for (const [typed, meant] of [
  ['aply', 'apply'],
  ['undoo', 'undo'],
  ['shwo', 'show'],
  ['hepl', 'help'],
  ['completoin', 'completion'],
] as const) {
  t.test(`parseArgv suggests ${meant} for ${typed}`, async (t) => {
    const hint = new RegExp(`^Is \`tablesync ${meant}\` meant\\? Tables are named with`)
    t.throws(() => parse(typed, 'file.ndjson'), { code: 'USAGE', hint })
  })
}

for (const [what, argv, rail, expected] of [
  ['the same', ['-r', 'b', '--max-writes', '5'], undefined, '-r b --max-writes 5 --resume'],
  ['the same', ['--max-writes=5'], 'max-deletes', '--max-writes 5 --resume'],
  ['a higher', ['--max-writes=5'], 'max-writes', '--max-writes MORE-THAN-5 --resume'],
  ['a higher', ['--max-deletes', '2%'], 'max-deletes', '--max-deletes MORE-THAN-2% --resume'],
] as const) {
  t.test(`the command to resume has ${what} limit: ${expected}`, async (t) => {
    t.equal(commandToResume(argv, rail).join(' '), `tablesync ${expected}`)
  })
}

for (const [command, flag] of [
  ['apply', '--plan'],
  ['apply', '--plan=other'],
] as const) {
  t.test(`parseArgv refuses a second file of ${command}: ${flag}`, async (t) => {
    const message = /followed by one plan, got `--plan` too/
    const given = flag.includes('=') ? [flag] : [flag, 'other']
    t.throws(() => parse(command, 'file', ...given), { code: 'USAGE', message })
  })
}
