/** --filter-expression: which items of the master are compared, and that no other is ever written. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { applySync, type RunOptions, runSync, type WireItem } from 'tablesync'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { makeScene } from '../support/command/scene.ts'
import { always, asks, item, openScene } from '../support/scene.ts'
import { seeded } from '../support/seeded.ts'
import { type Engine, startDynalite } from '../support/tables/dynalite.ts'
import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'

const OPEN: Partial<RunOptions> = {
  filterExpression: '#state=:open',
  expressionAttributeNames: { '#state': 'state' },
  expressionAttributeValues: { ':open': { S: 'open' } },
}
const WRITES = { writeMissing: true, writeDiffering: true }
const state = (index: number, text: string, more: WireItem = {}) =>
  item(index, { state: { S: text }, ...more })

/** What a filter means, in a language that is not DynamoDB's. */
interface Filter {
  readonly expression: string
  readonly names?: Readonly<Record<string, string>>
  readonly values?: Record<string, WireItem[string]>
  lets(one: Plain): boolean
}

interface Plain {
  readonly n?: number
  readonly text?: string
  readonly tags?: readonly string[]
  readonly map?: { readonly inner: number }
}

const FILTERS: readonly Filter[] = [
  {
    expression: 'n > :least',
    values: { ':least': { N: '5' } },
    lets: ({ n }) => n !== undefined && n > 5,
  },
  {
    expression: '#t = :a AND n BETWEEN :low AND :high',
    names: { '#t': 'text' },
    values: { ':a': { S: 'ab' }, ':low': { N: '2' }, ':high': { N: '8' } },
    lets: ({ n, text }) => text === 'ab' && n !== undefined && n >= 2 && n <= 8,
  },
  {
    expression: 'attribute_exists(tags) AND NOT contains(tags, :red)',
    values: { ':red': { S: 'red' } },
    lets: ({ tags }) => tags !== undefined && !tags.includes('red'),
  },
  {
    expression: 'begins_with(#t, :a) OR attribute_not_exists(n)',
    names: { '#t': 'text' },
    values: { ':a': { S: 'a' } },
    lets: ({ n, text }) => text?.startsWith('a') === true || n === undefined,
  },
  {
    expression: 'm.#in <> :one',
    names: { '#in': 'inner' },
    values: { ':one': { N: '1' } },
    // Where a path leads nowhere, nothing equals it.
    lets: ({ map }) => map?.inner !== 1,
  },
  {
    expression: 'n IN (:one, :two) AND size(tags) < :most',
    values: { ':one': { N: '1' }, ':two': { N: '2' }, ':most': { N: '2' } },
    lets: ({ n, tags }) => (n === 1 || n === 2) && tags !== undefined && tags.length < 2,
  },
]

function randomPlain(random: () => number): Plain {
  const among = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T
  const maybe = <T>(value: T) => (random() < 0.8 ? value : undefined)
  const n = maybe(Math.floor(random() * 10))
  const text = maybe(among(['ab', 'b', 'abc', 'x']))
  const tags = maybe(among([['red'], ['blue'], ['red', 'blue']]))
  const map = maybe({ inner: Math.floor(random() * 2) })
  return {
    ...(n !== undefined && { n }),
    ...(text !== undefined && { text }),
    ...(tags !== undefined && { tags }),
    ...(map !== undefined && { map }),
  }
}

const wire = (id: string, { n, text, tags, map }: Plain, note = 'm'): Item => ({
  id: { S: id },
  note: { S: note },
  ...(n !== undefined && { n: { N: String(n) } }),
  ...(text !== undefined && { text: { S: text } }),
  ...(tags !== undefined && { tags: { SS: [...tags] } }),
  ...(map !== undefined && { m: { M: { inner: { N: String(map.inner) } } } }),
})

const ENGINES: readonly [string, string | false, () => Promise<Engine>, boolean][] = [
  ['dynalite', false, startDynalite, false],
  ['DynamoDB Local', noJava, startDynamoDBLocal, true],
]
const ROUNDS = casesToPlay(20, 1, 'TABLESYNC_TEST_FILTER_ROUNDS')

