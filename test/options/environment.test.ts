/** Flags that the environment gives: which are read, how, and which are refused. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgv } from '../../lib/options/argv.ts'
import { commandToResume } from '../../lib/options/command-to-resume.ts'
import { consentFlags, spellingWith, variableOf } from '../../lib/options/environment.ts'
import { ALL_OPTIONS } from '../../lib/options/groups/all-options.ts'
import { TALK } from '../../lib/options/groups/of-command/talk-options.ts'
import { secretsIn } from '../../lib/options/secrets.ts'
import { root } from '../docs/pages.ts'
import { t } from '../support/tap.ts'

type Env = Readonly<Record<string, string>>

function read(env: Env, ...argv: string[]) {
  const parsed = parseArgv(argv, '1.2.3', env)
  if (!('command' in parsed)) throw new Error('no command')
  const talk = Object.entries(parsed.talk).filter(
    ([, value]) => value !== false && value !== 'auto' && value !== 'text' && value !== undefined,
  )
  return { ...parsed.options, ...Object.fromEntries(talk) } as Record<string, unknown>
}

/** Choices of the command line itself are checked as soon as they are read. */
const CHOSEN: { readonly [name in string]?: readonly [string, string] } = {
  progress: ['plain', 'none'],
  logFormat: ['json', 'text'],
}

const FILES = {
  ...{ apply: 'plan', undo: 'journal', revert: 'export', show: 'file' },
  ...{ shard: 'folder', merge: 'folder', fingerprint: 'table', 'shard-plan': undefined },
} as const

for (const [name, option] of Object.entries(ALL_OPTIONS)) {
  const variable = variableOf(option)
  const [command] = option.only ?? []
  // These say nothing without an estimate.
  const isOfEstimate = name === 'estimateFrom'
  const alone = isOfEstimate ? ['--estimate'] : []
  const given = command === undefined ? undefined : FILES[command]
  const argv = command === undefined ? alone : given === undefined ? [command] : [command, 'x']
  const asked = isOfEstimate ? { estimate: true } : {}
  const file = given === undefined ? asked : { [given]: 'x' }
  if (option.consents) {
    for (const value of ['true', 'false', '0', '']) {
      t.test(`${variable}=${value} is refused, for it consents`, async (t) => {
        t.throws(() => read({ [variable]: value }, '--json'), {
          code: 'USAGE',
          message: `\`${variable}\` is set, but consent is given on the command line only`,
          hint: `Unset it, and write \`--${option.flag}\` in each command that is to have it.`,
        })
      })
    }
    continue
  }
  if (option.kind === 'switch') {
    t.test(`${variable} turns --${option.flag} on and off`, async (t) => {
      const on = { ...file, [name]: option.turnsOff !== true }
      for (const value of ['true', '1']) t.same(read({ [variable]: value }, ...argv), on)
      for (const value of ['false', '0']) {
        t.same(read({ [variable]: value }, ...argv, '--json'), { ...file, json: true })
      }
      for (const value of ['yes', 'TRUE', '', '2']) {
        const message = `Expected \`${variable}\` to be true, false, 1 or 0, got "${value}"`
        t.throws(() => read({ [variable]: value }, ...argv), { code: 'USAGE', message })
      }
    })
    continue
  }
  t.test(`${variable} is read as --${option.flag}; a flag wins`, async (t) => {
    const [one, other] = CHOSEN[name] ?? ['7', '8']
    const asRead = (text: string) =>
      option.kind === 'texts' ? [text] : option.kind === 'whole' ? Number(text) : text
    if (option.kind !== 'number') {
      t.same(read({ [variable]: one }, ...argv), { ...file, [name]: asRead(one) })
      const both = read({ [variable]: one }, ...argv, `--${option.flag}=${other}`)
      t.same(both, { ...file, ...(other !== 'text' && { [name]: asRead(other) }) })
    }
    t.throws(() => read({ [variable]: '' }, ...argv), {
      code: 'USAGE',
      message: new RegExp(`^Expected \`${variable}\` to be .* got an empty text$`),
    })
  })
}

t.test('what consents is what writes, deletes or lets a safeguard go', async (t) => {
  t.same(consentFlags().sort(), [
    '--allow-damaged',
    '--allow-global-table',
    '--allow-shrunken-master',
    '--allow-streams',
    '--create-replica',
    '--delete-extra',
    '--expect-account',
    '--quiesced',
    '--write-differing',
    '--write-missing',
    '--yes',
  ])
})

for (const [what, variable, value, expected] of [
  ['commas part tables', 'TABLESYNC_REPLICA', 'a, b,', { replicas: ['a', 'b'] }],
  ['commas stay in names', 'TABLESYNC_IGNORE', 'a,b\nc d\n', { ignore: ['a,b', 'c d'] }],
  ['commas stay in keys', 'TABLESYNC_KEY', '{"a":1,"b":2}', { key: ['{"a":1,"b":2}'] }],
  ['a value may look like a flag', 'TABLESYNC_PROFILE', '--json', { profile: '--json' }],
  ['a value may have equals signs', 'TABLESYNC_REPORT', 'a=b', { report: 'a=b' }],
  ['tests keep their own', 'TABLESYNC_TEST_YES', 'x', {}],
  ['others keep theirs', 'TABLESYNCED', 'x', {}],
] as const) {
  t.test(`the environment: ${what}`, async (t) => {
    t.same(read({ [variable]: value }, '--json'), { ...expected, json: true })
  })
}

