/** Masks on the command line: where the key comes from, what is said, and what is refused. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startRecorder } from '../support/command/recorder.ts'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { makeScene } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { fewOf } from '../support/thorough.ts'
import { masked } from './masked.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())

const KEY = 'a key of the environment'
const RULES = { id: 'keep', colour: 'hash', stamp: { fixed: 'masked' } }

t.test('the key comes from a file or the environment, and is never said', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  await replica.remove(await replica.all())
  const { options } = await masked(t, RULES, KEY)
  const folder = await tempFolder(t)
  const report = (name: string) => ['--report', join(folder, name)]
  const masks = ['--masks', options.masks]
  const byFile = await runCli([
    ...[...args, ...masks, '--mask-key-file', options.maskKeyFile, '--write-missing', '--json'],
    ...report('one.ndjson'),
  ])
  t.equal(byFile.code, 0, byFile.stderr)
  t.match(byFile.stderr, /values are masked \([\da-f]{16}-[\da-f]{8}\)/)
  const { masks: mark } = JSON.parse(byFile.stdout)
  t.match(await readFile(join(folder, 'one.ndjson'), 'utf8'), `"masks":"${mark}"`)
  const byVariable = await runCli([...args, ...masks, '--json', ...report('two.ndjson')], {
    TABLESYNC_MASK_KEY: KEY,
  })
  t.equal(byVariable.code, 0, byVariable.stderr)
  t.equal(JSON.parse(byVariable.stdout).masks, mark)
  const other = await runCli([...args, ...masks, '--json', '-v', ...report('three.ndjson')], {
    TABLESYNC_MASK_KEY: 'another key of the environment',
  })
  t.equal(other.code, 1, 'all values differ')
  const all = (await replica.all()).map(({ colour, stamp }) => JSON.stringify([colour, stamp]))
  t.equal(new Set(all).size, 1)
  t.match(all[0], /[\da-f]{64}.*masked/)
  for (const { stdout, stderr } of [byFile, byVariable, other]) {
    t.notMatch(stdout + stderr, /key of the environment/)
  }
  const since = ['--since', join(folder, 'one.ndjson')]
  t.equal((await runCli(['show', join(folder, 'two.ndjson'), ...since])).code, 0)
  const refused = await runCli(['show', join(folder, 'three.ndjson'), ...since])
  t.equal(refused.code, 2)
  t.match(refused.stderr, /of a run with the same `masks`/)
})

t.test('an item that no rule covers is named, with the place', async (t) => {
  const { args, master, replica } = await makeScene(engine.endpoint)
  await master.put([{ id: { S: 'item-3' }, colour: { S: 'red' }, note: { S: 'a secret' } }])
  const { options } = await masked(t, RULES)
  const masks = ['--masks', options.masks, '--mask-key-file', options.maskKeyFile]
  const { code, stderr } = await runCli([...args, ...masks, '--write-missing', '--write-differing'])
  t.equal(code, 3, stderr)
  t.match(
    stderr,
    /{"id":{"S":"item-3"}} could not be masked: note: no rule covers this value of type S/,
  )
  t.match(stderr, 'Add a rule that fits to the file of --masks.')
  t.notMatch(stderr, /secret/)
  t.notOk(
    (await replica.all()).some(({ id, stamp }) => id?.S === 'item-3' && stamp?.S === 'masked'),
  )
})

t.test('equal values are equal in the tables of a run of pairs', async (t) => {
  const { endpoint } = engine
  const [users, orders] = [await makeTable(endpoint), await makeTable(endpoint)]
  const [usersCopy, ordersCopy] = [await makeTable(endpoint), await makeTable(endpoint)]
  const names = Array.from({ length: 12 }, (_, at) => `ann-${at}`)
  await users.put(names.map((S) => ({ id: { S }, secret: { S: `secret of ${S}` } })))
  await orders.put(
    names.flatMap((S, at) => [0, 1].map((no) => ({ id: { S: `o-${at}-${no}` }, user: { S } }))),
  )
  const { options } = await masked(t, { id: 'hash', user: 'hash', '*': 'drop' })
  const folder = await tempFolder(t)
  const config = join(folder, 'tables.json')
  const pairs = [
    { name: 'users', master: users.label, replica: usersCopy.label },
    // Order numbers tell nothing, and are kept.
    { name: 'orders', master: orders.label, replica: ordersCopy.label, masks: 'orders.json' },
  ]
  const shared = { masks: options.masks, maskKeyFile: options.maskKeyFile, endpoint, workers: 1 }
  await writeFile(config, JSON.stringify({ ...shared, pairs }))
  await writeFile(join(folder, 'orders.json'), '{"rules":{"id":"keep","user":"hash"}}')
  const { code, stderr } = await runCli(['--config', config, '--write-missing'])
  t.equal(code, 0, stderr)
  const ids = new Set((await usersCopy.all()).map(({ id }) => id?.S))
  t.equal(ids.size, 12)
  const made = await ordersCopy.all()
  t.equal(made.length, 24)
  t.ok(
    made.every(({ user }) => ids.has(user?.S)),
    'each order leads to its user',
  )
  t.notMatch(JSON.stringify([await usersCopy.all(), made]), /ann-|secret/)
})

t.test('what is wrong with masks is said before anything is read', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const recorder = await startRecorder(t, engine.endpoint)
  const { options } = await masked(t, RULES)
  const masks = ['--masks', options.masks]
  const at = ['--endpoint', recorder.endpoint]
  const tables = args.slice(0, 4)
  for (const [more, env, message] of fewOf([
    [masks, {}, /Expected a key for the rules hash, email, name and digits, got none/],
    [masks, { TABLESYNC_MASK_KEY: 'short' }, /TABLESYNC_MASK_KEY to have 16 bytes or more, got 5/],
    [['--mask-key-file', options.maskKeyFile], {}, /to come with `--masks`, got it alone/],
    [['--masks', '/no/such/file'], {}, /Cannot read the masks in \/no\/such\/file/],
    [[...masks, '--estimate'], { TABLESYNC_MASK_KEY: KEY }, /`--estimate` without masks/],
    [['--mask-key', KEY], {}, /--mask-key/],
  ] as const)) {
    const { code, stderr, stdout } = await runCli([...tables, ...at, ...more], env)
    t.equal(code, 2, stderr)
    t.match(stderr, message)
    t.notMatch(stderr + stdout, /"short"/)
  }
  t.strictSame(recorder.asked, [])
})

t.test('a key alone in the environment changes nothing', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const { code, stderr } = await runCli([...args], { TABLESYNC_MASK_KEY: KEY })
  t.equal(code, 1, stderr)
  t.notMatch(stderr, /mask/)
})

t.test('what the service says of the master before the run is withheld', async (t) => {
  const { master, args } = await makeScene(engine.endpoint)
  const { options } = await masked(t, { ...RULES, id: 'hash' })
  const quoting = await startRecorder(t, engine.endpoint, ({ operation }) =>
    operation === 'BatchGetItem'
      ? { status: 400, type: 'com.amazon#ValidationException', message: 'bad key item-3' }
      : undefined,
  )
  const { code, stderr } = await runCli([
    ...[...args.slice(0, 4), '--endpoint', engine.endpoint, '--master-endpoint', quoting.endpoint],
    ...['--masks', options.masks, '--mask-key-file', options.maskKeyFile],
  ])
  t.ok(code === 2 || code === 3, stderr)
  t.match(stderr, /ValidationException\); its message is withheld/)
  t.notMatch(stderr, /item-3/)
  t.ok((await master.all()).length > 0)
})
