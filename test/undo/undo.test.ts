/** Repairs undone: what a journal holds, and what undo restores from it. */

import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Difference, type ReplicaSummary, undoSync, type WireItem } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import {
  ALL_WRITES,
  askedOf,
  asks,
  item,
  openScene,
  type Scene,
  type SceneOptions,
} from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany, skipLong } from '../support/thorough.ts'

async function journalIn(t: Test, name = 'undo.ndjson'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return join(folder, name)
}

/** A replica repaired with a journal. */
async function repaired(t: Test, options: SceneOptions = {}, name?: string) {
  const scene = await openScene(t, options)
  const before = scene.replica.table.all()
  const journal = await journalIn(t, name)
  const { summary } = await scene.run({ ...ALL_WRITES, maxDeletes: '100%', undo: journal })
  t.equal(summary.outcome, 'in-sync')
  t.strictSame(scene.replica.table.all(), scene.master.table.all())
  return { ...scene, before, journal }
}

const undone = (journal: string, more = {}) =>
  undoSync({ journal, maxRetries: 2, retryDelayBase: 1, workers: 1, ...more })

for (const name of ['undo.ndjson', 'undo.ndjson.gz']) {
  t.test(`undoSync restores what a repair has changed, from ${name}`, oneOfMany(), async (t) => {
    const { replica, before, journal } = await repaired(t, {}, name)
    const bytes = await readFile(journal)
    const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    t.equal(text.trim().split('\n').length, 1 + 5 + 4 + 3 + 1, 'header, a line per write, footer')
    t.equal((await stat(journal)).mode & 0o777, 0o600)
    const { outcome, replicas } = await undone(journal)
    t.equal(outcome, 'in-sync')
    t.match(replicas[replica.label], { written: 7, deleted: 5, conflicts: 0, failed: 0 })
    t.strictSame(replica.table.all(), before)
    const again = await undone(journal)
    t.match(again.replicas[replica.label], { written: 0, deleted: 0, resolved: 12 })
    t.equal(again.outcome, 'in-sync')
  })
}

t.test('undoSync restores 2,000 items of all kinds exactly', { skip: skipLong }, async (t) => {
  const masterItems = Array.from({ length: 2000 }, (_, n) => item(n))
  const replicaItems = [
    ...masterItems.slice(800, 1200),
    ...masterItems
      .slice(1200)
      .map((one): WireItem => ({ ...one, n: { N: '-1' }, own: { SS: ['a', 'b'] } })),
    ...Array.from({ length: 400 }, (_, n) => item(10_000 + n)),
  ]
  const { replica, before, journal } = await repaired(t, { masterItems, replicaItems })
  const { outcome, replicas } = await undone(journal)
  t.equal(outcome, 'in-sync')
  t.match(replicas[replica.label], { written: 1200, deleted: 800, failed: 0 })
  t.strictSame(replica.table.all(), before)
})

t.test('undoSync writes nothing in a dry run, and reports what it would do', async (t) => {
  const { replica, journal } = await repaired(t)
  const after = replica.table.all()
  const told: string[] = []
  const { outcome, replicas } = await undone(journal, {
    dryRun: true,
    onDifference: ({ kind, action }: { kind: string; action: string }) =>
      told.push(`${kind} ${action}`),
  })
  t.equal(outcome, 'different')
  t.match(replicas[replica.label], { missing: 3, differing: 4, extra: 5, written: 0, deleted: 0 })
  t.strictSame(told.sort(), [
    ...Array(4).fill('differing none'),
    ...Array(5).fill('extra none'),
    ...Array(3).fill('missing none'),
  ])
  t.strictSame(replica.table.all(), after)
})

