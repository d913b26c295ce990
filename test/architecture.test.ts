import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { t } from './support/tap.ts'

/** The sources, read as text. Works from dist/test and from test. */
const root = fileURLToPath(
  new URL(import.meta.url.includes('/dist/') ? '../../' : '../', import.meta.url),
)

interface Source {
  readonly file: string
  readonly text: string
  /** Repository paths of files, or names of packages. */
  readonly imports: readonly string[]
}

function sourcesBelow(folder: string): Source[] {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const file = join(folder, name)
    if (statSync(join(root, file)).isDirectory()) return sourcesBelow(file)
    return file.endsWith('.ts') ? [source(file)] : []
  })
}

function source(file: string): Source {
  const text = readFileSync(join(root, file), 'utf8')
  const imports = [
    ...text.matchAll(/(?:^import |\} from |^import .* from |import\()'([^']+)'/gm),
  ].map(([, name = '']) =>
    name.startsWith('.') ? relative(root, join(root, dirname(file), name)) : name,
  )
  return { file, text, imports }
}

const lib = sourcesBelow('lib')
const workers = sourcesBelow('workers')

const PURE = ['lib/model', 'lib/errors.ts']

/** How paths are spelt, and recorded in files. */
const PATHS = ['lib/item/path.ts', 'lib/item/places/recorded-paths.ts']

/** What each room may import from other rooms. Its own room is always allowed. */
const ROOMS: Record<string, readonly string[]> = {
  'lib/model': ['lib/errors.ts'],
  'lib/errors.ts': ['lib/model/redaction.ts'],
  'lib/diagnostics.ts': [],
  'lib/item': PURE,
  'lib/options': [...PURE, ...PATHS],
  'lib/masks': [
    ...PURE,
    'lib/item',
    'lib/files/regular-file.ts',
    'lib/options/nearest.ts',
    'lib/options/values',
  ],
  'lib/protocol': PURE,
  'lib/files': [...PURE, 'lib/diagnostics.ts'],
  'lib/http': [...PURE, 'lib/item/bytes/response-body.ts'],
  'lib/access': [...PURE, 'lib/http/sdk-handler.ts'],
  'lib/dynamo': [
    ...PURE,
    'lib/item',
    'lib/http',
    'lib/protocol/setup.ts',
    'lib/protocol/shared/outages.ts',
    'lib/protocol/shared/token-buckets.ts',
    'lib/protocol/shared/traffic.ts',
  ],
  'lib/run': [
    ...PURE,
    ...PATHS,
    'lib/diagnostics.ts',
    'lib/options',
    'lib/protocol',
    'lib/files',
    'lib/selection',
    'lib/sampling',
    'lib/masks',
    'lib/access/caller-account.ts',
    'lib/access/configuration.ts',
    'lib/access/credentials.ts',
    'lib/access/endpoint.ts',
    'lib/access/trust.ts',
    'lib/dynamo/create',
    'lib/dynamo/describe',
    'lib/dynamo/request/request-errors.ts',
  ],
  'lib/selection': [...PURE, 'lib/files', 'lib/item/key.ts', 'lib/item/path.ts'],
  'lib/report': [...PURE, 'lib/files', 'lib/item/path.ts'],
  'lib/metrics': [...PURE, 'lib/files/own-file.ts', 'lib/report/progression.ts'],
  'lib/sampling': ['lib/model'],
  'lib/fingerprints': [...PURE, 'lib/files'],
  'lib/shards': [
    ...PURE,
    'lib/files',
    'lib/options/option.ts',
    'lib/options/settings.ts',
    'lib/run/checkpoint',
    'lib/run/safeguards',
    'lib/run/state',
  ],
  'lib/show': [
    ...PURE,
    'lib/files',
    'lib/item/normalise.ts',
    'lib/item/places/compared.ts',
    'lib/item/places/recorded-paths.ts',
    'lib/item/write-units.ts',
    'lib/report',
    'lib/selection',
  ],
  'lib/export': [
    ...PURE,
    'lib/files',
    'lib/protocol/revert-batches.ts',
    'lib/protocol/wire-error.ts',
    'lib/options/option.ts',
    'lib/run/concurrent-work.ts',
  ],
  'lib/page': [...PURE, 'lib/files', 'lib/item/path.ts', 'lib/report'],
  'lib/commands': [
    ...PURE,
    'lib/item/places/recorded-paths.ts',
    'lib/files',
    'lib/fingerprints',
    'lib/options',
    'lib/page',
    'lib/pairs',
    'lib/run',
    'lib/masks',
    'lib/report',
    'lib/selection',
    'lib/show',
    'lib/export',
    'lib/metrics',
    'lib/sampling',
    'lib/shards',
  ],
  'lib/index.ts': [...PURE, 'lib/options', 'lib/commands', 'lib/run/threads/thread-files.ts'],
  'lib/process': [
    ...PURE,
    'lib/files',
    'lib/options/option.ts',
    'lib/options/secrets.ts',
    'lib/report',
  ],
  'lib/cli': [
    ...PURE,
    'lib/commands',
    'lib/config',
    'lib/files/prices-file.ts',
    'lib/files/regular-file.ts',
    'lib/files/unreadable.ts',
    'lib/options',
    'lib/process',
    'lib/report',
    'lib/shards/shard-index.ts',
  ],
  'lib/config': [...PURE, 'lib/files', 'lib/options'],
  'lib/pairs': [...PURE, 'lib/options'],
  'lib/cli.ts': [
    ...PURE,
    'lib/cli',
    'lib/config',
    'lib/files/distinct-files.ts',
    'lib/files/folder.ts',
    'lib/process',
    'lib/access/credential-command.ts',
    'lib/options',
    'lib/report',
    'lib/commands',
    'lib/files/prices-file.ts',
    'lib/run/threads/thread-files.ts',
  ],
  workers: [
    ...PURE,
    'lib/diagnostics.ts',
    'lib/item',
    'lib/fingerprints/keyed-sum.ts',
    'lib/masks',
    'lib/protocol',
    'lib/dynamo',
  ],
}

