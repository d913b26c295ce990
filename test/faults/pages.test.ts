/** Answers that are legal and unusual: empty pages, and JSON in any layout. */

import type { WireItem } from 'tablesync'
import {
  ALL_WRITES,
  always,
  asks,
  counts,
  eachFirst,
  FOUND,
  isCheck,
  item,
  MASTER_ITEMS,
  openScene,
  REPAIRED,
  REPLICA_ITEMS,
} from '../support/scene.ts'
import type { Intercept, StubRequest } from '../support/tables/stub.ts'
import type { Body } from '../support/tables/stub-terms.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

/** Sends `times` empty pages before each page: answers without items that lead on. */
function emptyPages(times: number): Intercept {
  const came = new Map<string, number>()
  return (request) => {
    if (!asks('Scan')(request)) return undefined
    const place = JSON.stringify([
      request.body['Segment'],
      request.body['ExclusiveStartKey'] ?? BEFORE_ALL,
    ])
    const before = came.get(place) ?? 0
    came.set(place, before + 1)
    if (before >= times) return undefined
    // As far as the table is concerned, the cursor leads back to where the page began.
    const from = request.body['ExclusiveStartKey'] ?? BEFORE_ALL
    return {
      rewrite: () => ({ Items: [], Count: 0, ScannedCount: 9, LastEvaluatedKey: from }),
    }
  }
}

/** Its hash is `00003a80…`, below that of every item. */
const BEFORE_ALL = { id: { S: 'before-104181' } }

for (const strategy of ['march', 'lookup'] as const) {
  for (const side of ['master', 'replica'] as const) {
    t.test(
      `runSync reads on, by ${strategy}, over empty pages of the ${side}`,
      oneOfMany(),
      async (t) => {
        const scene = await openScene(t)
        const { master, replica } = scene
        scene[side].stub.on(emptyPages(20))
        const { summary } = await scene.run({ ...ALL_WRITES, strategy, segments: 1 })
        t.strictSame(counts(summary, replica), REPAIRED)
        t.equal(summary.outcome, 'in-sync')
        t.equal(summary.master.scanned, 60)
        t.strictSame(replica.table.all(), master.table.all())
      },
    )
  }

  t.test(
    `runSync asks, by ${strategy}, for the empty page after the last full one`,
    oneOfMany(),
    async (t) => {
      const { master, replica, run } = await openScene(t)
      // Each segment ends with a full page, and an empty one after it.
      const { summary } = await run({ strategy, segments: 1, scanLimit: 20, scanForExtra: true })
      t.strictSame(counts(summary, replica), FOUND)
      const last = master.stub.requests.filter(asks('Scan')).at(-1)
      t.match(last?.body['ExclusiveStartKey'], { id: { S: String } })
      t.equal(master.stub.requests.filter(asks('Scan')).length, 4)
    },
  )

  t.test(`runSync finds nothing, by ${strategy}, in empty tables`, oneOfMany(), async (t) => {
    const { replica, run } = await openScene(t, { masterItems: [], replicaItems: [] })
    const { summary } = await run({ ...ALL_WRITES, strategy, segments: 5 })
    t.strictSame(counts(summary, replica), {
      ...FOUND,
      sameAs: 0,
      missing: 0,
      differing: 0,
      extra: 0,
    })
    t.equal(summary.outcome, 'in-sync')
  })

  t.test(
    `runSync empties, by ${strategy}, the replica of an empty master`,
    oneOfMany(),
    async (t) => {
      const { replica, run } = await openScene(t, { masterItems: [] })
      const { summary } = await run({ ...ALL_WRITES, strategy })
      t.strictSame(counts(summary, replica), {
        ...FOUND,
        sameAs: 0,
        missing: 0,
        differing: 0,
        extra: REPLICA_ITEMS.length,
        deleted: REPLICA_ITEMS.length,
      })
      t.equal(summary.outcome, 'in-sync')
      t.strictSame(replica.table.all(), [])
    },
  )
}