t.test('undoSync leaves items that have changed since the repair', async (t) => {
  const { replica, before, journal } = await repaired(t)
  const touched = [
    item(2, { since: { S: 'x' } }),
    item(57, { since: { S: 'x' } }),
    item(101, { since: { S: 'x' } }),
  ]
  for (const one of touched) replica.table.set(one)
  const told: unknown[] = []
  const { outcome, replicas } = await undone(journal, {
    onDifference: (one: unknown) => told.push(one),
  })
  t.equal(outcome, 'different')
  t.match(replicas[replica.label], { written: 5, deleted: 4, changed: 3, conflicts: 0 })
  const ids = new Set(touched.map(({ id }) => JSON.stringify(id)))
  const untouched = (items: WireItem[]) => items.filter(({ id }) => !ids.has(JSON.stringify(id)))
  t.strictSame(untouched(replica.table.all()), untouched(before))
  for (const one of touched)
    t.strictSame(replica.table.at({ id: one['id'] as WireItem['id'] } as WireItem), one)
  t.equal(told.filter((one) => /changed since/.test(JSON.stringify(one))).length, 3)
})

t.test('undoSync follows a key through several writes, even refused ones', async (t) => {
  const scene = await openScene(t, {
    masterItems: [item(1, { v: { N: '2' } })],
    replicaItems: [item(1, { v: { N: '0' } })],
  })
  let writes = 0
  scene.replica.stub.on((request) => {
    if (!asks('UpdateItem')(request)) return undefined
    writes++
    // The first update is refused, since the item has changed; the second is overtaken and mended.
    if (writes === 1) scene.replica.table.set(item(1, { v: { N: '1' } }))
    if (writes === 2) scene.master.table.set(item(1, { v: { N: '3' } }))
    return undefined
  })
  const journal = await journalIn(t)
  await scene.run({ ...ALL_WRITES, undo: journal })
  t.equal(writes, 3)
  t.strictSame(scene.replica.table.all(), [item(1, { v: { N: '3' } })])
  await undone(journal)
  t.strictSame(scene.replica.table.all(), [item(1, { v: { N: '1' } })])
})

t.test('a journal line is on disk before its write is sent', async (t) => {
  const scene = await openScene(t)
  const journal = await journalIn(t)
  const looks: Promise<void>[] = []
  scene.replica.stub.on((request) => {
    if (!asks('PutItem', 'UpdateItem', 'DeleteItem')(request)) return undefined
    const { id } = (request.body['Item'] ?? request.body['Key']) as WireItem
    const look = readFile(journal, 'utf8').then((text) => {
      t.ok(text.includes(`"key":${JSON.stringify({ id })}`), `${JSON.stringify(id)} is journaled`)
    })
    looks.push(look)
    return { answeredAfter: look }
  })
  await scene.run({ ...ALL_WRITES, undo: journal })
  await Promise.all(looks)
  t.equal(looks.length, 12)
})

t.test('runSync keeps no journal in a dry run, and overwrites none', async (t) => {
  const scene = await openScene(t)
  const journal = await journalIn(t)
  await scene.run({ ...ALL_WRITES, dryRun: true, undo: journal })
  await t.rejects(stat(journal))
  await writeFile(journal, 'mine')
  await t.rejects(scene.run({ ...ALL_WRITES, undo: journal }), {
    code: 'FILE_UNWRITABLE',
    message: /EEXIST/,
  })
  t.equal(await readFile(journal, 'utf8'), 'mine')
  t.equal(askedOf(scene.replica, 'PutItem'), 0)
})

t.test('runSync writes nothing where the journal cannot be written', async (t) => {
  const scene = await openScene(t)
  await t.rejects(scene.run({ ...ALL_WRITES, undo: '/no/such/folder/undo' }), {
    code: 'FILE_UNWRITABLE',
  })
  t.equal(askedOf(scene.replica, 'PutItem'), 0)
})

