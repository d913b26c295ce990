/** Values planted in items are found only where somebody has asked for values or for items. */

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { startRecorder } from '../support/command/recorder.ts'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { argsOf } from '../support/command/scene.ts'
import { startOnTerminal } from '../support/command/terminal.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { skipLong } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
const TEXT = 'planted-secret-text'
const NUMBER = '31415926535897932384'
const BINARY = Buffer.from('planted-secret-bytes').toString('base64')

/** Each of its values is a secret, but for the key. */
const item = (id: string, side: string): Item => ({
  id: { S: id },
  text: { S: `${TEXT} ${side}` },
  number: { N: side === 'a' ? NUMBER : `${NUMBER}1` },
  bytes: { B: Buffer.from('planted-secret-bytes') },
  map: {
    M: { inner: { S: `${TEXT} ${side}` }, list: { L: [{ N: NUMBER }, { S: `${TEXT}${side}` }] } },
  },
  set: { SS: [TEXT, `${TEXT} of ${side}`] },
})

const isPlanted = (text: string) =>
  [TEXT, NUMBER, BINARY, 'planted-secret-bytes'].filter((secret) => text.includes(secret))

const WRITES = ['--write-missing', '--write-differing', '--delete-extra', '--max-deletes', '50']

async function makeTables() {
  const [master, replica] = [await makeTable(engine.endpoint), await makeTable(engine.endpoint)]
  const ids = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, at) => `id-${from + at}`)
  await master.put(ids(0, 30).map((id) => item(id, 'a')))
  await replica.put([
    ...ids(4, 20).map((id) => item(id, 'a')),
    ...ids(20, 34).map((id) => item(id, 'b')),
  ])
  return { master, replica, args: argsOf(master, replica) }
}

/** All that is in a folder, unpacked, by file name. */
async function contentsOf(folder: string): Promise<[string, string][]> {
  const names = await readdir(folder)
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      const bytes = await readFile(join(folder, name))
      return [name, (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')]
    }),
  )
}

/** A hook that quotes the item which it fails on, in every way. */
const QUOTING = `
export function isItemDifferent(a, b) {
  throw new Error('no good: ' + JSON.stringify(a) + ' ' + b.text.S + ' ' + b.number.N)
}
export function onMissing(item) {
  throw new TypeError(item.map.M.inner.S)
}
`

/** Of a run in legs: every file that it can write. */
const filesOfLegs = (at: (name: string) => string) => [
  ...['--checkpoint', at('run.checkpoint'), '--report', at('cut.ndjson')],
  ...['--metrics-file', at('run.prom'), '--log-file', at('run.log'), '--log-format', 'json'],
  ...['--html', at('run.html'), '--journal', at('undo.ndjson'), '-v'],
]

