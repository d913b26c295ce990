/** Repairs where not everything is compared, and others that write meanwhile: step by step. */
import type { RunOptions, WireItem, WireValue } from 'tablesync'
import { ALL_WRITES, asks, openScene, putsOf, type Scene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const KEY: WireItem = { id: { S: 'one' } }
const S = (text: string): WireValue => ({ S: text })
const profile = (members: WireItem, more: WireItem = {}): WireItem => ({
  ...KEY,
  profile: { M: members },
  ...more,
})

interface Story {
  readonly master?: WireItem
  readonly replica?: WireItem
  readonly options?: Partial<RunOptions>
  /** Called once, when the first write has arrived and is not carried out yet. */
  readonly before?: (scene: Scene) => void
}

async function play(t: Test, { master, replica, options, before }: Story) {
  const scene = await openScene(t, {
    masterItems: master === undefined ? [] : [master],
    replicaItems: replica === undefined ? [] : [replica],
  })
  const updates: string[] = []
  let isFirst = true
  scene.replica.stub.on((request) => {
    if (!asks('PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem')(request)) return undefined
    updates.push(String(request.body['UpdateExpression'] ?? request.operation))
    if (isFirst) before?.(scene)
    isFirst = false
    return undefined
  })
  const outcome = await scene.run({ ...ALL_WRITES, segments: 1, ...options })
  return {
    ...outcome,
    updates,
    counts: outcome.summary.replicas[scene.replica.label],
    now: scene.replica.table.at(KEY),
    puts: putsOf(scene.replica),
  }
}

/** They differ in a place that is compared, and in one that is not. */
const APART = {
  master: profile({ name: S('new'), seen: S('m') }),
  replica: profile({ name: S('old'), seen: S('r') }),
}

const SEEN: Partial<RunOptions> = { ignore: ['profile.seen'] }
const NAME: Partial<RunOptions> = { only: ['profile.name'] }

for (const options of [SEEN, NAME]) {
  const how = JSON.stringify(options)

  t.test(
    `a place in a map is repaired, and its neighbour stays: ${how}`,
    oneOfMany(),
    async (t) => {
      const told = await play(t, {
        ...APART,
        options,
      })
      t.strictSame(told.now, profile({ name: S('new'), seen: S('r') }))
      t.match(told.counts, { differing: 1, written: 1, conflicts: 0, attributes: { profile: 1 } })
      t.match(told.differences, [{ changes: [{ path: 'profile.name' }], action: 'written' }])
      t.equal(told.differences[0]?.changes?.length, 1)
      t.equal(told.summary.outcome, 'in-sync')
    },
  )

  t.test(
    `what is not compared moves before the write, and is kept: ${how}`,
    oneOfMany(),
    async (t) => {
      const told = await play(t, {
        ...APART,
        options,
        before: ({ replica }) =>
          replica.table.set(profile({ name: S('old'), seen: S('later'), more: S('mine') })),
      })
      t.equal(told.updates.length >= 1, true)
      const { profile: held } = told.now as { profile: { M: WireItem } }
      t.match(held.M, { name: { S: 'new' }, seen: { S: 'later' } })
      // Of a name that nobody has seen nothing is known; the read-back finds it where it is compared.
      t.equal(held.M['more'] !== undefined, options === NAME)
      t.equal(told.summary.outcome, 'in-sync')
    },
  )

  t.test(
    `a compared place moves before the write, which is refused: ${how}`,
    oneOfMany(),
    async (t) => {
      const told = await play(t, {
        ...APART,
        options,
        before: ({ replica }) => replica.table.set(profile({ name: S('other'), seen: S('later') })),
      })
      t.strictSame(told.now, profile({ name: S('new'), seen: S('later') }))
      t.equal(told.updates.length, 2, 'the first was refused')
      t.match(told.counts, { written: 1, conflicts: 0 })
    },
  )

  for (const [what, held] of [
    ['is taken away', KEY],
    ['becomes a text', { ...KEY, profile: S('text') }],
    ['becomes a list', { ...KEY, profile: { L: [] } }],
  ] as const) {
    t.test(
      `the map ${what} before the write: nothing is guessed: ${how}`,
      oneOfMany(),
      async (t) => {
        const told = await play(t, {
          ...APART,
          options,
          before: ({ replica }) => replica.table.set(held),
        })
        t.strictSame(told.now, held)
        t.equal(told.updates.length, 1, 'one write, which was refused')
        t.match(told.counts, { written: 0, conflicts: 1, failed: 0 })
        t.match(told.differences, [{ action: 'conflict', error: /^(the replica has no )?profile/ }])
        t.match(told.summary.errors, [{ code: 'CONFLICT', count: 1 }])
        t.equal(told.summary.outcome, 'different')
      },
    )
  }

  t.test(`a missing item is counted and left: ${how}`, oneOfMany(), async (t) => {
    const master = profile({ name: S('new'), seen: S('m') })
    for (const quiesced of [false, true]) {
      const told = await play(t, { master, options: { ...options, quiesced } })
      t.equal(told.now, undefined)
      t.strictSame(told.updates, [])
      t.match(told.counts, { missing: 1, written: 0, conflicts: 0, failed: 0 })
      t.equal(told.summary.outcome, 'different')
      const whole = { ...options, quiesced, missingItems: 'whole' } as const
      const put = await play(t, { master, options: whole })
      t.strictSame(put.now, master)
      t.equal(put.summary.outcome, 'in-sync')
    }
  })

  t.test(`an item that vanishes before its update is not put: ${how}`, oneOfMany(), async (t) => {
    const told = await play(t, {
      ...APART,
      options,
      before: ({ replica }) => replica.table.unset(KEY),
    })
    t.equal(told.now, undefined)
    t.equal(told.puts, 0)
    t.match(told.counts, { differing: 1, written: 0, conflicts: 1 })
    t.equal(told.summary.outcome, 'different')
  })

  t.test(`an extra is deleted, and not put back as a whole: ${how}`, oneOfMany(), async (t) => {
    const extra = profile({ name: S('x'), seen: S('r') })
    const told = await play(t, { replica: extra, options })
    t.equal(told.now, undefined)
    t.match(told.counts, { extra: 1, deleted: 1 })
    const recreated = await play(t, {
      replica: extra,
      options,
      before({ master, replica }) {
        master.table.set(extra)
        replica.table.set(extra)
      },
    })
    t.equal(recreated.now, undefined)
    t.equal(recreated.puts, 0)
    t.match(recreated.counts, { extra: 1, deleted: 1, conflicts: 1 })
    t.match(recreated.differences.at(-1), { action: 'conflict', error: /may not be put/ })
    t.equal(recreated.summary.outcome, 'different')
  })

  t.test(
    `an item put whole is taken back only if deletions were asked for: ${how}`,
    oneOfMany(),
    async (t) => {
      const story: Story = {
        master: profile({ name: S('new'), seen: S('m') }),
        before: ({ master }) => master.table.unset(KEY),
      }
      const whole = { ...options, missingItems: 'whole' } as const
      const asked = await play(t, { ...story, options: whole })
      t.equal(asked.now, undefined)
      const unasked = await play(t, { ...story, options: { ...whole, deleteExtra: false } })
      t.ok(unasked.now)
      t.match(unasked.counts, { written: 1, conflicts: 1 })
      t.match(unasked.differences.at(-1), { action: 'conflict', error: /may not be taken back/ })
      t.equal(unasked.summary.outcome, 'different')
    },
  )
}

t.test('what no write could spare is a conflict with its reason, in a dry run too', async (t) => {
  const list = (...elements: WireItem[]): WireItem => ({
    ...KEY,
    tags: { L: elements.map((M) => ({ M })) },
  })
  for (const [what, master, replica, options, error] of [
    [
      'a list with something that is not compared',
      list({ id: S('1'), name: S('new') }),
      list({ id: S('2'), name: S('old') }),
      { ignore: ['tags[*].id'] },
      'the list tags holds something that is not compared',
    ],
    [
      'a list of which places are chosen',
      list({ id: S('1'), name: S('new') }),
      list({ id: S('2'), name: S('old') }),
      { only: ['tags[0].name'] },
      'the list tags holds something that is not compared',
    ],
    [
      'a map that the replica lacks',
      profile({ name: S('new'), seen: S('m') }),
      KEY,
      SEEN,
      'the replica has no profile, of which only a part is compared',
    ],
    [
      'a map that the master lacks',
      KEY,
      profile({ name: S('new'), seen: S('m') }),
      SEEN,
      'the master has no profile, of which only a part is compared',
    ],
    [
      'a map that the replica lacks, of which a place is chosen',
      profile({ name: S('new') }),
      KEY,
      NAME,
      'the replica has no profile, of which only a part is compared',
    ],
    [
      'a map on one side only',
      profile({ name: S('new'), seen: S('m') }),
      { ...KEY, profile: S('text') },
      SEEN,
      'profile is no map on both sides, and only a part of it is compared',
    ],
    [
      'a map inside a map',
      profile({ name: S('n'), deep: { M: { a: S('1'), b: S('2') } } }),
      profile({ name: S('n') }),
      { ignore: ['profile.deep.b'] },
      'the replica has no profile.deep, of which only a part is compared',
    ],
    [
      'more places than a condition can name',
      profile({ ...wide(200), name: S('new'), seen: S('m') }),
      profile({ ...wide(200), name: S('old'), seen: S('r') }),
      SEEN,
      'more places of it are compared than one condition can name',
    ],
  ] as [string, WireItem, WireItem, Partial<RunOptions>, string][]) {
    for (const dryRun of [false, true]) {
      const told = await play(t, { master, replica, options: { ...options, dryRun } })
      t.strictSame(told.now, replica, what)
      t.strictSame(told.updates, [], what)
      t.match(told.differences, [{ action: 'conflict', error }], what)
      t.match(told.counts, { differing: 1, written: 0, conflicts: 1 }, what)
      t.equal(told.summary.outcome, 'different', what)
    }
    const compared = await play(t, {
      ...{ master, replica },
      options: { ...options, writeMissing: false, writeDiffering: false, deleteExtra: false },
    })
    t.match(compared.counts, { differing: 1, conflicts: 0 }, `${what}, where nothing is asked for`)
  }
})

t.test('what holds nothing that is not compared is written whole', async (t) => {
  for (const [what, master, replica] of [
    ['a map', profile({ name: S('new') }), KEY],
    ['a map that goes', KEY, profile({ name: S('old') })],
    ['a text that becomes a map', profile({ name: S('new') }), { ...KEY, profile: S('text') }],
  ] as [string, WireItem, WireItem][]) {
    const told = await play(t, { master, replica, options: SEEN })
    t.strictSame(told.now, master, what)
    t.match(told.counts, { written: 1, conflicts: 0 }, what)
    // Somebody adds what is not compared just before: the write must not carry it away.
    const held = profile({ name: S('old'), seen: S('later') })
    const raced = await play(t, {
      ...{ master, replica },
      options: SEEN,
      before: ({ replica: { table } }) => table.set(held),
    })
    const { profile: kept } = raced.now as { profile: { M: WireItem } }
    t.match(kept.M['seen'], { S: 'later' }, what)
  }
})

t.test('a version attribute allows for more places than a condition can name', async (t) => {
  const v = (n: string): WireItem => ({ v: { N: n } })
  const master = profile({ ...wide(200), name: S('new'), seen: S('m') }, v('2'))
  const replica = profile({ ...wide(200), name: S('old'), seen: S('r') }, v('1'))
  const options = { ...SEEN, versionAttribute: 'v' }
  const told = await play(t, { master, replica, options })
  t.strictSame(told.now, profile({ ...wide(200), name: S('new'), seen: S('r') }, v('2')))
  // Who writes what is not compared need not know of versions.
  const held = profile({ seen: S('later') }, v('1'))
  const added = await play(t, {
    ...{ master: profile({ name: S('new') }, v('2')), replica: { ...KEY, ...v('1') }, options },
    before: ({ replica: { table } }) => table.set(held),
  })
  t.strictSame(added.now, profile({ name: S('new'), seen: S('later') }, v('2')))
  const newer = profile({ name: S('theirs'), seen: S('r') }, v('3'))
  const raced = await play(t, {
    ...{ master, replica, options },
    before: ({ replica: { table } }) => table.set(newer),
  })
  t.strictSame(raced.now, newer)
})

const wide = (members: number): WireItem =>
  Object.fromEntries(Array.from({ length: members }, (_, at) => [`m${at}`, S('x')]))
