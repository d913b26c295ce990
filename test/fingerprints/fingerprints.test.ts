/** Fingerprints of tables on real engines: equal tables have equal ones, and no others have. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  compareFingerprints,
  fingerprintTable,
  runSync,
  type WireItem,
  type WireValue,
} from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { item, openScene } from '../support/scene.ts'
import { seeded } from '../support/seeded.ts'
import { asSdk, REAL_ENGINES } from '../support/tables/real-engines.ts'
import { type Item, makeTable, type TestTable } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'

const ITEMS = 60

/** Items that every engine takes, of all types, each under a key of its own. */
function randomItems(seed: number): WireItem[] {
  const random = seeded(seed)
  const below = (most: number) => Math.floor(random() * most)
  const text = () => ['', 'a', 'ä€😀', '"\\\n', 'x'.repeat(below(200))][below(5)] as string
  const number = () =>
    ['0', '-1', '1.5', '1e20', '123456789012345678901234567890', '-0.001'][below(6)] as string
  const value = (depth: number): WireValue => {
    const kinds: (() => WireValue)[] = [
      () => ({ S: text() }),
      () => ({ N: number() }),
      () => ({ B: Buffer.from(`b${text()}`).toString('base64') }),
      () => ({ BOOL: random() < 0.5 }),
      () => ({ NULL: true }),
      () => ({ SS: ['p', 'q', `r${below(9)}`] }),
      () => ({ NS: ['1', '2', String(below(99) + 3)] }),
      () => ({ L: Array.from({ length: below(4) }, () => value(depth + 1)) }),
      () => ({ M: Object.fromEntries(['k', 'ä', 'S'].map((name) => [name, value(depth + 1)])) }),
    ]
    return (kinds[below(depth > 2 ? 7 : 9)] as () => WireValue)()
  }
  return Array.from({ length: ITEMS }, (_, n) => ({
    id: { S: `item-${n}` },
    ...Object.fromEntries(Array.from({ length: below(6) }, (_, at) => [`a${at}`, value(0)])),
  }))
}

const fingerprint = (
  table: TestTable,
  out: string,
  more: { like?: string; ignore?: string[]; only?: string[] } = {},
) =>
  fingerprintTable({
    table: { table: table.label, endpoint: table.endpoint },
    ...{ out, workers: 1, ...more },
  })

async function filled(t: Test, engine: (typeof REAL_ENGINES)[number]) {
  const { endpoint, stop } = await engine.start()
  t.teardown(stop)
  return async (items: readonly WireItem[]) => {
    const table = await makeTable(endpoint)
    await table.put(items.map(asSdk))
    return table
  }
}

const SEEDS = casesToPlay(3, 1, 'TABLESYNC_TEST_FINGERPRINT_SEEDS')

for (const engine of REAL_ENGINES) {
  t.test(`equal tables have equal sums, and others not, on ${engine.name}`, engine, async (t) => {
    const make = await filled(t, engine)
    const folder = await tempFolder(t)
    for (let seed = 1; seed <= SEEDS; seed++) {
      const items = randomItems(seed)
      const file = (name: string) => join(folder, `${seed}-${name}`)
      const one = await fingerprint(await make(items), file('a'))
      t.match(one, { outcome: 'complete', items: ITEMS })
      const same = await make([...items].reverse())
      await fingerprint(same, file('b'), { like: file('a') })
      t.match(await compareFingerprints(file('a'), file('b')), {
        ...{ outcome: 'equal', items: [ITEMS, ITEMS], differing: [] },
      })
      // One attribute of one item, in each of the ways that an item can change.
      const changed = seed * 7
      const others: readonly [string, readonly WireItem[]][] = [
        [
          'changed',
          items.map((each, n) => (n === changed ? { ...each, stray: { S: 'x' } } : each)),
        ],
        ['gone', items.filter((_, n) => n !== changed)],
        ['more', [...items, { id: { S: 'another' } }]],
        [
          'type',
          items.map((each, n) => (n === changed ? { ...each, n: { S: '1' } } : { ...each })),
        ],
        [
          'swapped',
          items.map((each, n) =>
            n === 1
              ? { ...items[2], id: each['id'] as never }
              : n === 2
                ? { ...items[1], id: each['id'] as never }
                : each,
          ),
        ],
      ]
      for (const [name, other] of others) {
        await fingerprint(await make(other), file(name), { like: file('a') })
        const compared = await compareFingerprints(file('a'), file(name))
        t.equal(compared.outcome, 'different', `${seed}: ${name}`)
        if (name !== 'swapped')
          t.equal(compared.differing.length, 1, `${seed}: ${name}, in one segment`)
      }
    }
  })
}