async function carryOutAll(t: Test, folder: string, showValues: readonly string[]) {
  const { args } = await makeTables()
  const at = (name: string) => join(folder, name)
  const said: [string, string][] = []
  const run = async (...words: readonly string[]) => {
    const { stdout, stderr } = await runCli(words)
    said.push([words.join(' ').slice(0, 200), `${stdout}\n${stderr}`])
  }
  await run(
    ...args,
    '--verbose',
    '--json',
    '--report',
    at('dry.ndjson'),
    '--html',
    at('dry.html'),
    ...showValues,
  )
  await run(
    ...args,
    '--key',
    '{"id":"id-21"}',
    '--key',
    '{"id":"id-0"}',
    '--report',
    at('key.ndjson'),
    ...showValues,
  )
  await run(...args, '--estimate')
  await run(...args, ...WRITES, '--plan', at('plan.ndjson'), ...showValues)
  await run('apply', at('plan.ndjson'), '--kind', 'missing', '--log-format', 'json', '-v')
  const hooks = at('hooks.mjs')
  await writeFile(hooks, QUOTING)
  await run(
    ...args,
    ...WRITES,
    '--hooks',
    hooks,
    '--verbose',
    '--report',
    at('hooks.ndjson'),
    '--json',
    ...showValues,
  )
  const quoting = await startRecorder(t, engine.endpoint, ({ operation, body }) =>
    ['UpdateItem', 'PutItem'].includes(operation)
      ? {
          status: 400,
          type: 'com.amazon#ValidationException',
          message: `bad: ${JSON.stringify(body)} ${TEXT} a`,
        }
      : undefined,
  )
  await run(
    ...args,
    '--replica-endpoint',
    quoting.endpoint,
    ...WRITES,
    '--verbose',
    '--report',
    at('service.ndjson'),
    ...showValues,
  )
  await run(...args, ...WRITES, ...filesOfLegs(at), '--max-writes', '3', ...showValues)
  await run(...args, ...WRITES, ...filesOfLegs(at), '--resume', ...showValues)
  await run('show', at('cut.ndjson'))
  await run('show', at('cut.ndjson'), '--since', at('dry.ndjson'))
  await run('show', at('undo.ndjson'))
  await run('show', at('undo.ndjson'), '--html', at('undo.html'), '--json')
  await run('undo', at('undo.ndjson'), '--yes', '-v', '--report', at('undone.ndjson'))
  for (const name of ['dry.ndjson', 'plan.ndjson']) {
    await run('show', at(name))
    await run('show', at(name), '--json')
    await run('show', at(name), '--html', at(`${name}.html`))
  }
  await run(
    'apply',
    at('plan.ndjson'),
    '--metrics-file',
    at('applied.prom'),
    '--report',
    at('applied.ndjson'),
    '--html',
    at('applied.html'),
    '-v',
    ...showValues,
  )
  return said
}

t.test('no value is found where nobody asked for values', async (t) => {
  const folder = await tempFolder(t)
  const said = await carryOutAll(t, folder, [])
  for (const [command, text] of said)
    t.same(
      isPlanted(text),
      [],
      `${command}\n${text
        .split('\n')
        .filter((line) => isPlanted(line).length > 0)
        .join('\n')
        .slice(0, 3000)}`,
    )
  const files = await contentsOf(folder)
  const written = new Map(files)
  for (const name of [
    'hooks.ndjson',
    'run.prom',
    'applied.prom',
    'run.log',
    'run.html',
    'undo.html',
    'undone.ndjson',
  ])
    t.ok(written.has(name), `${name} was written`)
  t.match(written.get('run.log'), /"type":"difference"/, 'the log tells of differences')
  const applied = said.find(([command]) => command.startsWith('apply'))?.[1]
  t.match(applied, /"type":"difference"/)
  t.match(written.get('hooks.ndjson'), /isItemDifferent .*failed|failed .*isItemDifferent/s)
  for (const [name, text] of files) {
    // Its lines bring the items back.
    if (name === 'undo.ndjson') t.ok(isPlanted(text).length > 0)
    else t.same(isPlanted(text), [], `${name}\n${text.slice(0, 1000)}`)
  }
})

t.test('with --show-values, reports and the screen have them', { skip: skipLong }, async (t) => {
  const folder = await tempFolder(t)
  const said = await carryOutAll(t, folder, ['--show-values'])
  t.ok(isPlanted(said[0]?.[1] ?? '').length > 0)
  const files = new Map(await contentsOf(folder))
  t.ok(isPlanted(files.get('dry.ndjson') ?? '').length > 0)
  t.same(isPlanted(files.get('plan.ndjson') ?? ''), [], 'the plan has its own option')
  for (const [name, text] of files) {
    if (/checkpoint|[.]prom$/.test(name)) t.same(isPlanted(text), [], `${name} has none`)
  }
})

t.test('a terminal has no value in what it has scrolled', async (t) => {
  const { args } = await makeTables()
  const { raw } = await startOnTerminal({ args: [...args, '--verbose'] }).ended
  t.match(raw, 'id-21')
  t.same(isPlanted(raw), [])
})
