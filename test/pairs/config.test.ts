/** Files of options: what they say, what is refused, and who wins over them. */
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { parse } from 'yaml'
import { readConfig } from '../../lib/config/config-file.ts'
import { configSchema } from '../../lib/config/config-schema.ts'
import { matching } from '../../lib/pairs/table-pattern.ts'
import { root } from '../docs/pages.ts'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { t } from '../support/tap.ts'
import { fewOf } from '../support/thorough.ts'
import { ALL, openPairs, outcomes, summaryOf } from './scene-of-pairs.ts'

const SCHEMA = join(root, 'docs/config.schema.json')

const PAIR = "pairs: [{ master: 'us-east-1:Orders', replica: 'eu-west-1:Orders' }]"

const GOOD = [
  PAIR,
  'master: us-east-1:Orders\nreplicas: [eu-west-1:Orders, { table: us-west-2:Orders, profile: dr }]',
  'writeMissing: true\nmaxDeletes: 2%\nreadCapacity: 400\nuntilInSync: 2h\nstrategy: lookup',
  `ignore: [a, b]\nstartingKey: { id: x }\nquiet: true\n$schema: ./schema.json`,
  `${PAIR}\nlimits: { maxWrites: 5 }\npairsAtOnce: 3\nreport: r/{pair}.ndjson`,
  "pairs: [{ name: x, master: { table: 'us-east-1:Orders', endpoint: 'http://localhost:8000' }, replicas: ['eu-west-1:Orders'], ignore: [z] }]",
]