for (const [name, skip, start, takesMaps] of ENGINES) {
  t.test(
    `random tables, filters and drift end as the filter says, on ${name}`,
    { skip },
    async (t) => {
      const { endpoint, stop } = await start()
      t.teardown(stop)
      const random = seeded(7)
      for (let round = 0; round < ROUNDS; round++) {
        // dynalite refuses updates that compare a map.
        const { expression, names, values, lets } = FILTERS[round % FILTERS.length] as Filter
        const plain = Array.from({ length: 120 }, (_, at) => {
          const { map, ...rest } = randomPlain(random)
          return [`k${at}`, { ...rest, ...(takesMaps && map !== undefined && { map }) }] as const
        })
        const [master, replica] = [await makeTable(endpoint), await makeTable(endpoint)]
        const before = plain
          .filter(() => random() < 0.7)
          .map(([id, one]) => wire(id, one, random() < 0.5 ? 'm' : 'drifted'))
        const extras = Array.from({ length: 10 }, (_, at) => wire(`extra${at}`, { n: 6 }))
        await master.put(plain.map(([id, one]) => wire(id, one)))
        await replica.put([...before, ...extras])
        const { outcome, replicas } = await runSync({
          master: { table: master.label, endpoint },
          replicas: [{ table: replica.label, endpoint }],
          filterExpression: expression,
          ...(names !== undefined && { expressionAttributeNames: names }),
          ...(values !== undefined && { expressionAttributeValues: values }),
          ...WRITES,
          minMismatchAge: 0,
          workers: 1,
        })
        const expected = new Map([...before, ...extras].map((one) => [one['id']?.S, one]))
        const chosen = plain.filter(([, one]) => lets(one))
        for (const [id, one] of chosen) expected.set(id, wire(id, one))
        const what = `round ${round}: ${expression}`
        t.equal(outcome, 'in-sync', what)
        t.match(replicas[replica.label], { extra: null, strategy: 'lookup' })
        t.equal(replicas[replica.label]?.offered, chosen.length, what)
        t.same(sorted(await replica.all()), sorted([...expected.values()]), what)
      }
    },
  )
}

const sorted = (items: readonly Item[]): Item[] =>
  items
    .map((one) => {
      const tags = one['tags']?.SS
      return tags === undefined ? one : { ...one, tags: { SS: [...tags].sort() } }
    })
    .sort((a, b) => (String(a['id']?.S) < String(b['id']?.S) ? -1 : 1))

const SEEDS = casesToPlay(100, 3, 'TABLESYNC_TEST_FILTER_SEEDS')

t.test(
  `${SEEDS} racing writers: nothing is written that did not match when it was read`,
  async (t) => {
    let written = 0
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = seeded(seed)
      const { master, replica, run } = await openScene(t, {
        masterItems: Array.from({ length: 60 }, (_, at) => state(at, at % 2 ? 'open' : 'closed')),
        replicaItems: Array.from({ length: 30 }, (_, at) => state(at, 'stale')),
      })
      // Before each answer, items open and close.
      master.stub.on(() => {
        for (let turn = 0; turn < 3; turn++) {
          const at = Math.floor(random() * 60)
          master.table.set(state(at, random() < 0.5 ? 'open' : 'closed'))
        }
        return undefined
      })
      await run({ ...OPEN, ...WRITES, maxDuration: '30s' })
      const put = new Set<string>()
      for (const { operation, body } of replica.stub.requests) {
        const text = JSON.stringify(body)
        t.not(operation, 'BatchWriteItem')
        if (operation === 'PutItem') put.add(JSON.stringify((body['Item'] as WireItem)['id']))
        if (operation === 'PutItem' || operation === 'UpdateItem') {
          written++
          const left = operation === 'PutItem' ? body['Item'] : setBy(body)
          t.match(left, { state: { S: 'open' } }, `seed ${seed}: ${text}`)
        }
        // What it has put itself is taken back where it does not match any more.
        if (operation === 'DeleteItem')
          t.ok(put.has(JSON.stringify((body['Key'] as WireItem)['id'])))
      }
    }
    t.ok(written > SEEDS, `${written} were written`)
  },
)

