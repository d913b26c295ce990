/** --only, --ignore with paths and --missing-items: refused, told, and carried out by the command. */
import type { WireItem } from 'tablesync'
import { runCli } from '../support/command/run-cli.ts'
import { argsOf } from '../support/command/scene.ts'
import { type Engine, startDynalite } from '../support/tables/dynalite.ts'
import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { fewOf } from '../support/thorough.ts'

const WRITES = ['--write-missing', '--write-differing']

async function madeTables(endpoint: string, master: readonly Item[], replica: readonly Item[]) {
  const tables = [await makeTable(endpoint), await makeTable(endpoint)] as const
  await Promise.all([tables[0].put(master), tables[1].put(replica)])
  return { replica: tables[1], args: argsOf(...tables) }
}

const row = (id: string, name: string, seen: string, more: Item = {}): Item => ({
  id: { S: id },
  profile: { M: { name: { S: name }, seen: { S: seen } } },
  tags: { L: [{ M: { id: { S: seen }, text: { S: 'same' } } }] },
  ...more,
})

t.test('what is badly spelt or not possible is refused, and nothing is read', async (t) => {
  const { endpoint, stop } = await startDynalite()
  t.teardown(stop)
  const { args } = await madeTables(endpoint, [], [])
  for (const [flags, told] of fewOf([
    [
      ['--ignore', 'a.'],
      'Expected `--ignore` to be a path like profile.lastSeen or tags[*].id, got "a."',
    ],
    [['--ignore', '.a'], 'got ".a"'],
    [['--ignore', 'a..b'], 'got "a..b"'],
    [['--ignore', 'a[x]'], 'got "a[x]"'],
    [['--ignore', 'a[01]'], 'got "a[01]"'],
    [['--ignore', 'a[-1]'], 'got "a[-1]"'],
    [['--ignore', 'a[**]'], 'got "a[**]"'],
    [['--ignore', '[0]'], 'got "[0]"'],
    [['--ignore', 'a[99999999999999999999]'], 'got "a[99999999999999999999]"'],
    [['--ignore', '"a'], 'got "\\"a"'],
    [['--ignore', '"a\\q"'], 'got "\\"a\\\\q\\""'],
    [['--ignore', 'a b.c'], 'got "a b.c"'],
    [
      ['--only', 'a.'],
      'Expected `--only` to be a path like profile.lastSeen or tags[*].id, got "a."',
    ],
    [['--only', 'state,name'], 'got "state,name"'],
    [['--only', 'a b'], 'got "a b"'],
    [
      ['--only', 'tags[*]'],
      'Expected `--only` to name a list without [*] at its end, got "tags[*]"',
    ],
    [['--only', 'a', '--ignore', 'b'], 'Expected `--only` without `--ignore`, got both'],
    [
      ['--ignore', 'id'],
      'Expected `--ignore` to name attributes beside the key, got "id" of the key id (S)',
    ],
    [['--ignore', 'id.part'], 'Expected `--ignore` to name attributes beside the key, got "id"'],
    [['--ignore', '"id"'], 'Expected `--ignore` to name attributes beside the key, got "id"'],
    [
      ['--only', 'id'],
      'Expected `--only` to name attributes beside the key, got "id" of the key id (S)',
    ],
    [
      ['--only', 'name', '--only', 'id[0]'],
      'Expected `--only` to name attributes beside the key, got "id"',
    ],
    [
      ['--ignore', 'v.minor', '--version-attribute', 'v'],
      '`--version-attribute` "v" is also in `--ignore`',
    ],
    [
      ['--only', 'name', '--version-attribute', 'v'],
      'Expected `--only` to name the version attribute "v" too',
    ],
    [
      ['--only', 'v.minor', '--version-attribute', 'v'],
      'Expected `--only` to name the version attribute "v" too',
    ],
    [
      ['--missing-items', 'some'],
      'Expected `--missing-items` to be one of leave, whole, got "some"',
    ],
  ] as const)) {
    const { code, stderr } = await runCli([...args, ...flags, ...WRITES])
    t.equal(code, 2, flags.join(' '))
    t.ok(stderr.includes(told), `${flags.join(' ')}: ${stderr}`)
    const lines = stderr.trim().split('\n')
    t.ok(lines.length <= 3, stderr)
  }
})