t.test(
  'two engines agree in total, whatever their segments hold',
  { skip: REAL_ENGINES[1]?.skip ?? false },
  async (t) => {
    const [a, b] = REAL_ENGINES as [(typeof REAL_ENGINES)[number], (typeof REAL_ENGINES)[number]]
    const items = randomItems(9)
    const [one, other] = [await (await filled(t, a))(items), await (await filled(t, b))(items)]
    const folder = await tempFolder(t)
    await fingerprint(one, join(folder, 'a'))
    await fingerprint(other, join(folder, 'b'), { like: join(folder, 'a') })
    t.match(await compareFingerprints(join(folder, 'a'), join(folder, 'b')), { outcome: 'equal' })
  },
)

const asParty = ({ label, stub }: { label: string; stub: { endpoint: string } }) => ({
  table: label,
  endpoint: stub.endpoint,
})

t.test(
  'a run is restricted to the segments that differ, and finds what one of all finds',
  async (t) => {
    const items = Array.from({ length: 600 }, (_, n) => item(n))
    const { master, replica, run } = await openScene(t, {
      masterItems: items,
      replicaItems: items.filter((_, n) => n !== 77 && n !== 401),
    })
    const folder = await tempFolder(t)
    const [a, b, out] = ['a', 'b', 'out'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    await fingerprintTable({ table: asParty(master), out: a, workers: 1 })
    await fingerprintTable({ table: asParty(replica), out: b, like: a, workers: 1 })
    const { differing, segments } = await compareFingerprints(a, b, out)
    t.ok(differing.length > 0 && differing.length <= 2, `${differing.length} of ${segments}`)
    const before = master.stub.requests.length
    const { summary } = await runSync({
      ...{ master: asParty(master), replicas: [asParty(replica)], segmentsOf: out },
      ...{ minMismatchAge: 0, workers: 1 },
    }).then((found) => ({ summary: found }))
    t.match(summary, { outcome: 'different', part: { compared: differing.length, segments } })
    t.equal(summary.replicas[replica.label]?.missing, 2)
    const scanned = master.stub.requests
      .slice(before)
      .filter(({ operation, body }) => operation === 'Scan' && body['TotalSegments'] === segments)
    t.strictSame(
      [...new Set(scanned.map(({ body }) => body['Segment']))].sort(),
      [...differing].sort(),
    )
    // It repairs too.
    const repaired = await runSync({
      ...{ master: asParty(master), replicas: [asParty(replica)], segmentsOf: out },
      ...{ writeMissing: true, minMismatchAge: 0, workers: 1 },
    })
    t.equal(repaired.outcome, 'in-sync')
    t.strictSame(replica.table.all(), master.table.all())
    await t.rejects(run({ segmentsOf: out, deleteExtra: true, segments: undefined as never }), {
      message: /`deleteExtra` without `segmentsOf`/,
    })
  },
)

t.test(
  'a fingerprint takes the units of one scan, and half a unit a segment at most',
  async (t) => {
    const filler = { S: 'x'.repeat(500) }
    const items = Array.from({ length: 2000 }, (_, n) => item(n, { filler }))
    const { master, run } = await openScene(t, { masterItems: items, replicaItems: [] })
    const folder = await tempFolder(t)
    const whole = await run({ segments: 1, scanLimit: 1000 })
    const before = master.stub.requests.length
    const taken = await fingerprintTable({
      table: asParty(master),
      out: join(folder, 'a'),
      workers: 1,
    })
    const scans = master.stub.requests.slice(before).filter(({ operation }) => operation === 'Scan')
    const segments = Number(scans.at(-1)?.body['TotalSegments'])
    t.ok(taken.readUnits <= whole.summary.master.readUnits + segments / 2, `${taken.readUnits}`)
    t.ok(scans.every(({ body }) => body['ConsistentRead'] !== true))
    t.equal((await stat(join(folder, 'a'))).mode & 0o777, 0o600)
  },
)

t.test('expired items are absent as of one instant, and ignored places do not count', async (t) => {
  const [engine] = REAL_ENGINES
  const make = await filled(t, engine as (typeof REAL_ENGINES)[number])
  const folder = await tempFolder(t)
  const file = (name: string) => join(folder, name)
  const items = randomItems(4)
  const one = await make(items.map((each) => ({ ...each, at: { N: '1' } })))
  const other = await make(items.map((each) => ({ ...each, at: { N: '2' } })))
  await fingerprint(one, file('a'), { ignore: ['at'] })
  await fingerprint(other, file('b'), { like: file('a') })
  t.match(await compareFingerprints(file('a'), file('b')), { outcome: 'equal' })
  await fingerprint(one, file('c'))
  await fingerprint(other, file('d'), { like: file('c') })
  t.match(await compareFingerprints(file('c'), file('d')), { outcome: 'different' })
  // With nothing but one attribute compared, keys still tell items apart.
  await fingerprint(one, file('e'), { only: ['nothing'] })
  const keyed = await make([...items.slice(1), { id: { S: 'another' } }])
  await fingerprint(keyed, file('f'), { like: file('e') })
  const apart = await compareFingerprints(file('e'), file('f'))
  t.match(apart, { outcome: 'different', items: [ITEMS, ITEMS] })
  await t.rejects(fingerprint(one, file('g'), { ignore: ['id'] }), {
    message: /`ignore` to name attributes beside the key/,
  })
  await t.rejects(fingerprint(one, file('a')), { message: /to be a new file, but it exists/ })
  await t.rejects(fingerprint(one, file('h'), { like: file('a'), ignore: ['x'] }), {
    message: /`ignore` without `like`, got both/,
  })
})

t.test(
  'a table with a time to live: what had expired when the first was made is absent',
  async (t) => {
    const now = Math.floor(Date.now() / 1000)
    const items: Item[] = [
      { id: { S: 'long gone' }, ttl: { N: String(now - 10_000) } },
      { id: { S: 'lives' }, ttl: { N: String(now + 10_000) } },
    ]
    const scene = await openScene(t, {
      masterItems: items as WireItem[],
      replicaItems: items.slice(1) as WireItem[],
    })
    for (const { stub } of [scene.master, scene.replica]) {
      stub.on(({ operation }) =>
        operation === 'DescribeTimeToLive'
          ? {
              rewrite: () => ({
                TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' },
              }),
            }
          : undefined,
      )
    }
    const folder = await tempFolder(t)
    const [a, b, c] = ['a', 'b', 'c'].map((name) => join(folder, name)) as [string, string, string]
    const one = await fingerprintTable({ table: asParty(scene.master), out: a, workers: 1 })
    t.equal(one.items, 1)
    await fingerprintTable({ table: asParty(scene.replica), out: b, like: a, workers: 1 })
    t.match(await compareFingerprints(a, b), { outcome: 'equal' })
    await fingerprintTable({ table: asParty(scene.master), out: c, ttlAware: false, workers: 1 })
    await t.rejects(compareFingerprints(a, c), { message: /the key is another in/ })
  },
)