for (const [variable, meant] of [
  ['TABLESYNC_MASTR', 'TABLESYNC_MASTER'],
  ['TABLESYNC_REPLICAS', 'TABLESYNC_REPLICA'],
  ['TABLESYNC_SLAVE', 'TABLESYNC_REPLICA'],
  ['TABLESYNC_UNDO', 'TABLESYNC_JOURNAL'],
  ['TABLESYNC_S', 'TABLESYNC_REPLICA'],
] as const) {
  t.test(`${variable} is refused, and ${meant} suggested`, async (t) => {
    const hint = `Is \`${meant}\` meant? Unset it, or see \`tablesync help environment\`.`
    t.throws(() => read({ [variable]: 'secret' }, '--json'), {
      code: 'USAGE',
      message: `Expected variables that tablesync knows, got \`${variable}\``,
      hint,
    })
  })
}

t.test('a variable that resembles none is refused without a suggestion', async (t) => {
  t.throws(() => read({ TABLESYNC_SOMETHING_ELSE: 'x' }, '--json'), {
    code: 'USAGE',
    message: /`TABLESYNC_SOMETHING_ELSE`$/,
    hint: 'Unset it, or see `tablesync help environment`.',
  })
})

t.test('a command ignores variables of flags that it does not take', async (t) => {
  const env = { TABLESYNC_MASTER: 'm', TABLESYNC_SEGMENTS: 'x', TABLESYNC_PLAN: 'p' }
  t.same(read({ ...env, TABLESYNC_SINCE: 's' }, 'undo', 'j'), { journal: 'j' })
  t.same(read({ ...env, TABLESYNC_SINCE: 's' }, 'show', 'f'), { file: 'f', since: 's' })
  t.same(read({ TABLESYNC_JOURNAL: 'j' }, 'apply', 'p'), { plan: 'p', journal: 'j' })
})

for (const [variable, flag, name] of [
  ['TABLESYNC_VERBOSE', '--quiet', 'quiet'],
  ['TABLESYNC_QUIET', '-v', 'verbose'],
  ['TABLESYNC_RESUME', '--restart', 'restart'],
  ['TABLESYNC_RESTART', '--resume', 'resume'],
] as const) {
  t.test(`${flag} wins over ${variable}`, async (t) => {
    t.same(read({ [variable]: 'true' }, flag), { [name]: true })
  })
}

t.test('help, version and completion do not look at the environment', async (t) => {
  for (const argv of [['--help'], ['help', 'undo'], ['--version'], ['completion', 'zsh']]) {
    t.doesNotThrow(() => parseArgv(argv, '1.2.3', { TABLESYNC_YES: '1' }), argv.join(' '))
  }
})

t.test('a refusal names the variable where that gave the value', async (t) => {
  const parsed = parseArgv(['-m', 'a'], '1.2.3', { TABLESYNC_REPLICA: 'b' })
  if (!('command' in parsed)) throw new Error('no command')
  const spelling = spellingWith(parsed.fromEnvironment)
  t.equal(spelling('replicas'), 'TABLESYNC_REPLICA')
  t.equal(spelling('master'), '--master')
})

t.test('tokens and users of URLs that come in variables are kept out of messages', async (t) => {
  const secrets = secretsIn([], {
    TABLESYNC_MFA_TOKEN: '123456',
    TABLESYNC_REPLICA_MFA_TOKEN: '654321',
    TABLESYNC_ENDPOINT: 'http://ann:pass@localhost:8000',
    TABLESYNC_PROFILE: 'reader',
  })
  for (const secret of ['123456', '654321', 'ann:pass', 'pass']) t.ok(secrets.includes(secret))
  t.notOk(secrets.includes('reader'))
})

t.test('the command to resume replaces what a variable can give only once', async (t) => {
  const env = { TABLESYNC_MAX_WRITES: '5', TABLESYNC_MFA_TOKEN: '123456', TABLESYNC_MASTER: 'm' }
  const parsed = parseArgv(['-r', 'b'], '1.2.3', env)
  if (!('command' in parsed)) throw new Error('no command')
  const words = (stopped?: 'max-writes') =>
    commandToResume(['-r', 'b'], stopped, parsed.fromEnvironment).join(' ')
  t.equal(
    commandToResume(['--max-read-units', '9'], 'max-read-units').join(' '),
    'tablesync --max-read-units MORE-THAN-9 --resume',
  )
  t.equal(words(), 'tablesync -r b --mfa-token NEW-TOKEN --resume')
  t.equal(
    words('max-writes'),
    'tablesync -r b --max-writes MORE-THAN-5 --mfa-token NEW-TOKEN --resume',
  )
})

t.test('every option of the command line has a variable of its own', async (t) => {
  const variables = Object.values(ALL_OPTIONS).map(variableOf)
  t.equal(new Set(variables).size, variables.length)
  t.ok(variables.includes(variableOf(TALK.json)))
})

t.test('docs/environment.md names what no variable can give, and what holds commas', async (t) => {
  const page = readFileSync(join(root, 'docs/environment.md'), 'utf8')
  for (const option of Object.values(ALL_OPTIONS)) {
    if (option.consents) t.ok(page.includes(`\`${variableOf(option)}\``), option.flag)
    if (option.kind !== 'texts' || option.flag === 'replica') continue
    const name = option.mayHoldCommas ? `--${option.flag}` : variableOf(option)
    t.ok(page.includes(`\`${name}\``), name)
  }
})
