/** The same promises on every engine: each caller says where the master and the replicas are. */
import { isDeepStrictEqual } from 'node:util'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { type Difference, type RunOptions, runSync, type Summary } from 'tablesync'
import type { KeyAttribute } from '../../lib/model/tables/table.ts'
import { foretell } from '../support/oracle.ts'
import { content, sameContent } from '../support/same-content.ts'
import type { Engine } from '../support/tables/dynalite.ts'
import { type Item, makeTable, type TestTable } from '../support/tables/tables.ts'
import type { t } from '../support/tap.ts'
import { oneOfMany, skipLong } from '../support/thorough.ts'

export interface Places {
  readonly name: string
  readonly master: Engine
  readonly replica: Engine
  /** Whether the replica's engine compares maps and lists in conditions. */
  readonly comparesNested: boolean
}

type Test = typeof t

const bytes = (...values: number[]) => Uint8Array.from(values)

const KEYS: Record<string, readonly KeyAttribute[]> = {
  'a string key': [{ name: 'id', type: 'S' }],
  'a number key': [{ name: 'id', type: 'N' }],
  'a binary key': [{ name: 'id', type: 'B' }],
  'string and number keys': [
    { name: 'Items', type: 'S' },
    { name: 'at', type: 'N' },
  ],
  'number and binary keys': [
    { name: 'no', type: 'N' },
    { name: 'constructor', type: 'B' },
  ],
  'binary and string keys': [
    { name: 'bin', type: 'B' },
    { name: 'sort key', type: 'S' },
  ],
}

function keyValue({ type }: KeyAttribute, i: number): AttributeValue {
  switch (type) {
    case 'S':
      return { S: ['plain', 'with "quotes"', 'ü', '\\', '{"S":"x"}', '\u2028'][i % 6] + String(i) }
    case 'N':
      return { N: [`${i}`, `-${i}.5`, `${i}E20`, `1${'0'.repeat(30)}${i}`][i % 4] as string }
    default:
      return { B: bytes(i & 255, i >> 8, 0, 255) }
  }
}

/** An attribute of every type, and hostile ones among them. */
const ATTRIBUTES: Item = Object.fromEntries(
  Object.entries({
    text: { S: 'Grüße "\\\n\t\u2028😀' },
    empty: { S: '' },
    number: { N: '-12345678901234567890123456789012345678E10' },
    large: { N: '9007199254740993' },
    binary: { B: bytes(0, 1, 2, 253, 254, 255) },
    yes: { BOOL: true },
    no: { BOOL: false },
    none: { NULL: true },
    strings: { SS: ['b', 'a', 'ü'] },
    numbers: { NS: ['3', '1', '9007199254740992'] },
    binaries: { BS: [bytes(2), bytes(1)] },
    list: { L: [{ S: 'x' }, { N: '1' }, { L: [] }, { M: {} }] },
    map: { M: { Items: { L: [{ S: '}' }] }, id: { S: 'nested' }, 'a.b': { N: '0' } } },
    LastEvaluatedKey: { M: { id: { S: 'no cursor' } } },
    Items: { S: '"Items":[{' },
    json: { S: '{"id":{"S":"x"}}' },
    '#n0': { S: 'name' },
    ':v0': { S: 'value' },
  } satisfies Item),
)