t.test('undoSync skips a torn last line, and refuses any other damaged line', async (t) => {
  const { replica, before, journal } = await repaired(t)
  const text = await readFile(journal, 'utf8')
  await appendFile(journal, text.trim().split('\n').at(-1)?.slice(0, 40) ?? '')
  await undone(journal)
  t.strictSame(replica.table.all(), before)

  const lines = text.trim().split('\n')
  for (const [what, damage] of [
    ['torn', (line: string) => line.slice(0, -9)],
    ['flipped', (line: string) => line.replace('"key"', '"kez"')],
    ['emptied', () => ''],
    ['without its checksum', (line: string) => line.replace(/^\{"crc":"\w+",/, '{')],
  ] as const) {
    const other = await journalIn(t)
    const damaged = lines.map((line, at) => (at === 4 ? damage(line) : line))
    await writeFile(other, `${damaged.join('\n')}\n`)
    const { errors, outcome } = await undone(other).catch((error) => ({
      errors: [error],
      outcome: 'refused',
    }))
    t.match(errors[0], { code: 'USAGE', message: /line 5/ }, what)
    t.not(outcome, 'in-sync')
    t.strictSame(replica.table.all(), before, 'nothing was undone')
  }
})

t.test('undoSync reads a compressed journal up to where it is torn', async (t) => {
  const { replica, before, journal } = await repaired(t, {}, 'undo.ndjson.gz')
  const bytes = await readFile(journal)
  await writeFile(journal, Buffer.concat([bytes, bytes.subarray(0, 50)]))
  await undone(journal)
  t.strictSame(replica.table.all(), before)
})

t.test('undoSync refuses a compressed journal that is damaged', async (t) => {
  const { replica, journal } = await repaired(t, {}, 'undo.ndjson.gz')
  const after = replica.table.all()
  const bytes = await readFile(journal)
  const second = bytes.indexOf(Buffer.from([0x1f, 0x8b, 8]), 3)
  for (const at of [second, second + 14, bytes.length - 30]) {
    const flipped = Buffer.from(bytes)
    flipped[at] = (flipped[at] ?? 0) ^ 0x55
    await writeFile(journal, flipped)
    await t.rejects(undone(journal), { code: 'USAGE', message: /Expected line \d+ of/ }, `${at}`)
    t.strictSame(replica.table.all(), after)
  }
})

t.test('undoSync refuses a file that is no journal', async (t) => {
  const file = await journalIn(t)
  await t.rejects(undone(file), { code: 'USAGE', message: /Cannot read/ })
  for (const text of ['', 'hello\n', '{"crc":"00000000","tablesync":"undo-journal"}\n']) {
    await writeFile(file, text)
    await t.rejects(undone(file), { code: 'USAGE', message: /undo journal of version 1 or 2/ })
  }
})

function withTableId({ replica }: Pick<Scene, 'replica'>, id: () => string): void {
  replica.stub.on(({ operation }) =>
    operation === 'DescribeTable'
      ? { rewrite: (answer) => ({ Table: { ...(answer['Table'] as object), TableId: id() } }) }
      : undefined,
  )
}

t.test('undoSync refuses a table that was recreated since', async (t) => {
  const scene = await openScene(t)
  let id = 'first'
  withTableId(scene, () => id)
  const journal = await journalIn(t)
  await scene.run({ ...ALL_WRITES, undo: journal })
  id = 'second'
  await t.rejects(undone(journal), {
    code: 'TABLE_CHANGED',
    hint: /recreated table, the file is void/,
  })
  t.strictSame(scene.replica.table.all(), scene.master.table.all())
  id = 'first'
  t.equal((await undone(journal)).outcome, 'in-sync')
})

t.test('undoSync retries transient errors, and counts what fails for good', async (t) => {
  const { replica, before, journal } = await repaired(t)
  let refused = 0
  replica.stub.on((request) => {
    if (!asks('PutItem', 'DeleteItem')(request)) return undefined
    if (JSON.stringify(request.body).includes('"item-2"')) return { error: 'ValidationException' }
    return refused++ < 5 ? { error: 'InternalServerError', status: 500, landed: true } : undefined
  })
  const { outcome, replicas } = await undone(journal)
  t.equal(outcome, 'incomplete')
  t.match(replicas[replica.label], { failed: 1, conflicts: 0 })
  const others = (items: WireItem[]) =>
    items.filter(({ id }) => JSON.stringify(id) !== '{"S":"item-2"}')
  t.strictSame(others(replica.table.all()), others(before))
})

t.test('undoSync stops at maxWrites', async (t) => {
  const { journal } = await repaired(t)
  const { outcome, stopped } = await undone(journal, { maxWrites: 11 })
  t.equal(outcome, 'stopped')
  t.match(stopped, { rail: 'max-writes' })
})

for (const [what, before] of [
  ['put', undefined],
  ['update', item(1, { v: { N: '1' } })],
] as const) {
  t.test(
    `undoSync leaves what a replicator wrote when our ${what} was refused`,
    oneOfMany(),
    async (t) => {
      const now = item(1, { v: { N: '2' } })
      const scene = await openScene(t, {
        masterItems: [now],
        replicaItems: before === undefined ? [] : [before],
      })
      scene.replica.stub.on((request) => {
        if (asks('PutItem', 'UpdateItem')(request)) scene.replica.table.set(now)
        return undefined
      })
      const undo = join(await tempFolder(t), 'undo.ndjson')
      const { summary } = await scene.run({ ...ALL_WRITES, undo })
      t.match(summary.replicas[scene.replica.label], { written: 0, resolved: 1 })
      await undoSync({ journal: undo, workers: 1 })
      t.strictSame(scene.replica.table.all(), [now])
    },
  )
}

t.test('undoSync writes no more than maxWrites', async (t) => {
  for (const maxWrites of [0, 1, 5]) {
    const scene = await openScene(t, {
      masterItems: Array.from({ length: 60 }, (_, n) => item(n)),
      replicaItems: [],
    })
    const undo = join(await tempFolder(t), 'undo.ndjson')
    await scene.run({ ...ALL_WRITES, undo })
    const summary = await undoSync({ journal: undo, workers: 1, maxWrites })
    t.match(summary, { outcome: 'stopped', stopped: { rail: 'max-writes' } })
    t.equal(scene.replica.table.all().length, 60 - maxWrites)
  }
})

t.test('undoSync gives up on an engine that refuses conditions that hold', async (t) => {
  const scene = await openScene(t, { masterItems: [item(1)], replicaItems: [] })
  const undo = join(await tempFolder(t), 'undo.ndjson')
  await scene.run({ ...ALL_WRITES, undo })
  scene.replica.stub.on((request) =>
    asks('DeleteItem')(request) ? { error: 'ConditionalCheckFailedException' } : undefined,
  )
  const differences: Difference[] = []
  const summary = await undoSync({
    journal: undo,
    workers: 1,
    onDifference: (one) => void differences.push(one),
  })
  t.match(summary.replicas[scene.replica.label], { conflicts: 1, deleted: 0 })
  t.match(differences, [{ action: 'conflict', error: /may not compare maps and lists/ }])
})

t.test('undoSync backs off while its writes are throttled', async (t) => {
  const { replica, before, journal } = await repaired(t)
  const first = new Map<string, number>()
  replica.stub.on((request) => {
    if (!asks('PutItem', 'DeleteItem')(request)) return undefined
    const key = JSON.stringify([request.body['Key'], request.body['Item']])
    const now = performance.now()
    if (!first.has(key)) first.set(key, now)
    return now - (first.get(key) ?? 0) < 400 ? { error: 'ThrottlingException' } : undefined
  })
  const { outcome } = await undone(journal, { maxRetries: 10, retryDelayBase: 50 })
  t.equal(outcome, 'in-sync')
  t.strictSame(replica.table.all(), before)
})

t.test('undoSync counts the keys that it has not reached', async (t) => {
  const masterItems = Array.from({ length: 300 }, (_, n) => item(n))
  const { replica, journal } = await repaired(t, {
    masterItems,
    replicaItems: masterItems.slice(0, 40),
  })
  const stopped = await undone(journal, { maxWrites: 10 })
  t.equal(stopped.stopped?.rail, 'max-writes')
  const { offered, deleted, unjudged, extra } = stopped.replicas[replica.label] as ReplicaSummary
  t.equal(offered, 260)
  t.equal(deleted, 10)
  t.equal(unjudged + Number(extra), 260, 'each key once')
  const ending = new AbortController()
  replica.stub.on((request) => {
    if (asks('DeleteItem')(request)) ending.abort()
    return undefined
  })
  const ended = await undone(journal, { signal: ending.signal })
  t.equal(ended.outcome, 'interrupted')
  t.equal(ended.replicas[replica.label]?.offered, 260)
  const { outcome } = await undone(journal)
  t.equal(outcome, 'in-sync')
})