/** JSON text of a value, with members in the order and scalars in the form of a style. */
function written(value: unknown, style: Style): string {
  if (typeof value === 'string') return style.string(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const { blank } = style
  if (Array.isArray(value)) {
    return `[${blank}${value.map((element) => written(element, style)).join(`${blank},${blank}`)}${blank}]`
  }
  const members = style
    .order(Object.entries(value))
    .map(([name, member]) => `${style.string(name)}${blank}:${blank}${written(member, style)}`)
  return `{${blank}${members.join(`${blank},${blank}`)}${blank}}`
}

interface Style {
  readonly blank: string
  readonly string: (text: string) => string
  readonly order: (members: [string, unknown][]) => [string, unknown][]
}

const PLAIN: Style = { blank: '', string: JSON.stringify, order: (members) => members }

const escaped = (text: string) =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`

/** One text for equal items, whatever the order of their attributes. */
const sorted = (item: WireItem) =>
  written(item, { ...PLAIN, order: (m) => m.sort(([a], [b]) => (a < b ? -1 : 1)) })

/** Fields that the service does not send today, and may send tomorrow. */
const FUTURE = {
  Nested: {
    Items: [item(900)],
    LastEvaluatedKey: { id: { S: 'no' } },
    Keys: [{ id: { S: 'no' } }],
  },
  Text: '{"Items":[{"id":{"S":"no"}}]}',
  Nothing: null,
  Numbers: [1.5e-7, -0, true, false, [], {}],
}

const LAYOUTS: readonly (readonly [string, (answer: Body) => string])[] = [
  [
    'with blanks everywhere',
    (answer) => ` \r\n${written(answer, { ...PLAIN, blank: ' \t\r\n' })}\n`,
  ],
  ['in reversed order', (answer) => written(answer, { ...PLAIN, order: (m) => m.reverse() })],
  [
    'in alphabetical order',
    (answer) => written(answer, { ...PLAIN, order: (m) => m.sort(([a], [b]) => (a < b ? -1 : 1)) }),
  ],
  ['with everything escaped', (answer) => written(answer, { ...PLAIN, string: escaped })],
  [
    'with slashes escaped',
    (answer) =>
      written(answer, { ...PLAIN, string: (text) => JSON.stringify(text).replaceAll('/', '\\/') }),
  ],
  ['with unknown fields first', (answer) => JSON.stringify({ ...FUTURE, ...answer })],
  ['with unknown fields last', (answer) => JSON.stringify({ ...answer, ...FUTURE })],
  [
    'in all of these ways at once',
    (answer) =>
      written(
        { ...FUTURE, ...answer },
        { blank: '\n  ', string: escaped, order: (m) => m.reverse() },
      ),
  ],
]

/** Attributes that look like the JSON around them. */
const ODD: WireItem = Object.fromEntries([
  ['Items', { L: [{ M: { id: { S: 'nested' } } }] }],
  ['LastEvaluatedKey', { M: { id: { S: 'nested' } } }],
  ['Responses', { M: { Master: { L: [] } } }],
  ['UnprocessedKeys', { M: {} }],
  ['ConsumedCapacity', { M: { CapacityUnits: { N: '1000' } } }],
  ['__proto__', { S: 'own' }],
  ['constructor', { M: Object.fromEntries([['__proto__', { S: 'deep' }]]) }],
  ['toString', { S: '' }],
  ['S', { S: '{"S":"x"}' }],
  ['', { S: 'no name' }],
  ['json', { S: '}]}],"LastEvaluatedKey":{"id":{"S":"no"}},"Items":[{"id":{"S":"no"}' }],
  ['quotes', { S: '\\"id\\":{"S":"\\\\"}\\' }],
  ['"id"', { S: 'nearly the key' }],
  ['inner', { M: { id: { S: 'inner' }, list: { L: [{ S: 'id' }, { NULL: true }] } } }],
  ['wide', { S: 'ä€😀\u2028\u0000\u001f/' }],
  ['set', { NS: ['1', '2.50', '-3E2'] }],
  ['bytes', { BS: ['AAEC', '/+8='] }],
])

const SCHEMAS = [
  { what: 'plain', key: [{ name: 'id', type: 'S' }], odd: false },
  { what: 'odd', key: [{ name: 'id', type: 'S' }], odd: true },
  {
    what: 'odd, with an odd key',
    key: [
      { name: 'Items', type: 'S' },
      { name: '/"é\\', type: 'N' },
    ],
    odd: true,
  },
] as const

for (const { what, key, odd } of SCHEMAS) {
  const shaped = (items: readonly WireItem[]): WireItem[] =>
    items.map(({ id, n, ...more }) => {
      const plain = { ...(n && { n }), ...more, ...(odd && ODD) }
      const { Items, ...others } = { ...plain } as Record<string, WireItem[string]>
      const text = (id as { S: string }).S
      return key.length === 1
        ? ({ id, ...plain } as WireItem)
        : Object.fromEntries([
            ...Object.entries(others),
            ['nested', Items],
            ['Items', { S: `${text}/"\\ä€😀` }],
            ['/"é\\', { N: text.replace('item-', '') }],
          ] as [string, WireItem[string]][])
    })

  // Odd attributes without an odd key are tested in one layout only.
  for (const [layout, rewrite] of what === 'odd' ? LAYOUTS.slice(-1) : LAYOUTS) {
    t.test(`runSync repairs ${what} items from answers ${layout}`, oneOfMany(), async (t) => {
      const masterItems = shaped(MASTER_ITEMS)
      const replicaItems = shaped(REPLICA_ITEMS)
      const { master, replica, run } = await openScene(t, { key, masterItems, replicaItems })
      const isRead = (request: StubRequest) => asks('Scan', 'BatchGetItem')(request)
      for (const strategy of ['march', 'lookup'] as const) {
        const dry = await openScene(t, { key, masterItems, replicaItems })
        // One side alone: the other side's plain answers have to equal these.
        dry.replica.stub.on(always({ rewrite }, isRead))
        const { summary } = await dry.run({ strategy, scanForExtra: true })
        t.strictSame(counts(summary, dry.replica), FOUND, strategy)
        t.equal(summary.replicas[replica.label]?.scanned, REPLICA_ITEMS.length)
      }
      for (const { stub } of [master, replica]) stub.on(always({ rewrite }, isRead))
      const { summary, differences } = await run(ALL_WRITES)
      t.strictSame(counts(summary, replica), REPAIRED)
      t.equal(summary.outcome, 'in-sync')
      t.strictSame(replica.table.all().map(sorted), master.table.all().map(sorted))
      t.strictSame(
        differences.filter(({ kind }) => kind === 'differing').map(({ attributes }) => attributes),
        Array(4).fill(['n', 'stray']),
      )
    })
  }
}

