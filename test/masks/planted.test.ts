/** No clear value of a masked item, in no form, reaches the replica, an output or a file. */
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import createHasher from 'xxhash-wasm'
import { startRecorder } from '../support/command/recorder.ts'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'
import { masked, type Rules } from './masked.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())

const KEY = 'the secret key of these masks'
const bytes = (at: number) => Buffer.from(`planted-bytes-${at}`)

/** Each of its values is a secret. */
const item = (at: number): Item => ({
  id: { S: `planted-id-${at}` },
  email: { S: `planted-${at}@company.example` },
  name: { S: `Planted Name ${at}` },
  text: { S: `planted-text-${at}` },
  note: { S: `planted-note-${at}` },
  number: { N: `31415926535897932${at}` },
  card: { S: `4111-planted-card-${at}` },
  bytes: { B: bytes(at) },
  map: { M: { inner: { S: `planted-inner-${at}` }, list: { L: [{ S: `planted-list-${at}` }] } } },
  tags: { SS: [`planted-tag-${at}`, 'planted-tag'] },
})

const CLEAR = [
  ...['planted-', '@company.example', 'Planted Name', '31415926535897932', '4111-', 'planted-tag'],
]

/** What no rule of ours would make: the values of some items, and digests that anybody can make. */
async function formsOf(items: readonly Item[]): Promise<string[]> {
  const { h64Raw } = await createHasher()
  const values = items.flatMap((one) => leavesOf(one))
  return values.flatMap((value) => {
    const text = value.toString('utf8')
    const digests = ['sha1', 'sha256', 'md5'].flatMap((name) => {
      const digest = createHash(name).update(value).digest()
      return [digest.toString('hex'), digest.toString('base64')]
    })
    const fast = [0n, 0x9e3779b97f4a7c15n, 0xc2b2ae3d27d4eb4fn].map((seed) =>
      h64Raw(value, seed).toString(16).padStart(16, '0'),
    )
    const base64 = value.toString('base64').replace(/=+$/, '').slice(0, -1)
    return [text, base64, value.toString('hex'), encodeURIComponent(text), ...digests, ...fast]
  })
}