/** What an update sets, by the names of attributes. */
function setBy(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = body['ExpressionAttributeNames'] as Record<string, string>
  const values = body['ExpressionAttributeValues'] as Record<string, unknown>
  const [, set = ''] = /^SET (\S+)/.exec(String(body['UpdateExpression'])) ?? []
  const pairs = set.split(',').map((pair) => pair.split('='))
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [names[name], values[value]]))
}

t.test('a plan is applied under its filter', async (t) => {
  const { master, replica, run } = await openScene(t, {
    masterItems: [1, 2, 4].map((at) => state(at, 'open')).concat(state(3, 'closed')),
    replicaItems: [state(4, 'stale')],
  })
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await run({ ...OPEN, ...WRITES, plan })
  for (const at of [2, 4]) master.table.set(state(at, 'closed'))
  const { outcome, replicas } = await applySync({
    plan,
    masterEndpoint: master.stub.endpoint,
    replicaEndpoint: replica.stub.endpoint,
    minMismatchAge: 0,
    workers: 1,
  })
  t.equal(outcome, 'in-sync', 'what does not match any more has nothing to do')
  t.match(replicas[replica.label], { written: 1, deleted: 0 })
  t.strictSame(replica.table.at({ id: { S: 'item-4' } }), state(4, 'stale'))
  t.strictSame(replica.table.at({ id: { S: 'item-1' } }), state(1, 'open'))
  t.equal(replica.table.all().length, 2)
})

t.test('a run is resumed under its own filter only', async (t) => {
  const { run } = await openScene(t)
  const checkpoint = join(await tempFolder(t), 'checkpoint.json')
  await run({ ...OPEN, checkpoint })
  const other = { ':open': { S: 'closed' } }
  for (const [more, message] of [
    [
      { ...OPEN, expressionAttributeValues: other },
      /Expected `expressionAttributeValues` to be as when the run began; it has changed$/,
    ],
    [{}, /Expected `filterExpression` to be as when the run began, "#state=:open"; got none/],
    [{ strategy: 'lookup' }, /Expected `filterExpression` to be as when the run began/],
  ] as const) {
    await t.rejects(run({ ...more, checkpoint, resume: true }), { code: 'USAGE', message })
  }
  t.equal((await run({ ...OPEN, checkpoint, resume: true })).summary.outcome, 'in-sync')
})

t.test(
  'a master that may not be queried, or a filter that is none, is refused at the start',
  async (t) => {
    for (const [type, code] of [
      ['AccessDeniedException', 'ACCESS_DENIED'],
      ['ValidationException', 'SERVICE'],
    ] as const) {
      const { master, replica, run } = await openScene(t)
      master.stub.on(always({ error: type }, ({ operation }) => operation === 'Query'))
      await t.rejects(run({ ...OPEN, ...WRITES }), { code })
      t.notOk(replica.stub.requests.some(asks('PutItem', 'UpdateItem')))
    }
  },
)

t.test('what does not go with a filter is refused', async (t) => {
  const { run } = await openScene(t)
  const { filterExpression: _, ...placeholders } = OPEN
  for (const [more, message] of [
    [{ ...OPEN, deleteExtra: true }, /`filterExpression` without `deleteExtra`/],
    [{ ...OPEN, scanForExtra: true }, /`filterExpression` without `scanForExtra`/],
    [{ ...OPEN, strategy: 'march' }, /`filterExpression` without `strategy march`/],
    [{ ...OPEN, key: ['{"id":"a"}'] }, /`filterExpression` without `key`/],
    [placeholders, /`expressionAttributeNames` to come with `filterExpression`/],
    [{ ...OPEN, expressionAttributeNames: '{' }, /`expressionAttributeNames` to be JSON like/],
    [
      { ...OPEN, expressionAttributeNames: { state: 'a' } },
      /`expressionAttributeNames` to be JSON/,
    ],
    [
      { ...OPEN, expressionAttributeValues: { ':open': 'open' } },
      /`expressionAttributeValues` to be/,
    ],
    [{ ...OPEN, expressionAttributeValues: { ':tablesync_key_0': { S: 'a' } } }, /to be JSON/],
    [{ filterExpression: 'id = :a' }, /attributes beside the key, got "id" of the key id \(S\)/],
    [
      {
        filterExpression: 'a = :a AND (begins_with( #i , :a))',
        expressionAttributeNames: { '#i': 'id' },
      },
      /attributes beside the key, got "id"/,
    ],
  ] as const) {
    await t.rejects(run(more as never), { code: 'USAGE', message })
  }
})

