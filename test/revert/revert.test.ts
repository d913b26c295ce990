/** A bad deploy taken back: an export becomes a journal, and an undo follows it. */
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RevertOptions, revertSync, undoSync, type WireItem } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { hooksModule } from '../support/hooks-module.ts'
import { item } from '../support/scene.ts'
import { type Stub, startStub } from '../support/tables/stub.ts'
import type { StubTable } from '../support/tables/stub-table.ts'
import { type Test, t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'
import {
  type ChangeOfKey,
  TABLE_ARN,
  WINDOW,
  type WrittenExport,
  writeExport,
} from './an-export.ts'
import { waitsForEver } from './waiting-hook.ts'

const ID = '12345a12-abcd-123a-ab12-1234abc12345'
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }
const HOUR = 3600
const IN_WINDOW = Date.parse('2026-11-30T08:30:00.000Z') / 1000

interface Scene {
  readonly stub: Stub
  readonly table: StubTable
  /** Where the journal goes. */
  readonly journal: string
  exported(changes: readonly ChangeOfKey[]): Promise<WrittenExport>
  revert(folder: string, more?: Partial<RevertOptions>): ReturnType<typeof revertSync>
  undo(): ReturnType<typeof undoSync>
}

async function openTable(t: Test, items: Iterable<WireItem>): Promise<Scene> {
  const stub = await startStub()
  t.teardown(() => stub.close())
  const table = stub.table('Orders', [...items])
  table.described = { TableId: ID, TableArn: TABLE_ARN }
  const journal = join(await tempFolder(t), 'journal.ndjson')
  const replica = { table: 'us-east-1:Orders', endpoint: stub.endpoint, credentials: CREDENTIALS }
  return {
    stub,
    table,
    journal,
    exported: (changes) => writeExport(t, { tableId: ID, changes }),
    revert: (folder, more = {}) =>
      revertSync({
        export: folder,
        replicas: [replica],
        journal,
        workers: 1,
        ...(more.hooks === undefined && { all: true }),
        ...more,
      }),
    undo: () =>
      undoSync({ journal, endpoint: stub.endpoint, workers: 1, maxRetries: 2, retryDelayBase: 1 }),
  }
}

async function isThere(file: string): Promise<void> {
  while ((await stat(file).catch(() => undefined)) === undefined) await sleep(5)
}

const wide = (index: number, n: string): WireItem => ({
  ...item(index, { n: { N: n } }),
  ...Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`a${at}`, { N: String(at) }])),
})

const CHANGES = casesToPlay(10_000, 1000, 'TABLESYNC_TEST_CHANGES')

