/** Runs under masks: what is compared, written, reported and refused. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applySync, type WireItem } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { hooksModule } from '../support/hooks-module.ts'
import { asks, counts, item, openScene } from '../support/scene.ts'
import { seeded } from '../support/seeded.ts'
import { t } from '../support/tap.ts'
import { casesToPlay, oneOfMany, skipLong } from '../support/thorough.ts'
import { masked } from './masked.ts'

const WRITES = { writeMissing: true, writeDiffering: true }

const person = (at: number, more: WireItem = {}) =>
  item(at, { email: { S: `ann${at}@company.example` }, ...more })
const RULES = { id: 'keep', n: 'digits', email: 'email' }

for (const strategy of ['auto', 'march', 'lookup'] as const) {
  t.test(`masked items are written and then equal, by ${strategy}`, oneOfMany(), async (t) => {
    const { options, becomes } = await masked(t, RULES)
    const masterItems = Array.from({ length: 60 }, (_, at) => person(at))
    const { replica, run } = await openScene(t, {
      masterItems,
      replicaItems: masterItems.slice(0, 20),
      becomes,
    })
    const first = await run({ ...options, ...WRITES, strategy })
    t.match(first.summary, { outcome: 'in-sync', masks: /^[\da-f]{16}-[\da-f]{8}$/ })
    t.match(counts(first.summary, replica), { missing: 40, differing: 20, written: 60 })
    const second = await run({ ...options, ...WRITES, strategy })
    t.match(counts(second.summary, replica), { sameAs: 60, written: 0 })
    t.strictSame(
      replica.table
        .all()
        .map((one) => JSON.stringify(one))
        .sort(),
      masterItems.map((one) => JSON.stringify(becomes(one))).sort(),
    )
  })

  t.test(`an item without a rule is left, by ${strategy}`, oneOfMany(), async (t) => {
    const { options, becomes } = await masked(t, RULES)
    const odd = { 7: { note: { S: 'secret' } }, 30: { n: { BOOL: true } }, 59: { m: { M: {} } } }
    const masterItems = Array.from({ length: 60 }, (_, at) =>
      person(at, (odd as Record<number, WireItem>)[at]),
    )
    const { replica, run } = await openScene(t, {
      masterItems,
      replicaItems: [item(30), { id: { S: 'item-59' } }],
      becomes,
    })
    const { summary, events } = await run({ ...options, ...WRITES, strategy })
    t.equal(summary.outcome, 'incomplete')
    t.match(counts(summary, replica), { missing: 57, written: 57, unverified: 3, differing: 0 })
    const left = events.filter(({ type }) => type === 'key-left')
    t.match(left.map((event) => JSON.stringify(event)).sort(), [
      /item-30.*no rule|item-30/,
      /item-59/,
      /item-7.*note: no rule covers this value of type S/,
    ])
    t.strictSame(replica.table.at({ id: { S: 'item-30' } }), item(30))
    t.equal(replica.table.at({ id: { S: 'item-7' } }), undefined)
    t.match(summary.errors, [{ code: 'UNMASKED' }, {}, {}])
    t.notMatch(JSON.stringify(replica.stub.requests), /company\.example|secret/)
  })
}

t.test('masked keys', async (t) => {
  const { options, becomes } = await masked(t, { ...RULES, id: 'hash' })
  const masterItems = Array.from({ length: 60 }, (_, at) => person(at))
  const { master, replica, run } = await openScene(t, { masterItems, replicaItems: [], becomes })
  const first = await run({ ...options, ...WRITES })
  t.match(first.summary, { outcome: 'in-sync' })
  t.match(counts(first.summary, replica), { missing: 60, written: 60 })
  master.table.set(person(3, { n: { N: '99' } }))
  const second = await run({ ...options, ...WRITES })
  t.match(counts(second.summary, replica), { sameAs: 59, differing: 1, written: 1 })
  t.equal(replica.table.all().length, 60)
  t.notMatch(JSON.stringify(replica.stub.requests.filter(asks('PutItem'))), /item-/)
  t.notMatch(JSON.stringify([first, second]), /item-/)
})

for (const strategy of ['march', 'lookup'] as const) {
  t.test(
    `extras are deleted, and never an item that cannot be masked, by ${strategy}`,
    oneOfMany(),
    async (t) => {
      const { options, becomes } = await masked(t, RULES)
      const odd = new Set([2, 17, 41])
      const masterItems = Array.from({ length: 60 }, (_, at) =>
        person(at, odd.has(at) ? { note: { S: 'secret' } } : {}),
      )
      const all = Array.from({ length: 60 }, (_, at) => becomes(person(at)) as WireItem)
      const { replica, run } = await openScene(t, {
        ...{ masterItems, becomes },
        replicaItems: [...all, person(100), person(101)],
      })
      const extras = { deleteExtra: true, maxDeletes: 50, strategy }
      const { summary } = await run({ ...options, ...WRITES, ...extras })
      t.match(counts(summary, replica), { sameAs: 57, unverified: 3, extra: 2, failed: 0 })
      t.equal(summary.outcome, 'incomplete')
      for (const at of odd) t.ok(replica.table.at({ id: { S: `item-${at}` } }), `item ${at} stays`)
      t.notOk(replica.stub.requests.some(({ body }) => /item-(2|17|41)"/.test(keyOf(body))))
    },
  )
}

/** More than the rechecks that are always made. */
const ITEMS = 24_000