function leavesOf(value: unknown): Buffer[] {
  if (value instanceof Uint8Array) return [Buffer.from(value)]
  if (typeof value === 'string') return [Buffer.from(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(leavesOf)
}

const RULES = {
  email: 'email',
  name: 'name',
  text: 'hash',
  number: 'digits',
  card: 'last4',
  bytes: 'hash',
  'map.inner': 'digits',
  'map.list[*]': { fixed: 'none' },
  tags: 'hash',
  '*': 'drop',
}

/** Hooks that quote all that they see, and fail on some. */
const QUOTING = `
export function isItemDifferent(master, replica) {
  if (master.number.N.endsWith('1')) throw new Error('no: ' + JSON.stringify([master, replica]))
  return true
}
export function onMissing(item) {
  console.log(JSON.stringify(item))
  if (item.number.N.endsWith('2')) throw new TypeError(JSON.stringify(item))
}
`

interface Case {
  readonly rules: Rules
  /** Files that the run may write. */
  readonly files: readonly string[]
}

const CASES: Readonly<Record<string, Case>> = {
  'kept keys': {
    rules: { ...RULES, id: 'keep' },
    files: ['checkpoint', 'plan'],
  },
  'masked keys': { rules: { ...RULES, id: 'hash' }, files: [] },
}

for (const [name, { rules, files }] of Object.entries(CASES)) {
  t.test(`planted values under ${name}`, oneOfMany(), async (t) => {
    const folder = await tempFolder(t)
    const at = (file: string) => join(folder, file)
    const [master, replica] = [await makeTable(engine.endpoint), await makeTable(engine.endpoint)]
    const items = Array.from({ length: 30 }, (_, index) => item(index))
    // One that no rule covers, one of a wrong type, one with too short a value.
    const odd = [
      { ...item(100), email: { N: '314159265358979321' } },
      { ...item(101), card: { S: 'planted' } },
      { ...item(102), map: { M: { other: { S: 'planted-other' }, inner: { BOOL: true } } } },
    ]
    await master.put([...items, ...odd])
    const { options } = await masked(t, rules, KEY)
    const hooks = at('hooks.mjs')
    await writeFile(hooks, QUOTING)
    const toReplica = await startRecorder(t, engine.endpoint, ({ operation, body }) =>
      operation === 'UpdateItem'
        ? {
            ...{ status: 400, type: 'com.amazon#ValidationException' },
            message: `bad: ${JSON.stringify(body)}`,
          }
        : undefined,
    )
    const toMaster = await startRecorder(t, engine.endpoint, ({ operation, body, at: time }) =>
      operation === 'BatchGetItem' && time > 0 && JSON.stringify(body).includes('planted-id-29')
        ? {
            ...{ status: 400, type: 'com.amazon#ValidationException' },
            message: `bad key planted-id-29 of ${JSON.stringify(item(29))}`,
          }
        : undefined,
    )
    const args = [
      ...[
        '--master',
        master.label,
        '--replica',
        replica.label,
        '--workers',
        '1',
        '--segments',
        '2',
      ],
      ...['--master-endpoint', toMaster.endpoint, '--replica-endpoint', toReplica.endpoint],
      ...['--masks', options.masks, '--mask-key-file', options.maskKeyFile, '--no-ttl-aware'],
    ]
    const said: string[] = []
    const run = async (words: readonly string[], env = {}) => {
      const { code, stdout, stderr } = await runCli(words, env)
      said.push(`${words.slice(0, 30).join(' ')}\n${stdout}\n${stderr}`)
      return code
    }
    const all = (leg: string) => [
      ...['--report', at(`${leg}.ndjson`), '--html', at(`${leg}.html`), '--verbose', '--json'],
      ...['--metrics-file', at(`${leg}.prom`), '--log-file', at(`${leg}.log`), '--show-values'],
    ]
    t.equal(await run([...args, ...all('dry')]), 3)
    if (files.includes('plan')) {
      await run([...args, '--write-missing', '--plan', at('plan.ndjson'), '--plan-items'])
      await run([...args, '--write-missing', '--plan', at('plan2.ndjson')])
      await run(['show', at('plan2.ndjson')])
    }
    const hasLegs = files.includes('checkpoint')
    const journal = at(hasLegs ? 'undo.ndjson' : 'undo.ndjson.gz')
    const writes = ['--write-missing', '--write-differing', '--journal', journal]
    const legs = hasLegs ? ['--checkpoint', at('run.checkpoint')] : []
    t.equal(
      await run([...args, ...writes, ...legs, ...all('first'), '--max-writes', '9']),
      4,
      said.at(-1) ?? '',
    )
    if (hasLegs) {
      await run([...args, ...writes, ...legs, '--resume', ...all('first')])
      const report = await readFile(at('first.ndjson'), 'utf8')
      t.match(report, /planted-id-29.*unverified/, 'the report names keys that are kept')
      t.match(report, 'its message is withheld')
    }
    const others = writes.map((one) => one.replace('undo', 'undo2'))
    t.equal(
      await run([...args, ...others, '--hooks', hooks, ...all('third')]),
      3,
      said.at(-1) ?? '',
    )
    await replica.put(
      (await replica.all()).slice(0, 9).map((one) => ({ ...one, text: { S: 'drifted' } })),
    )
    await run([...args, '--write-differing', ...all('fourth'), '--until-in-sync', '5s'])
    await run(['show', at('first.ndjson'), '--json'])
    await run(['show', at('third.ndjson'), '--since', at('first.ndjson')])
    t.ok((await replica.all()).length >= 20)
    const held = JSON.stringify((await replica.all()).map(readable))
    const sent = JSON.stringify(toReplica.asked.map(({ body }) => body))
    const written = await contentsOf(folder)
    t.ok(written.length > 10)
    const isKept = rules['id'] === 'keep'
    const forms = await formsOf([...items, ...odd].map((one) => withoutKept(one, isKept)))
    const clear = isKept ? CLEAR.map((one) => (one === 'planted-' ? 'planted-text' : one)) : CLEAR
    const places: [string, string][] = [
      ...said.map((text): [string, string] => [text.slice(0, 300), text]),
      ...written.filter(([file]) => file !== 'hooks.mjs'),
      ['the replica', held],
      ['requests to the replica', sent],
    ]
    for (const [place, text] of places) {
      // Texts of fewer characters may be part of any hash.
      const found = [...clear, ...forms.filter(({ length }) => length > 7), KEY].filter(
        (form) => form !== 'planted-tag' && text.includes(form),
      )
      t.same(found, [], place)
    }
  })
}

/** Last four characters stay, and what is dropped has no form. */
function withoutKept({ id, ...rest }: Item, isKept: boolean): Item {
  return isKept || id === undefined ? rest : { id, ...rest }
}

const readable = (one: unknown): unknown =>
  JSON.parse(
    JSON.stringify(one, (_, value) =>
      value?.type === 'Buffer' ? Buffer.from(value.data).toString('base64') : value,
    ),
  )

/** All that is in a folder, unpacked, by file name. */
async function contentsOf(folder: string): Promise<[string, string][]> {
  const names = await readdir(folder)
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => {
      const content = await readFile(join(folder, name))
      return [name, (name.endsWith('.gz') ? gunzipSync(content) : content).toString('utf8')]
    }),
  )
}