const OWNERS: Record<string, readonly string[]> = {
  '@aws-sdk/client-dynamodb': [
    'lib/dynamo/create',
    'lib/dynamo/describe',
    'lib/dynamo/plain-item.ts',
  ],
  // Loaded where a table is made, and for nothing else.
  '@aws-sdk/client-sts': ['lib/access/caller-account.ts'],
  '@aws-sdk/util-dynamodb': ['lib/dynamo/plain-item.ts'],
  '@aws-sdk/credential-providers': ['lib/access/sources.ts'],
  '@smithy/core/config': ['lib/access'],
  '@smithy/node-http-handler': ['lib/http/sdk-handler.ts'],
  'proxy-from-env': ['lib/http/proxy.ts'],
  '@smithy/signature-v4': ['lib/dynamo/request/signature.ts'],
  '@smithy/types': ['lib/dynamo/describe/request-template.ts', 'lib/dynamo/request/sha256.ts'],
  piscina: ['lib/run/threads/worker-pool.ts', 'lib/export/journaled-changes.ts'],
  cac: ['lib/options/argv.ts'],
  yaml: ['lib/config/config-file.ts'],
  'prom-client': ['lib/metrics/exposition.ts'],
  'xxhash-wasm': ['lib/item/digest.ts'],
  // Only where the outcome of its tasks is handled.
  'p-limit': ['workers'],
  'p-queue': ['workers', 'lib/run/concurrent-work.ts'],
  diff: ['lib/report/lines/differences/word-diff.ts'],
  'cli-truncate': ['lib/report/pinned-block.ts'],
  // Loaded with the page, and for nothing else.
  '@observablehq/plot': ['lib/page/chart-svg.ts'],
  linkedom: ['lib/page/chart-svg.ts'],
  'is-in-ci': ['lib/process/own-log.ts'],
  'node:fs': [
    'lib/files',
    'lib/shards/common-lines.ts',
    'lib/cli.ts',
    'lib/process/log-file.ts',
    'lib/process/printed-result.ts',
  ],
  // Worker threads touch no files.
  'node:fs/promises': [
    'lib/access/trust.ts',
    'lib/commands/revert.ts',
    'lib/commands/shards/merged-files.ts',
    'lib/export/data-files.ts',
    'lib/files',
    'lib/metrics',
    'lib/process/log-file.ts',
    'lib/report',
    'lib/run',
    'lib/shards',
  ],
  'node:child_process': ['lib/access/credential-command.ts', 'lib/process/pager.ts'],
  'node:worker_threads': [
    'lib/protocol/port.ts',
    'lib/run/preflight/hooks-check.ts',
    'lib/run/threads/worker-pool.ts',
    'workers/entry.ts',
    'workers/hooks-trial.ts',
    'workers/revert-entry.ts',
  ],
}

const isIn = (file: string, place: string) => file === place || file.startsWith(`${place}/`)

t.test('every file imports only what its room may import', async (t) => {
  for (const { file, imports } of [...lib, ...workers]) {
    const room = Object.keys(ROOMS).find((name) => isIn(file, name))
    if (room === undefined) {
      t.fail(`${file} lies in no room`)
      continue
    }
    const allowed = [room, ...(ROOMS[room] ?? [])]
    const own = imports.filter((name) => isIn(name, 'lib') || isIn(name, 'workers'))
    t.same(
      own.filter((name) => !allowed.some((place) => isIn(name, place))),
      [],
      file,
    )
  }
})

t.test('every package is imported by its owners only', async (t) => {
  for (const { file, imports } of [...lib, ...workers]) {
    for (const name of imports.filter((each) => !isIn(each, 'lib') && !isIn(each, 'workers'))) {
      const owners = OWNERS[name]
      if (owners === undefined) t.match(name, /^node:/, `${name} in ${file} has no owner`)
      else
        t.ok(
          owners.some((owner) => isIn(file, owner)),
          `${name} in ${file}`,
        )
    }
  }
})