for (const [what, body] of [
  ['a page of HTML', '<html><body>Bad gateway</body></html>'],
  ['nothing at all', ''],
  ['half an object', '{"Items":[{"id":{"S":"item-1"'],
  ['an item without its key', '{"Items":[{"n":{"N":"1"}}]}'],
] as const) {
  t.test(`runSync detaches a replica that answers a scan with ${what}`, oneOfMany(), async (t) => {
    const { replica, other, run } = await openScene(t, { replicas: 2 })
    replica.stub.on(always({ rewrite: () => body }, asks('Scan')))
    const { summary } = await run(ALL_WRITES)
    t.equal(summary.outcome, 'incomplete')
    t.match(summary.errors, [{ table: replica.label, code: 'BAD_RESPONSE', hint: String }])
    t.strictSame(counts(summary, other), REPAIRED)
    t.strictSame(counts(summary, replica).extra, 0)
    t.equal(replica.table.all().length, REPLICA_ITEMS.length)
  })
}

t.test('runSync counts a write as done although its answer was a page of HTML', async (t) => {
  const { master, replica, run } = await openScene(t)
  let writes = 0
  replica.stub.on((request) => {
    if (isCheck(request) || !asks('PutItem', 'UpdateItem', 'DeleteItem')(request)) return undefined
    return writes++ === 0 ? { rewrite: () => '<html></html>' } : undefined
  })
  const { summary } = await run(ALL_WRITES)
  t.strictSame(counts(summary, replica), REPAIRED)
  t.equal(summary.outcome, 'in-sync')
  t.strictSame(replica.table.all(), master.table.all())
})

for (const operation of ['Scan', 'BatchGetItem'] as const) {
  const empty = { rewrite: () => '{}' }

  t.test(`runSync retries a ${operation} that was answered with {}`, oneOfMany(), async (t) => {
    const { master, replica, run } = await openScene(t)
    for (const { stub } of [master, replica]) stub.on(eachFirst(2, empty, asks(operation)))
    const { summary } = await run({ ...ALL_WRITES, strategy: 'lookup' })
    t.strictSame(counts(summary, replica), REPAIRED)
    t.equal(summary.outcome, 'in-sync')
  })

  t.test(
    `runSync is incomplete where every ${operation} is answered with {}`,
    oneOfMany(),
    async (t) => {
      const { replica, run } = await openScene(t)
      replica.stub.on(always(empty, asks(operation)))
      const { summary } = await run({ strategy: 'lookup', scanForExtra: true })
      t.equal(summary.outcome, 'incomplete')
      t.match(summary.errors[0], { code: 'BAD_RESPONSE', message: new RegExp(operation) })
    },
  )
}

for (const side of ['master', 'replica'] as const) {
  for (const strategy of ['march', 'lookup'] as const) {
    t.test(
      `runSync ends, by ${strategy}, a scan of the ${side} that goes in a circle`,
      oneOfMany(),
      async (t) => {
        const scene = await openScene(t)
        const { replica, run } = scene
        let circles = 0
        const leadBack = (answer: Body) => {
          if (answer['LastEvaluatedKey'] !== undefined) return answer
          circles++
          return { ...answer, LastEvaluatedKey: BEFORE_ALL }
        }
        scene[side].stub.on((request) =>
          asks('Scan')(request) && circles < 200 ? { rewrite: leadBack } : undefined,
        )
        const { summary } = await run({ ...ALL_WRITES, strategy, segments: 1 })
        t.ok(circles < 5, 'noticed soon')
        t.equal(summary.outcome, 'incomplete')
        t.match(summary.errors, [
          {
            table: scene[side].label,
            code: 'BAD_RESPONSE',
            message: /a page ended at the same key as an earlier page/,
          },
        ])
        t.equal(summary.replicas[replica.label]?.deleted, 0)
      },
    )
  }
}

t.test('runSync names the table of a page where an item has no key', async (t) => {
  const { master, run } = await openScene(t, { replicas: 2 })
  const rewrite = (answer: Body) =>
    JSON.stringify(answer).replace('"Items":[{"id":', '"Items":[{"ix":')
  master.stub.on(always({ rewrite }, asks('Scan')))
  const { summary } = await run({})
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [{ table: master.label, code: 'BAD_RESPONSE' }])
})