function itemFor(key: readonly KeyAttribute[], i: number, extra: Item = {}): Item {
  const item = Object.fromEntries(Object.entries({ ...ATTRIBUTES, ...extra }))
  for (const part of key) {
    // As an own property, whatever its name.
    Object.defineProperty(item, part.name, {
      value: keyValue(part, i),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return item
}

interface Pair {
  readonly master: TestTable
  readonly replica: TestTable
  sync(
    options?: Partial<RunOptions>,
  ): Promise<{ summary: Summary; counts: Summary['replicas'][string] }>
}

async function pair(
  t: Pick<Test, 'equal' | 'ok'>,
  { master, replica }: Places,
  key?: readonly KeyAttribute[],
): Promise<Pair> {
  const shape = key === undefined ? {} : { key }
  const tables = {
    master: await makeTable(master.endpoint, shape),
    replica: await makeTable(replica.endpoint, { ...shape, region: 'eu-west-1' }),
  }
  return {
    ...tables,
    async sync(options = {}) {
      const differences: Difference[] = []
      const before = await tables.replica.all()
      const summary = await runSync({
        minMismatchAge: 0,
        master: tables.master.label,
        replicas: [tables.replica.label],
        masterEndpoint: master.endpoint,
        replicaEndpoint: replica.endpoint,
        workers: 1,
        onDifference: (difference) => void differences.push(difference),
        ...options,
      })
      const isWriting = options.writeMissing && options.onDifference === undefined
      if (isWriting) {
        const textOf = (key: Item) => content([key])[0] as string
        const { items, uncertain } = foretell({
          before,
          master: await tables.master.all(),
          differences,
          ignore: options.ignore ?? [],
          keyOf: (item) => textOf(tables.replica.keyOf(item)),
          keyOfDifference: (told) => textOf(withBytes(told)),
        })
        t.equal(uncertain.size, 0)
        t.ok(
          isDeepStrictEqual(content([...items.values()]), content(await tables.replica.all())),
          'the replica holds what the report says',
        )
      }
      return {
        summary,
        counts: summary.replicas[tables.replica.label] as Summary['replicas'][string],
      }
    },
  }
}

/** A key as the SDK has it: the report has binary in base64. */
function withBytes(key: Difference['key']): Item {
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => [
      name,
      'B' in value ? { B: Buffer.from(value.B, 'base64') } : (value as AttributeValue),
    ]),
  )
}

/** As `--key` takes it. */
const keyText = (key: Item) =>
  JSON.stringify(key, (name, value) =>
    name === 'B' ? Buffer.from(Object.values(value as Uint8Array)).toString('base64') : value,
  )

const ALL_WRITES = {
  writeMissing: true,
  writeDiffering: true,
  deleteExtra: true,
  allowShrunkenMaster: true,
  maxDeletes: '100%',
}

export function provesMatrix(t: Test, places: Places): void {
  for (const [what, key] of Object.entries(KEYS)) {
    t.test(
      `${places.name}: items with ${what} are compared, repaired and left equal`,
      { skip: /^a binary|binary keys$/.test(what) ? skipLong : oneOfMany().skip },
      async (t) => {
        const { master, replica, sync } = await pair(t, places, key)
        const numbers = Array.from({ length: 60 }, (_, i) => i)
        // Engines that cannot compare nested values in a condition get a difference without any.
        const flat = Object.fromEntries(
          Object.entries(ATTRIBUTES).filter(([, value]) => !('M' in value) && !('L' in value)),
        )
        const make = (i: number, extra: Item = {}) => {
          const item = itemFor(key, i, extra)
          if (places.comparesNested || (i % 10 !== 3 && i < 100)) return item
          for (const name of Object.keys(ATTRIBUTES)) {
            if (!(name in flat) && !key.some((part) => part.name === name)) delete item[name]
          }
          return item
        }
        await master.put(numbers.map((i) => make(i)))
        await replica.put(
          numbers.filter((i) => i % 10 !== 7).map((i) => make(i, i % 10 === 3 ? DRIFT : {})),
        )
        await replica.put([100, 101, 102].map((i) => make(i)))
        const expected = { sameAs: 48, missing: 6, differing: 6, extra: 3 }
        for (const strategy of ['march', 'lookup', 'auto'] as const) {
          const { summary, counts } = await sync({ strategy, scanForExtra: true })
          t.match(counts, expected, strategy)
          t.equal(summary.outcome, 'different')
          t.equal(summary.master.scanned, 60)
          t.same(summary.errors, [])
        }
        // By name: one key of each kind, and one whose items are the same.
        const { allowShrunkenMaster: _, ...writes } = ALL_WRITES
        const listed = [7, 3, 100, 1].map((i) => keyText(replica.keyOf(make(i))))
        const byName = await sync({ ...writes, key: listed, maxDeletes: 1 })
        t.match(byName.counts, { offered: 4, sameAs: 1, missing: 1, differing: 1, extra: 1 })
        t.match(byName.counts, { written: 2, deleted: 1 })
        const { counts, summary } = await sync(ALL_WRITES)
        const rest = { sameAs: 50, missing: 5, differing: 5, extra: 2, written: 10, deleted: 2 }
        t.match(counts, { ...rest, conflicts: 0, failed: 0 })
        t.equal(summary.outcome, 'in-sync')
        t.ok(await sameContent(master, replica))
        const again = await sync(ALL_WRITES)
        t.match(again.counts, {
          sameAs: 60,
          missing: 0,
          differing: 0,
          extra: 0,
          written: 0,
          deleted: 0,
        })
        t.equal(again.counts.writeUnits, 0)
        t.equal(again.summary.outcome, 'in-sync')
      },
    )
  }

  for (const { what, onMaster, onReplica, expected } of [
    {
      what: 'two empty tables',
      onMaster: 0,
      onReplica: 0,
      expected: { sameAs: 0, missing: 0, extra: 0 },
    },
    {
      what: 'one item each',
      onMaster: 1,
      onReplica: 1,
      expected: { sameAs: 1, missing: 0, extra: 0 },
    },
    {
      what: 'an empty replica',
      onMaster: 300,
      onReplica: 0,
      expected: { sameAs: 0, missing: 300, extra: 0 },
    },
    {
      what: 'an empty master',
      onMaster: 0,
      onReplica: 300,
      expected: { sameAs: 0, missing: 0, extra: 300 },
    },
  ]) {
    t.test(`${places.name}: ${what}`, oneOfMany(), async (t) => {
      const { master, replica, sync } = await pair(t, places)
      const items = (count: number) =>
        Array.from({ length: count }, (_, i) => ({ id: { S: `k${i}` } }))
      await master.put(items(onMaster))
      await replica.put(items(onReplica))
      for (const strategy of ['march', 'lookup', 'auto'] as const) {
        const { counts } = await sync({ strategy, scanForExtra: true })
        t.match(counts, { differing: 0, ...expected }, strategy)
      }
      const { summary } = await sync(ALL_WRITES)
      t.equal(summary.outcome, 'in-sync')
      t.ok(await sameContent(master, replica))
    })
  }

  t.test(`${places.name}: one huge item collection`, async (t) => {
    const key: readonly KeyAttribute[] = [
      { name: 'pk', type: 'S' },
      { name: 'sk', type: 'N' },
    ]
    const { master, replica, sync } = await pair(t, places, key)
    const item = (i: number) => ({
      pk: { S: 'one' },
      sk: { N: `${i - 700}` },
      text: { S: 'x'.repeat(900) },
    })
    // More than a page of a megabyte.
    const numbers = Array.from({ length: 1400 }, (_, i) => i)
    await master.put(numbers.map(item))
    await replica.put(numbers.filter((i) => i < 400 || i >= 900).map(item))
    const { counts } = await sync({ strategy: 'march' })
    t.match(counts, { sameAs: 900, missing: 500, differing: 0, extra: 0 })
    const repaired = await sync({ writeMissing: true })
    t.equal(repaired.summary.outcome, 'in-sync')
    t.ok(await sameContent(master, replica))
  })

  t.test(`${places.name}: items of 400 KB`, async (t) => {
    const { master, replica, sync } = await pair(t, places)
    const item = (i: number, end = '') => ({
      id: { S: `k${i}` },
      text: { S: 'ä'.repeat(190_000) },
      end: { S: end },
    })
    await master.put([1, 2, 3, 4, 5, 6].map((i) => item(i)))
    await replica.put([item(1), item(2, 'other'), item(3), item(5), item(7)])
    const { counts } = await sync(ALL_WRITES)
    t.match(counts, { sameAs: 3, missing: 2, differing: 1, extra: 1, written: 3, deleted: 1 })
    t.ok(await sameContent(master, replica))
  })

  t.test(`${places.name}: items with more attributes than a condition holds`, async (t) => {
    const { master, replica, sync } = await pair(t, places)
    const item = (i: number, value: string): Item => ({
      id: { S: `k${i}` },
      ...Object.fromEntries(
        Array.from({ length: 400 }, (_, a) => [`a${a}`, { S: a < 300 ? value : '' }]),
      ),
    })
    await master.put([item(1, 'new'), item(2, 'same')])
    await replica.put([item(1, 'old'), item(2, 'same')])
    const { counts } = await sync({ writeDiffering: true })
    t.match(counts, { sameAs: 1, differing: 1, written: 1, conflicts: 0 })
    t.ok(await sameContent(master, replica))
  })

  t.test(
    `${places.name}: ignored attributes keep the replica's values, and are not compared`,
    async (t) => {
      const { master, replica, sync } = await pair(t, places)
      await master.put([
        { id: { S: 'a' }, v: { N: '1' }, region: { S: 'us' } },
        { id: { S: 'b' }, v: { N: '2' }, region: { S: 'us' } },
        { id: { S: 'c' }, v: { N: '3' }, region: { S: 'us' }, 'aws:rep:updatetime': { N: '1.5' } },
      ])
      await replica.put([
        { id: { S: 'a' }, v: { N: '1.0' }, region: { S: 'eu' } },
        { id: { S: 'b' }, v: { N: '0' }, region: { S: 'eu' }, own: { S: 'x' } },
      ])
      const { counts } = await sync({
        ignore: ['region'],
        writeMissing: true,
        writeDiffering: true,
      })
      t.match(counts, { sameAs: 1, differing: 1, missing: 1, written: 2 })
      const items = new Map((await replica.all()).map((item) => [item['id']?.S, item]))
      t.match(items.get('a'), { region: { S: 'eu' } })
      t.same(items.get('b'), { id: { S: 'b' }, v: { N: '2' }, region: { S: 'eu' } })
      t.same(items.get('c'), { id: { S: 'c' }, v: { N: '3' }, region: { S: 'us' } })
    },
  )

  t.test(`${places.name}: several replicas, each with its own drift`, async (t) => {
    const master = await makeTable(places.master.endpoint)
    const item = (i: number, v = 0) => ({ id: { S: `k${i}` }, v: { N: `${v}` } })
    const numbers = Array.from({ length: 200 }, (_, i) => i)
    await master.put(numbers.map((i) => item(i)))
    const replicas = await Promise.all(
      [3, 5, 7].map(async (step) => {
        const table = await makeTable(places.replica.endpoint)
        await table.put(
          numbers.filter((i) => i % step !== 0).map((i) => item(i, i % step === 1 ? 1 : 0)),
        )
        return { table, step }
      }),
    )
    const run = (options: Partial<RunOptions> = {}) =>
      runSync({
        master: master.label,
        replicas: replicas.map(({ table }) => table.label),
        masterEndpoint: places.master.endpoint,
        replicaEndpoint: places.replica.endpoint,
        minMismatchAge: 0,
        ...options,
      })
    const { master: scanned, replicas: counts } = await run()
    t.equal(scanned.scanned, 200)
    for (const { table, step } of replicas) {
      const missing = numbers.filter((i) => i % step === 0).length
      const differing = numbers.filter((i) => i % step === 1).length
      t.match(counts[table.label], {
        missing,
        differing,
        sameAs: 200 - missing - differing,
        extra: 0,
      })
    }
    t.equal((await run({ writeMissing: true, writeDiffering: true })).outcome, 'in-sync')
    for (const { table } of replicas) t.ok(await sameContent(master, table))
  })
}

const DRIFT: Item = {
  large: { N: '9007199254740992' },
  strings: { SS: ['a'] },
  added: { S: 'here' },
}