t.test('only the command reads process and writes to the console', async (t) => {
  for (const { file, text } of [...lib, ...workers]) {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
    const isCommand = ['lib/cli.ts', 'lib/cli', 'lib/process'].some((room) => isIn(file, room))
    if (!isCommand) t.notMatch(code, /\bprocess\.|\bconsole\./, file)
  }
})

t.test('the command writes only through the screen and the result', async (t) => {
  for (const { file, text } of lib) {
    if (file === 'lib/cli.ts' || file === 'lib/process/signals.ts') t.notMatch(text, /\.write\(/)
  }
})

/** Calls that `void` may stand before: they return no promise, or one that never rejects. */
const NEVER_REJECT: readonly string[] = [
  'socket.write',
  'socket.destroy',
  'this.#begun.delete',
  // These pass a failure on to the callers that wait.
  'this.#flush',
  'renew',
  // Their result says what they could not find out.
  'this.lookIfDue',
  'tableWatch.look',
]

/** Promises that nobody handles although they may reject, which would end the process. */
function unowned(text: string): string[] {
  const letGo = [...text.matchAll(/\bvoid ([\w.#?]+)\((.*)$/gm)]
  return letGo
    .filter(([, callee = '', rest = '']) => {
      return !NEVER_REJECT.includes(callee) && !rest.includes('.catch(')
    })
    .map(([whole]) => whole)
}

t.test('every promise has an owner', async (t) => {
  // Biome checks that promises are awaited, kept or caught. `void` gets round that check.
  for (const { file, text } of [...lib, ...workers]) t.same(unowned(text), [], file)
  t.same(unowned('  void queue.add(() => work())\n'), ['void queue.add(() => work())'])
  t.same(unowned('  void save().catch(failed)\n'), [])
})

t.test('docs/invariants.md names a test that exists for each invariant', async (t) => {
  const page = readFileSync(join(root, 'docs/invariants.md'), 'utf8')
  const named = [...page.matchAll(/`(test\/[\w/.-]+\.test\.ts)`/g)].map(([, file = '']) => file)
  t.ok(named.length >= 12)
  for (const file of named) t.ok(statSync(join(root, file), { throwIfNoEntry: false }), file)
})

t.test('tests import tap only through test/support, without its async hooks', async (t) => {
  const taking = sourcesBelow('test').filter(({ imports }) => imports.includes('tap'))
  t.same(
    taking.map(({ file }) => file),
    ['test/support/tap.ts'],
  )
})

/** The first circle of imports found, types included. */
function circleIn(sources: readonly Source[]): readonly string[] | undefined {
  const imports = new Map(sources.map((one) => [one.file, one.imports]))
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return undefined
    done.add(file)
    for (const next of imports.get(file) ?? []) {
      const circle = visit(next, [...path, file])
      if (circle !== undefined) return circle
    }
    return undefined
  }
  for (const { file } of sources) {
    const circle = visit(file, [])
    if (circle !== undefined) return circle
  }
  return undefined
}

t.test('imports form no circle, not even imports of types', async (t) => {
  t.equal(circleIn([...lib, ...workers]), undefined)
  const one = (file: string, ...imports: string[]) => ({ file, text: '', imports })
  t.same(circleIn([one('a', 'b'), one('b', 'c'), one('c', 'b')]), ['b', 'c', 'b'])
})

t.test('folders are small, and no file name occurs in two folders', async (t) => {
  const folders = new Map<string, number>()
  const places = new Map<string, string>()
  for (const { file } of [...lib, ...workers]) {
    if (isIn(file, 'lib/item/kernel/source')) continue
    const folder = dirname(file)
    folders.set(folder, (folders.get(folder) ?? 0) + 1)
    const name = file.slice(folder.length + 1)
    t.equal(places.get(name) ?? folder, folder, `${name} in ${folder}`)
    places.set(name, folder)
  }
  for (const [folder, files] of folders) {
    const isTower = isIn(folder, 'lib/run') || isIn(folder, 'workers')
    t.ok(files <= (isTower ? 12 : 20), `${folder}: ${files}`)
  }
})

t.test('no file has 300 lines or more', async (t) => {
  const lengths = [...lib, ...workers].map(({ file, text }) => ({
    file,
    lines: text.split('\n').length,
  }))
  for (const { file, lines } of lengths) t.ok(lines < 300, `${file}: ${lines}`)
})

t.test('a worker thread starts without loading the SDK', async (t) => {
  const sources = new Map([...lib, ...workers].map((one) => [one.file, one]))
  const reached = new Set<string>()
  const reach = (file: string) => {
    const text = sources.get(file)?.text
    if (text === undefined || reached.has(file)) return
    reached.add(file)
    // Type-only imports are not loaded.
    const loaded = text.matchAll(/^(?:import|export) (?!type\b)[^;]*?from '([^']+)'/gms)
    for (const [, name = ''] of loaded) {
      t.not(name, '@aws-sdk/client-dynamodb', file)
      if (name.startsWith('.')) reach(join(dirname(file), name))
    }
  }
  reach('workers/entry.ts')
  t.ok(reached.size > 50)
})