t.test(`${CHANGES} changes are taken back, and nothing of what came later is lost`, async (t) => {
  const keysOf = (index: number) => ({ id: { S: `item-${index}` } })
  const atStart = new Map<number, WireItem>()
  const atEnd = new Map<number, WireItem>()
  const changes: ChangeOfKey[] = []
  const counts = { put: 0, updated: 0, deleted: 0, expired: 0, wide: 0, goodThenBad: 0, same: 0 }
  const change = (index: number, before?: WireItem, after?: WireItem) => {
    if (before !== undefined) atStart.set(index, before)
    if (after !== undefined) atEnd.set(index, after)
    changes.push({ keys: keysOf(index), before, after })
  }
  for (let index = 0; index < CHANGES; index++) {
    const good = item(index, { state: { S: 'good' }, tags: { SS: ['b', 'a'] } })
    const bad = item(index, { state: { S: 'bad' }, n: { N: '-1' } })
    switch (index % 20) {
      case 0:
        counts.put++
        change(index, undefined, bad)
        break
      case 1:
        counts.deleted++
        change(index, good)
        break
      case 2:
        counts.expired++
        change(index, item(index, { ttl: { N: String(IN_WINDOW - HOUR) } }))
        break
      case 3:
        counts.wide++
        change(index, wide(index, '1'), wide(index, '2'))
        break
      case 4:
        // A good write, and a bad one after it: an export has the last image alone.
        counts.goodThenBad++
        change(index, item(index, { state: { S: 'old' } }), bad)
        break
      case 5:
        // Written, and back to what it was; and an item that came and went.
        counts.same++
        if (index % 40 === 5) change(index, good, { ...good, tags: { SS: ['a', 'b'] } })
        else change(index)
        break
      default:
        counts.updated++
        change(index, good, bad)
    }
  }
  const scene = await openTable(t, atEnd.values())
  const { table } = scene
  table.ttlAttribute = 'ttl'
  const later = new Set<number>()
  for (let index = 0; index < CHANGES; index += 20) {
    // 5 % of the keys, of all kinds: written, put or deleted by others since.
    const key = index + ((index / 20) % 20)
    later.add(key)
    if (key % 3 === 0 && atEnd.has(key)) table.unset(keysOf(key))
    else table.set(item(key, { state: { S: 'later' } }))
  }
  const atLast = new Map(table.all().map((one) => [one['id'], one]))
  const known = new Map([...atLast.values()].map((one) => [JSON.stringify(one['id']), one]))
  const { folder, arn } = await scene.exported(changes)

  const made = await scene.revert(folder)
  const { put, updated, deleted, expired, goodThenBad, same } = counts
  t.match(made, {
    version: 1,
    outcome: 'incomplete',
    replica: 'us-east-1:Orders',
    journal: scene.journal,
    export: { arn, tableArn: TABLE_ARN, ...WINDOW },
    changes: CHANGES,
    selected: put + updated + deleted + goodThenBad,
    unselected: 0,
    unchanged: same,
    expired,
    tooWide: counts.wide,
  })
  t.equal((await stat(scene.journal)).mode & 0o777, 0o600)
  t.notOk(
    scene.stub.requests.some(({ operation }) => /Put|Update|Delete|Write/.test(operation)),
    'a revert writes no table',
  )

  const summary = await scene.undo()
  const now = new Map(table.all().map((one) => [JSON.stringify(one['id']), one]))
  let lost = 0
  let wrong = 0
  for (let index = 0; index < CHANGES; index++) {
    const place = JSON.stringify(keysOf(index).id)
    const isLeft = later.has(index) || [2, 3, 5].includes(index % 20)
    const expected = isLeft ? known.get(place) : atStart.get(index)
    if (JSON.stringify(sorted(now.get(place))) === JSON.stringify(sorted(expected))) continue
    if (later.has(index)) lost++
    else wrong++
  }
  t.strictSame({ lost, wrong }, { lost: 0, wrong: 0 })
  t.equal(summary.outcome, 'different', 'some items have changed since')

  const again = await scene.undo()
  t.match(again.replicas['us-east-1:Orders'], { written: 0, deleted: 0 })
  t.strictSame(table.all(), [...table.all()], 'a second time changes nothing')
})

/** Members and sets in an order of their own. */
function sorted(one: WireItem | undefined): unknown {
  if (one === undefined) return null
  return Object.entries(one)
    .map(([name, value]) => [name, 'SS' in value ? [...value.SS].sort() : value])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
}

const bad = (index: number): ChangeOfKey => ({
  keys: { id: { S: `item-${index}` } },
  before: item(index),
  after: item(index, { n: { N: '-1' } }),
})
const afterOf = ({ after }: ChangeOfKey) => after as WireItem

t.test('--with-expired brings expired items back, and deletions before that time', async (t) => {
  const past = (index: number, ttl: number): ChangeOfKey => ({
    keys: { id: { S: `item-${index}` } },
    before: item(index, { until: { N: String(ttl) } }),
  })
  const scene = await openTable(t, [])
  scene.table.ttlAttribute = 'until'
  const { folder } = await scene.exported([
    past(1, IN_WINDOW - HOUR),
    past(2, IN_WINDOW + HOUR),
    past(3, IN_WINDOW - 6 * 365 * 24 * HOUR),
  ])
  t.match(await scene.revert(folder), { selected: 2, expired: 1, outcome: 'complete' })
  const journal = `${scene.journal}-all`
  t.match(await scene.revert(folder, { withExpired: true, journal }), { selected: 3, expired: 0 })
})