const ENGINES: readonly [string, string | false, () => Promise<Engine>][] = [
  ['dynalite', false, startDynalite],
  ['DynamoDB Local', noJava, startDynamoDBLocal],
]

for (const [engineName, skip, start] of ENGINES) {
  t.test(`places are compared by the command, on ${engineName}`, { skip }, async (t) => {
    const { endpoint, stop } = await start()
    t.teardown(stop)
    const { args } = await madeTables(
      endpoint,
      [row('a', 'same', 'm'), row('b', 'new', 'm')],
      [row('a', 'same', 'r'), row('b', 'old', 'r')],
    )
    const flags = ['--ignore', 'profile.seen', '--ignore', 'tags[*].id']
    const ignoring = await runCli([...args, ...flags, '--verbose'])
    t.equal(ignoring.code, 1)
    t.match(
      ignoring.stderr,
      /rules {3}ignored: profile\.seen, tags\[\*\]\.id; missing items are left/,
    )
    t.match(ignoring.stderr, /~ differing {2}\{"id":"b"\} {3}profile\.name\n/)
    t.match(ignoring.stderr, /Different: 1 of 2 items\./)
    t.notMatch(ignoring.stderr, /\{"id":"a"\}/)
    const chosen = await runCli([...args, '--only', 'tags[0].text'])
    t.equal(chosen.code, 0, chosen.stderr)
    t.match(chosen.stderr, /rules {3}compared: only tags\[0\]\.text/)
    t.match(chosen.stderr, /In sync, comparing only tags\[0\]\.text/)
  })
}

t.test('a repair by the command touches no other place', { skip: noJava }, async (t) => {
  const { endpoint, stop } = await startDynamoDBLocal()
  t.teardown(stop)
  const masters = [row('a', 'new', 'm'), row('b', 'new', 'm'), row('gone', 'new', 'm')]
  const replicas = [
    row('a', 'old', 'r', { own: { S: 'mine' } }),
    // The map that its place would be in is not there.
    { id: { S: 'b' }, tags: { L: [] } },
  ]
  const made = await madeTables(endpoint, masters, replicas)
  const { code, stderr } = await runCli([...made.args, ...WRITES, '--only', 'profile.name', '-v'])
  t.equal(code, 1)
  const held = new Map((await made.replica.all()).map((one) => [one['id']?.S, one]))
  t.strictSame(held.get('a'), row('a', 'new', 'r', { own: { S: 'mine' } }))
  t.strictSame(held.get('b'), replicas[1])
  t.notOk(held.has('gone'))
  t.match(stderr, /the replica has no profile, of which only a part is compared/)
  t.match(stderr, /to repair: --write-missing --missing-items whole/)
  t.match(stderr, /missing items were left: to put one brings what is not compared too/)
  t.notMatch(stderr, /mine|"old"/)
  const whole = await runCli([
    ...[...made.args, ...WRITES, '--only', 'profile.name'],
    ...['--missing-items', 'whole'],
  ])
  t.equal(whole.code, 1, 'the conflict remains')
  const after = new Map((await made.replica.all()).map((one) => [one['id']?.S, one]))
  t.strictSame(after.get('gone'), masters[2])
  t.strictSame(after.get('b'), replicas[1])
})

t.test('a top-level --ignore puts missing items whole, as ever', async (t) => {
  const { endpoint, stop } = await startDynalite()
  t.teardown(stop)
  const item: WireItem = { id: { S: 'a' }, stamp: { S: 'm' } }
  const { args, replica } = await madeTables(endpoint, [item as Item], [])
  const { code } = await runCli([...args, ...WRITES, '--ignore', 'stamp'])
  t.equal(code, 0)
  t.strictSame(await replica.all(), [item])
})