t.test('an attribute in a map may be called like the key', async (t) => {
  const { summary } = await (await openScene(t)).run({
    filterExpression: '#state=:id',
    expressionAttributeNames: { '#state': 'state' },
    expressionAttributeValues: { ':id': { S: 'id' } },
  })
  t.equal(summary.outcome, 'in-sync', 'nothing was chosen, so nothing differs')
})

t.test('the command says what it chose', async (t) => {
  const { endpoint, stop } = await startDynalite()
  t.teardown(stop)
  const { master, replica, args } = await makeScene(endpoint)
  await replica.remove(await replica.all())
  const { code, stderr } = await runCli([
    ...args,
    '--write-missing',
    ...['--filter-expression', 'begins_with(colour, :r) AND #s = :stamp'],
    ...['--expression-attribute-names', '{"#s":"stamp"}'],
    ...['--expression-attribute-values', '{":r":{"S":"re"},":stamp":{"S":"of-master"}}'],
  ])
  t.equal(code, 0, stderr)
  t.match(stderr, 'only items of the master where begins_with(colour, :r) AND #s = :stamp')
  t.match(stderr, 'In sync for the items that the filter chose.')
  t.equal((await replica.all()).length, (await master.all()).length)
})

t.test('an item that stops matching during its repair is no conflict', async (t) => {
  const { master, replica, run } = await openScene(t, {
    masterItems: [state(1, 'open')],
    replicaItems: [state(1, 'stale')],
  })
  replica.stub.on(({ operation }) => {
    if (operation !== 'UpdateItem') return undefined
    master.table.set(state(1, 'closed'))
    replica.table.set(state(1, 'closed'))
    return undefined
  })
  const { summary } = await run({ ...OPEN, ...WRITES })
  t.equal(summary.outcome, 'in-sync')
  t.match(summary.replicas[replica.label], { written: 0, conflicts: 0, resolved: 1 })
  t.strictSame(replica.table.all(), [state(1, 'closed')])
})

t.test('what was read long before its write is read again', async (t) => {
  const ids = Array.from({ length: 60 }, (_, at) => at)
  const { master, replica, run } = await openScene(t, {
    masterItems: ids.map((at) => state(at, 'open')),
    replicaItems: ids.map((at) => state(at, 'stale')),
  })
  const queried = new Set<string>()
  let wasLate: Promise<void> | undefined
  // The last key of each lookup is answered late, and meanwhile the others stop matching.
  master.stub.on((request) => {
    if (!asks('Query')(request)) return undefined
    const values = request.body['ExpressionAttributeValues'] as WireItem
    const id = JSON.stringify(values[':tablesync_key_0'])
    if (queried.has(id)) return undefined
    queried.add(id)
    if (queried.size < ids.length) return undefined
    for (const at of ids) master.table.set(state(at, 'closed'))
    wasLate = sleep(600)
    return { answeredAfter: wasLate }
  })
  await run({ ...OPEN, ...WRITES, segments: 1, scanLimit: 100 })
  const set = replica.stub.requests
    .filter(({ operation }) => operation === 'UpdateItem')
    .map(({ body }) => setBy(body))
  t.strictSame(
    set.filter((one) => JSON.stringify(one).includes('open')),
    [],
    'none was written as it was read 600 ms before',
  )
  t.ok(wasLate !== undefined)
})

t.test('a throttled master ends the segment, and not its keys', async (t) => {
  const { master, replica, run } = await openScene(t, {
    masterItems: [state(1, 'open'), state(2, 'open')],
    replicaItems: [],
  })
  let queries = 0
  // The first is asked before the run, to see whether it is allowed.
  master.stub.on(({ operation }) =>
    operation === 'Query' && queries++ > 0
      ? { error: 'ThrottlingException', status: 400 }
      : undefined,
  )
  const { summary } = await run({ ...OPEN, ...WRITES, maxRetries: 1 })
  t.equal(summary.outcome, 'incomplete')
  t.notOk(replica.stub.requests.some(asks('PutItem')))
  t.ok((summary.replicas[replica.label]?.lostSegments ?? 0) > 0)
})