for (const strategy of ['march', 'lookup'] as const) {
  const skip = strategy === 'lookup' && skipLong
  t.test(`more refused items than may be read again, by ${strategy}`, { skip }, async (t) => {
    const { options, becomes } = await masked(t, RULES)
    const odd = { note: { S: 'secret' } }
    const masterItems = Array.from({ length: ITEMS }, (_, at) => person(at, odd))
    const { replica, run } = await openScene(t, {
      ...{ masterItems, becomes },
      // Every other one is there, some with nothing but their key.
      replicaItems: masterItems
        .filter((_, at) => at % 2 === 0)
        .map(({ id }, at) => ({
          id: id as WireItem[string],
          ...(at % 2 === 0 && { n: { N: '1' } }),
        })),
    })
    for (const more of skipLong ? [{}] : [{}, { ...WRITES, quiesced: true }]) {
      const { summary } = await run({ ...options, ...more, strategy, scanLimit: 2000 })
      const none = { sameAs: 0, missing: 0, differing: 0, written: 0, unconfirmed: 0 }
      t.match(counts(summary, replica), { ...none, unverified: ITEMS }, JSON.stringify(more))
      t.match(summary.errors, [{ code: 'UNMASKED', count: ITEMS }])
    }
    t.equal(replica.table.all().length, ITEMS / 2)
  })
}

/** Of a write. */
const keyOf = (body: Readonly<Record<string, unknown>>) =>
  body['UpdateExpression'] !== undefined || body['ConditionExpression'] !== undefined
    ? JSON.stringify(body['Key'] ?? {})
    : ''

t.test('an attribute that only item 5,000 has stops that item alone', async (t) => {
  const { options, becomes } = await masked(t, RULES)
  const masterItems = Array.from({ length: 5001 }, (_, at) =>
    person(at, at === 5000 ? { extra: { S: 'seen for the first time' } } : {}),
  )
  const { replica, run } = await openScene(t, { masterItems, replicaItems: [], becomes })
  const { summary } = await run({ ...options, ...WRITES, scanLimit: 500, quiesced: true })
  t.equal(summary.outcome, 'incomplete')
  t.match(counts(summary, replica), { missing: 5000, written: 5000, unverified: 1 })
  t.match(summary.errors, [
    { code: 'UNMASKED', message: 'extra: no rule covers this value of type S', count: 1 },
  ])
  t.equal(replica.table.all().length, 5000)
  t.equal(replica.table.at({ id: { S: 'item-5000' } }), undefined)
})

t.test('equal values are equal in two tables, and under another key others', async (t) => {
  const emails = async (key: string, name: string) => {
    const { options, becomes } = await masked(t, { id: 'hash', [name]: 'email', n: 'digits' }, key)
    const masterItems = Array.from({ length: 20 }, (_, at) =>
      item(at, { [name]: { S: `ann${at % 5}@company.example` } }),
    )
    const { replica, run } = await openScene(t, { masterItems, replicaItems: [], becomes })
    t.equal((await run({ ...options, ...WRITES })).summary.outcome, 'in-sync')
    const all = replica.table.all().map((one) => JSON.stringify([one['id'], one[name]]))
    return all.sort()
  }
  const one = await emails('the key of two tables', 'mail')
  t.strictSame(await emails('the key of two tables', 'contact'), one)
  t.equal(new Set(one.map((text) => text.slice(text.indexOf(',')))).size, 5)
  t.notSame(await emails('the key of another table', 'mail'), one)
})