t.test('shouldRevert selects, and gets both images and the key', async (t) => {
  const scene = await openTable(
    t,
    [1, 2].map((index) => afterOf(bad(index))),
  )
  const { folder } = await scene.exported([
    bad(1),
    bad(2),
    { keys: { id: { S: 'new' } }, after: { id: { S: 'new' } } },
    { keys: { id: { S: 'gone' } }, before: { id: { S: 'gone' } } },
  ])
  const hooks = await hooksModule(
    t,
    `export const items = 'plain'
    export async function shouldRevert(oldItem, newItem, key) {
      if (oldItem === undefined) return newItem.id !== 'new' || key.id !== 'new'
      if (newItem === undefined) return oldItem.id === 'gone'
      return newItem.n.value === '-1' && key.id === 'item-2'
    }`,
  )
  t.match(await scene.revert(folder, { hooks }), { changes: 4, selected: 2, unselected: 2 })
  await scene.undo()
  t.strictSame(
    scene.table
      .all()
      .map(({ id }) => (id as { S: string }).S)
      .sort(),
    ['gone', 'item-1', 'item-2'],
  )
  t.strictSame(scene.table.at({ id: { S: 'item-2' } }), item(2))
  t.strictSame(scene.table.at({ id: { S: 'item-1' } }), afterOf(bad(1)))
})

t.test('a hook that fails, or answers otherwise, leaves no journal', async (t) => {
  const scene = await openTable(t, [])
  const { folder } = await scene.exported([bad(1)])
  for (const [body, message] of [
    ['throw new Error("no idea")', /shouldRevert failed: no idea/],
    ['return 1', /expected true or false from it, got 1/],
    ['process.exit(7)', /A worker thread ended/],
    ['Promise.reject(new Error("unhandled")); return new Promise(() => {})', /thread ended/],
  ] as const) {
    const hooks = await hooksModule(t, `export function shouldRevert() { ${body} }`)
    await t.rejects(scene.revert(folder, { hooks }), { message })
    await t.rejects(stat(scene.journal), { code: 'ENOENT' })
  }
  const others = await hooksModule(t, 'export function onExtra() {}')
  await t.rejects(scene.revert(folder, { hooks: others }), {
    code: 'USAGE',
    message: /functions named shouldRevert; got none of them/,
  })
})

t.test('an aborted revert leaves no journal', async (t) => {
  const scene = await openTable(t, [])
  const { folder } = await scene.exported([bad(1)])
  const hooks = await hooksModule(t, waitsForEver)
  const controller = new AbortController()
  const reverting = scene.revert(folder, { hooks, signal: controller.signal })
  await isThere(join(dirname(hooks), 'mark'))
  controller.abort()
  t.match(await reverting, { outcome: 'interrupted', changes: 0 })
  t.strictSame(await readdir(dirname(scene.journal)), [])
})

t.test('a hook that changes its items changes nothing of the journal', async (t) => {
  for (const items of ['dynamodb', 'plain']) {
    const scene = await openTable(t, [afterOf(bad(1))])
    const { folder } = await scene.exported([bad(1)])
    const hooks = await hooksModule(
      t,
      `export const items = '${items}'
      export function shouldRevert(oldItem, newItem, key) {
        for (const one of [oldItem, newItem, key]) {
          for (const name of Object.keys(one)) one[name] = { S: 'evil' }
          delete one.id
        }
        return true
      }`,
    )
    t.match(await scene.revert(folder, { hooks }), { selected: 1 })
    await scene.undo()
    t.strictSame(scene.table.all(), [item(1)], items)
  }
})

t.test('no message of a hook has a value of an item', async (t) => {
  const scene = await openTable(t, [])
  const secret = 'a-value-that-nobody-may-see'
  const { folder } = await scene.exported([
    { keys: { id: { S: 'item-1' } }, before: item(1, { note: { S: secret } }) },
  ])
  for (const body of [
    'return oldItem.note.S',
    'throw oldItem.note.S',
    'throw new Error("cannot use " + oldItem.note.S)',
    'return "a" in oldItem.note.S',
  ]) {
    const hooks = await hooksModule(t, `export function shouldRevert(oldItem) { ${body} }`)
    const error = await scene.revert(folder, { hooks }).then(
      () => undefined,
      (thrown: Error) => thrown,
    )
    t.match(error, { code: 'HOOK_FAILED' }, body)
    t.notMatch(String(error), secret, body)
  }
})