const BAD: readonly (readonly [text: string, expected: RegExp])[] = [
  ['maxWrits: 3', /Expected a known option, got `maxWrits \(.*:1\)`\nIs `maxWrites` meant\?/],
  [
    'quiet: false\n\nwrite-missing: true',
    /got `write-missing \(.*:3\)`\nIs `writeMissing` meant\?/,
  ],
  ['config: other.yaml', /got `config \(/],
  ['estimate: true', /got `estimate \(/],
  ['mfaToken: "123456"', /Expected `mfaToken \(.*:1\)` in no file, got it: it is a secret/],
  ['maxWrites: many', /Expected `maxWrites \(.*:1\)` to be a whole number/],
  ['writeMissing: yes please', /Expected `writeMissing \(.*\)` to be true or false/],
  ['a: [1', /to be YAML or JSON: /],
  ['quiet: true\nquiet: false', /to be YAML or JSON: Map keys must be unique/],
  ['', /to have options by name, got nothing/],
  ['- a\n- b', /to have options by name/],
  ['pairs: []', /Expected `pairs \(.*:1\)` to be a list of pairs/],
  ['pairs: [x]', /Expected `0 \(.*:1\)` to have a master and a replica, got "x"/],
  ["pairs: [{ master: 'us-east-1:A' }]", /or `replicas`, got neither/],
  [`${PAIR}\nmaster: us-east-1:B`, /Expected `master \(.*:2\)` or `pairs`, got both/],
  ['limits: { maxWrites: 3 }', /Expected `limits \(.*\)` to come with `pairs`, got it alone/],
  [`${PAIR}\nlimits: { maxWrite: 3 }`, /got `maxWrite \(.*:2\)`\nIs `maxWrites` meant\?/],
  [`${PAIR}\nlimits: { maxWrites: -1 }`, /`maxWrites \(.*:2\)` to be a whole number from 0/],
  [`${PAIR}\npairsAtOnce: 0`, /`pairsAtOnce \(.*:2\)` to be a whole number from 1 to 64/],
  ["pairs: [{ master: 'us-east-1:A', replica: 'x:B', quiet: true }]", /got `quiet \(/],
  ["pairs: [{ master: 'us-east-1:A', replica: 'x:B', ignroe: [a] }]", /Is `ignore` meant\?/],
  [
    "pairs: [{ master: { table: 'us-east-1:A', credentials: {} }, replica: 'x:B' }]",
    /got `credentials`/,
  ],
  [
    "pairs: [{ name: 'a/b', master: 'us-east-1:A', replica: 'x:B' }]",
    /`name \(.*\)` to be 1 to 100/,
  ],
]

t.test('what a file may say', async (t) => {
  const folder = await tempFolder(t)
  const isValid = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
    configSchema(),
  )
  const file = join(folder, 'options.yaml')
  for (const text of GOOD) {
    await t.test(text.split('\n')[0] ?? '', async (t) => {
      await writeFile(file, text)
      await readConfig(file)
      t.ok(isValid(parse(text)), JSON.stringify(isValid.errors))
      // JSON is YAML too.
      await writeFile(file, JSON.stringify(parse(text)))
      await readConfig(file)
    })
  }
  for (const [text, expected] of BAD) {
    await t.test(`refused: ${text.split('\n').at(-1)}`, async (t) => {
      await writeFile(file, text)
      const { code, stderr, stdout } = await runCli(['--config', file])
      t.equal(code, 2)
      t.match(stderr, expected)
      t.equal(stdout, '')
    })
  }
  t.match((await runCli(['--config', join(folder, 'none.yaml')])).stderr, /Cannot read the options/)
})

t.test('docs/config.schema.json is made from the options, and knows the same fields', async (t) => {
  const text = `${JSON.stringify(configSchema(), undefined, 2)}\n`
  if (process.env['TABLESYNC_TEST_RECORD'] !== undefined) writeFileSync(SCHEMA, text)
  t.equal(readFileSync(SCHEMA, 'utf8'), text)
  const isValid = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
    configSchema(),
  )
  for (const text of ['maxWrits: 3', 'mfaToken: "1"', 'pairs: []', 'json: true']) {
    t.notOk(isValid(parse(text)), text)
  }
})

t.test('who wins', async (t) => {
  const { config, folder, gate } = await openPairs(t, ['aaa'])
  const options = async (args: readonly string[], env = {}) => {
    const file = await config(
      "master: us-east-1:aaa-prod\nreplicas: ['us-east-1:aaa-copy']\nsegments: 2\nscanLimit: 5\nverbose: true",
    )
    const { stderr } = await runCli(['--config', file, '--log-format', 'json', ...args], env)
    return JSON.parse(stderr.split('\n').find((line) => line.includes('"type":"plan"')) ?? '{}')
  }
  t.match(await options([]), { segments: 2 })
  t.match(await options(['--segments', '3']), { segments: 3 }, 'a flag')
  t.match(await options([], { TABLESYNC_SEGMENTS: '4' }), { segments: 4 }, 'a variable')
  t.match(await options(['--segments', '3'], { TABLESYNC_SEGMENTS: '4' }), { segments: 3 })
  await t.test('what is typed wins over what a pair says of itself', async (t) => {
    const file = await config(`segments: 2\n${ALL.replace(' }', ', segments: 5 }')}`)
    const segmentsOf = async (args: readonly string[]) => {
      const { stderr } = await runCli(['--config', file, '--log-format', 'json', ...args])
      return JSON.parse(stderr.split('\n').find((line) => line.includes('"plan"')) ?? '{}').segments
    }
    t.equal(await segmentsOf([]), 5)
    t.equal(await segmentsOf(['--segments', '3']), 3)
  })
  await t.test('files are relative to the file that names them', async (t) => {
    await mkdir(join(folder, 'out'))
    const file = await config(`report: out/{pair}.ndjson\nmetricsFile: out/{pair}.prom\n${ALL}`)
    t.match(outcomes(await summaryOf(t, ['--config', file], 0)), { aaa: 'in-sync' })
    t.strictSame((await readdir(join(folder, 'out'))).sort(), ['aaa.ndjson', 'aaa.prom'])
  })
  await t.test('a refusal names the file', async (t) => {
    const file = await config('master: us-east-1:aaa-prod\nreplicas: [x]')
    const { code, stderr } = await runCli(['--config', file])
    t.equal(code, 2)
    t.match(stderr, /Expected `replicas \(.*tables\.yaml\)` to be <region>:<table>/)
  })
  t.ok(gate.passed.length > 0)
})

t.test('pairs that are refused together', async (t) => {
  const { config, gate } = await openPairs(t, ['aaa', 'bbb'])
  const pair = (master: string, replica: string, more = '') =>
    `  - { master: 'us-east-1:${master}', replica: 'us-east-1:${replica}'${more} }\n`
  for (const [name, lines, expected] of fewOf([
    ['a pattern that fits nothing', `pairs:\n${pair('z*-prod', 'z*-copy')}`, /to fit a table/],
    [
      'a replica without the *',
      `pairs:\n${pair('*-prod', 'aaa-copy')}`,
      /as many \* as its master/,
    ],
    ['a * in a replica alone', `pairs:\n${pair('aaa-prod', '*-copy')}`, /without \*, got/],
    [
      'two pairs of one name',
      `pairs:\n${pair('aaa-prod', 'aaa-copy')}${pair('aaa-prod', 'bbb-copy')}`,
      /a name of its own, got "aaa-prod" twice/,
    ],
    [
      'a replica twice',
      `pairs:\n${pair('aaa-prod', 'aaa-copy')}${pair('bbb-prod', 'aaa-copy')}`,
      /each replica in one pair/,
    ],
    [
      'a master that is a replica',
      `pairs:\n${pair('aaa-prod', 'aaa-copy')}${pair('bbb-prod', 'aaa-prod')}`,
      /to be a master or a replica/,
    ],
    [
      'one report for two',
      `report: r.ndjson\npairs:\n${pair('aaa-prod', 'aaa-copy')}${pair('bbb-prod', 'bbb-copy')}`,
      /a file of each pair, got ".*r\.ndjson" for aaa-prod and bbb-prod/,
    ],
    [
      'a report on stdout',
      `report: '-'\npairs:\n${pair('aaa-prod', 'aaa-copy')}`,
      /a file of each pair, got "-"/,
    ],
    [
      'a bad option of a pair',
      `pairs:\n${pair('aaa-prod', 'aaa-copy', ', untilInSync: soon')}`,
      /`untilInSync \(.*:\d+\)` to be a duration/,
    ],
    ['an estimate', `pairs:\n${pair('aaa-prod', 'aaa-copy')}`, /`--estimate` without pairs/],
  ] as const)) {
    await t.test(name, async (t) => {
      const file = await config(lines)
      const more = name === 'an estimate' ? ['--estimate'] : []
      const { code, stderr } = await runCli(['--config', file, '--write-missing', ...more])
      t.equal(code, 2)
      t.match(stderr, expected)
    })
  }
  const asked = new Set(gate.passed.map(({ operation }) => operation))
  t.strictSame(asked, new Set(['ListTables']))
})

t.test('a * stands for the same text on both sides', async (t) => {
  const word = fc.stringMatching(/^[A-Za-z0-9_.-]{0,8}$/)
  fc.assert(
    fc.property(
      word,
      word,
      word,
      fc.array(word, { maxLength: 6 }),
      (before, text, after, others) => {
        const name = `${before}${text}${after}`
        const found = matching(`${before}*${after}`, [...others, name])
        const mine = found.find((one) => one.name === name)
        if (mine?.captured[0] !== text) throw new Error(`${name}: ${JSON.stringify(mine)}`)
        for (const one of found) {
          if (one.name !== `${before}${one.captured[0]}${after}`) throw new Error(one.name)
        }
      },
    ),
    { numRuns: 1000 },
  )
  t.strictSame(matching('a.b*', ['axb1', 'a.b2']), [{ name: 'a.b2', captured: ['2'] }])
})