t.test('keys that become one by their masks are an error of both', async (t) => {
  const { options, becomes } = await masked(t, { id: 'last4', n: 'drop' })
  const numbers = Array.from({ length: 30 }, (_, at) => `number 1${1000 + at}`)
  const masterItems = [...numbers, 'number 21007', 'number 21008'].map((S, at) => ({
    ...{ id: { S }, n: { N: String(at) } },
  }))
  const { replica, run } = await openScene(t, { masterItems, replicaItems: [], becomes })
  const { summary, events } = await run({ ...options, ...WRITES })
  t.equal(summary.outcome, 'incomplete')
  const { unverified = 0, written = 0 } = counts(summary, replica)
  t.equal(unverified + written, 32)
  t.ok(unverified >= 2)
  t.ok(summary.errors.every(({ code }) => code === 'KEY_COLLISION'))
  t.match(
    summary.errors.map(({ message, count }) => [message, count]),
    [['two items of the master become one key', 2]],
  )
  t.notMatch(JSON.stringify([summary, events]), /number /)
})

t.test('a key that cannot be masked is not named', async (t) => {
  const { options, becomes } = await masked(t, { id: 'last4', n: 'keep' })
  const masterItems = [item(1), { id: { S: 'a long enough name' }, n: { N: '1' } }]
  const { replica, run } = await openScene(t, { masterItems, replicaItems: [], becomes })
  const { summary, events, differences } = await run({ ...options, ...WRITES })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.master, { scanned: 2 })
  t.match(counts(summary, replica), { missing: 1, written: 1, unverified: 1 })
  t.match(summary.errors, [{ code: 'UNMASKED', message: 'id: the value is too short for last4' }])
  t.notMatch(JSON.stringify([summary, events, differences]), /item-1/)
})

t.test('a table is written under its own masks only', async (t) => {
  const one = await masked(t, RULES)
  const other = await masked(t, RULES, 'another key of these tests')
  const rules = await masked(t, { ...RULES, n: 'keep' })
  const masterItems = Array.from({ length: 30 }, (_, at) => person(at))
  const scene = { masterItems, replicaItems: masterItems.slice(0, 9), becomes: one.becomes }
  const { master, replica, run } = await openScene(t, scene)
  const folder = await tempFolder(t)
  const [plan, checkpoint] = [join(folder, 'plan.ndjson'), join(folder, 'checkpoint.json')]
  await run({ ...one.options, ...WRITES, plan })
  await run({ ...one.options, checkpoint })
  const reach = {
    ...{ masterEndpoint: master.stub.endpoint, replicaEndpoint: replica.stub.endpoint },
    ...{ minMismatchAge: 0, workers: 1 },
  }
  for (const options of [{}, other.options, rules.options]) {
    await t.rejects(run({ ...options, checkpoint, resume: true }), {
      code: 'USAGE',
      message: /Expected `masks` to be as when the run began, "[\da-f]{16}-[\da-f]{8}"; got/,
    })
    await t.rejects(applySync({ ...options, plan, ...reach }), {
      code: 'USAGE',
      message: /Expected the masks of the plan, [\da-f]{16}-[\da-f]{8}; got/,
    })
  }
  const { outcome, replicas } = await applySync({ ...one.options, plan, ...reach })
  t.equal(outcome, 'in-sync')
  t.match(replicas[replica.label], { written: 30 })
  t.equal((await run({ ...one.options, ...WRITES })).summary.outcome, 'in-sync')
  const unmasked = join(folder, 'unmasked.ndjson')
  await run({ ...WRITES, plan: unmasked })
  await t.rejects(applySync({ ...one.options, plan: unmasked, ...reach }), {
    code: 'USAGE',
    message: /Expected the masks of the plan, none; got/,
  })
})

t.test('what does not go with masks is refused', async (t) => {
  const { run } = await openScene(t)
  const keysMasked = await masked(t, { id: 'hash', '*': 'keep' })
  const kept = await masked(t, { id: 'keep', '*': 'drop' })
  const file = join(await tempFolder(t), 'file')
  const bad = join(await tempFolder(t), 'bad.json')
  await writeFile(bad, '{"rules":{"id":"keep","n":"digit"}}')
  for (const [more, message] of [
    [{ ...keysMasked.options, deleteExtra: true }, /masked keys without `deleteExtra`/],
    [{ ...keysMasked.options, scanForExtra: true }, /masked keys without `scanForExtra`/],
    [{ ...keysMasked.options, strategy: 'march' }, /masked keys without `strategy march`/],
    [{ ...keysMasked.options, key: ['{"id":"a"}'] }, /masked keys without `keys`/],
    [{ ...keysMasked.options, plan: file, writeMissing: true }, /masked keys without `plan`/],
    [{ ...keysMasked.options, checkpoint: file }, /masked keys without `checkpoint`/],
    [
      { ...keysMasked.options, startingKey: '{"id":"a"}', segments: 1 },
      /masked keys without `startingKey`/,
    ],
    [
      (await masked(t, { '*': 'drop' })).options,
      /a rule that keeps or masks "id" \(S\) of the key, got drop/,
    ],
    [
      (await masked(t, { n: 'keep' })).options,
      /a rule that keeps or masks "id" \(S\) of the key, got none/,
    ],
    [{ ...kept.options, versionAttribute: 'n' }, /the rule keep for `versionAttribute` "n"/],
    [{ masks: bad }, /Expected a rule for n, got "digit"/],
    [{ maskKeyFile: kept.options.maskKeyFile }, /`maskKeyFile` to come with `masks`, got it alone/],
    [{ masks: keysMasked.options.masks }, /Expected a key for the rules/],
    [{ masks: file }, /Cannot read the masks in/],
    [{ ...kept.options, maskKeyFile: file }, /Cannot read the key of the masks in/],
    [{ ...kept.options, report: kept.options.masks }, /masks/],
  ] as const) {
    await t.rejects(run(more as never), { code: 'USAGE', message })
  }
  const short = await masked(t, { id: 'keep' }, 'too short').catch((error: Error) => error)
  t.match(short, { message: /to have 16 bytes or more, got 9/ })
  t.equal((await run({ masks: kept.options.masks })).summary.outcome, 'different', 'without a key')
})

const SEEDS = casesToPlay(60, 2, 'TABLESYNC_TEST_MASKS_SEEDS')

t.test(`${SEEDS} racing writers: only masked items are written`, async (t) => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = seeded(seed)
    const rules = seed % 2 === 0 ? RULES : { ...RULES, id: 'hash' }
    const { options, becomes } = await masked(t, rules)
    const { master, replica, run } = await openScene(t, {
      masterItems: Array.from({ length: 40 }, (_, at) => person(at)),
      replicaItems: [],
    })
    const had = new Set(master.table.all().map((one) => JSON.stringify(becomes(one))))
    master.stub.on(() => {
      for (let turn = 0; turn < 2; turn++) {
        const at = Math.floor(random() * 40)
        const isOdd = random() < 0.3
        const n = { N: String(Math.floor(random() * 1000)) }
        const now = person(at, { n, ...(isOdd && { note: { S: 'secret' } }) })
        master.table.set(now)
        if (!isOdd) had.add(JSON.stringify(becomes(now)))
      }
      return undefined
    })
    await run({
      ...options,
      ...WRITES,
      maxDuration: '30s',
      ...(seed % 4 < 2 && { quiesced: true }),
    })
    for (const one of replica.table.all()) {
      const { id, n, email } = one
      t.ok(had.has(JSON.stringify({ id, n, email })), `seed ${seed}: ${JSON.stringify(one)}`)
    }
    t.notMatch(JSON.stringify(replica.stub.requests), /company\.example|secret/)
  }
})

t.test('two replicas, a filter, and hooks that see what is masked', async (t) => {
  const { options, becomes } = await masked(t, { id: 'last4', n: 'digits', email: 'email' })
  const masterItems = [
    ...Array.from({ length: 30 }, (_, at) => ({ ...person(at), id: { S: `number ${2000 + at}` } })),
    // Its key cannot be told.
    { ...person(99), id: { S: 'short' } },
  ]
  const scene = { masterItems, replicaItems: [], replicas: 2 } as const
  const { replica, other, run } = await openScene(t, { ...scene, becomes })
  const hooks = await hooksModule(
    t,
    `export const onMissing = (item) => {
      if (/company|number/.test(JSON.stringify(item))) throw new Error('clear')
      return item.id.S.endsWith('2007') ? 'skip' : undefined
    }`,
  )
  const { summary } = await run({ ...options, ...WRITES, hooks })
  for (const party of [replica, other]) {
    t.match(summary.replicas[party.label], { missing: 30, written: 29, skipped: 1, unverified: 1 })
  }
  const filtered = await run({
    ...{ ...options, ...WRITES },
    filterExpression: '#email=:one',
    expressionAttributeNames: { '#email': 'email' },
    expressionAttributeValues: { ':one': { S: 'ann7@company.example' } },
  })
  t.match(filtered.summary, { outcome: 'in-sync', master: { scanned: 1 } })
  for (const party of [replica, other]) {
    t.match(filtered.summary.replicas[party.label], { missing: 1, written: 1, unverified: 0 })
    t.equal(party.table.all().length, 30)
  }
})
