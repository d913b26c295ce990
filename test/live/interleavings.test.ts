/** Others write between our read and our write, or right after it: each story step by step. */

import type { RunOptions, WireItem } from 'tablesync'
import { ALL_WRITES, asks, openScene, type Party, type Scene } from '../support/scene.ts'
import type { Fault, StubRequest } from '../support/tables/stub.ts'
import { type Test, t } from '../support/tap.ts'

const KEY: WireItem = { id: { S: 'one' } }
const version = (v: number, more: WireItem = {}): WireItem => ({
  ...KEY,
  v: { N: String(v) },
  ...more,
})

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem']

interface Story {
  readonly master?: WireItem
  readonly replica?: WireItem
  readonly options?: Partial<RunOptions>
  /** Called once, when the first write has arrived and is not carried out yet. */
  readonly before?: (scene: Scene) => void
  /** Called once, when the first write has been carried out and is not answered yet. */
  readonly after?: (scene: Scene) => void
  /** Whether the stub drops the conditions of writes: what other tools do. */
  readonly unconditional?: boolean
}

/** Plays a story. Returns the writes that the replica was sent, and how the run ended. */
async function play(t: Test, { master, replica, options, before, after, unconditional }: Story) {
  const scene = await openScene(t, {
    masterItems: master === undefined ? [] : [master],
    replicaItems: replica === undefined ? [] : [replica],
  })
  let isFirst = true
  const writes: string[] = []
  scene.replica.stub.on((request): Fault | undefined => {
    if (!asks(...WRITES)(request)) return undefined
    writes.push(request.operation)
    const wasFirst = isFirst
    isFirst = false
    if (wasFirst) before?.(scene)
    if (unconditional) loseCondition(scene.replica, request)
    if (!wasFirst || after === undefined) return undefined
    return {
      answeredAfter: new Promise<void>((resolve) => setImmediate(() => resolve(after(scene)))),
    }
  })
  const outcome = await scene.run({ ...ALL_WRITES, segments: 1, ...options })
  return {
    ...outcome,
    writes,
    counts: outcome.summary.replicas[scene.replica.label],
    now: { master: scene.master.table.at(KEY), replica: scene.replica.table.at(KEY) },
  }
}

/** Makes the stub carry out the request as if it had no condition. */
function loseCondition({ table }: Party, { body }: StubRequest): void {
  const condition = String(body['ConditionExpression'])
  const names = body['ExpressionAttributeNames'] as Record<string, string>
  const values = (body['ExpressionAttributeValues'] ?? {}) as Record<string, unknown>
  const update = String(body['UpdateExpression'] ?? '')
  delete (body as Record<string, unknown>)['ConditionExpression']
  for (const name of Object.keys(names))
    if (!new RegExp(`${name}\\b`).test(update)) delete names[name]
  for (const name of Object.keys(values))
    if (!new RegExp(`${name}\\b`).test(update)) delete values[name]
  void table
  void condition
}

const v3OnBoth = ({ master, replica }: Scene) => {
  master.table.set(version(3))
  replica.table.set(version(3))
}

t.test('v2 is read, v3 is written and replicated, and v2 is not written back', async (t) => {
  const story = { master: version(2), replica: version(1), before: v3OnBoth }
  const told = await play(t, story)
  t.same(told.now.replica, version(3))
  t.same(told.writes, ['UpdateItem'])
  t.match(told.counts, { differing: 1, written: 0, resolved: 1, conflicts: 0 })
  t.equal(told.summary.outcome, 'in-sync')
  const damaged = await play(t, { ...story, unconditional: true, options: { quiesced: true } })
  t.same(damaged.now.replica, version(2), 'what happens without conditions')
})

t.test('an item deleted and recreated between read and write is written again', async (t) => {
  const story: Story = {
    master: version(2),
    replica: version(1),
    before({ replica }) {
      replica.table.unset(KEY)
      replica.table.set(version(9, { mine: { S: 'other' } }))
    },
  }
  const told = await play(t, story)
  t.same(told.now.replica, version(2))
  t.same(told.writes, ['UpdateItem', 'UpdateItem'])
  t.match(told.counts, { differing: 1, written: 1, conflicts: 0 })
  const damaged = await play(t, { ...story, unconditional: true, options: { quiesced: true } })
  t.same(damaged.now.replica, version(2, { mine: { S: 'other' } }), 'a mixture of both')
})

t.test('an item that the master deletes before our put is deleted again', async (t) => {
  const story: Story = {
    master: version(1),
    before: ({ master }) => master.table.unset(KEY),
  }
  const told = await play(t, story)
  t.same(told.now, { master: undefined, replica: undefined })
  t.same(told.writes, ['PutItem', 'DeleteItem'])
  t.match(told.counts, { missing: 1, written: 1, mended: 1, conflicts: 0 })
  t.same(
    told.differences.map(({ kind, action }) => [kind, action]),
    [
      ['missing', 'written'],
      ['extra', 'deleted'],
    ],
  )
  const damaged = await play(t, { ...story, options: { quiesced: true } })
  t.ok(damaged.now.replica, 'a ghost remains where nothing is read back')
})

t.test('an item that the master deletes before our update stays without deleteExtra', async (t) => {
  const told = await play(t, {
    master: version(2),
    replica: version(1),
    before: ({ master }) => master.table.unset(KEY),
    options: { deleteExtra: false },
  })
  t.same(told.now, { master: undefined, replica: version(2) })
  t.same(told.writes, ['UpdateItem'])
  t.match(told.counts, { differing: 1, written: 1, mended: 0, conflicts: 0 })
})

t.test('an item put too late is not deleted if somebody has changed it since', async (t) => {
  const told = await play(t, {
    master: version(1),
    before: ({ master }) => master.table.unset(KEY),
    after: ({ replica }) => replica.table.set(version(7)),
  })
  t.same(told.now.replica, version(7))
  t.same(told.writes, ['PutItem'])
})

t.test('an equal item that is recreated under our deletion is put back', async (t) => {
  const story: Story = {
    replica: version(1),
    before: v1OnBoth,
  }
  const told = await play(t, story)
  t.same(told.now, { master: version(1), replica: version(1) })
  t.same(told.writes, ['DeleteItem', 'PutItem'])
  t.match(told.counts, { extra: 1, deleted: 1, mended: 1 })
  t.same(
    told.differences.map(({ kind, action }) => [kind, action]),
    [
      ['extra', 'deleted'],
      ['missing', 'written'],
    ],
  )
  const damaged = await play(t, { ...story, options: { quiesced: true } })
  t.equal(damaged.now.replica, undefined, 'lost where nothing is read back')
})

function v1OnBoth({ master, replica }: Scene): void {
  master.table.set(version(1))
  replica.table.set(version(1))
}

t.test('an attribute added to the replica since we read it is kept', async (t) => {
  const told = await play(t, {
    master: version(2),
    replica: version(1),
    before: ({ replica }) => replica.table.set(version(1, { added: { S: 'x' } })),
    options: { ignore: ['added'] },
  })
  t.same(told.now.replica, version(2, { added: { S: 'x' } }))
  t.same(told.writes, ['UpdateItem'])
})

t.test('a change of the master after our read is copied in the same run', async (t) => {
  for (const when of ['before', 'after'] as const) {
    const told = await play(t, {
      master: version(2),
      replica: version(1),
      [when]: ({ master }: Scene) => master.table.set(version(3)),
    })
    t.same(told.now.replica, version(3), when)
    t.same(told.writes, ['UpdateItem', 'UpdateItem'])
    t.match(told.counts, { differing: 1, written: 1, mended: 1 })
    t.equal(told.summary.outcome, 'in-sync')
  }
})

t.test('an old version that a late replicator writes is replaced again', async (t) => {
  const told = await play(t, {
    master: version(2),
    replica: version(0),
    after: ({ replica }) => replica.table.set(version(1)),
  })
  t.same(told.now.replica, version(2))
  t.match(told.counts, { differing: 1, written: 1, mended: 1 })
})

t.test('with a version attribute, a replica that is ahead is not overwritten', async (t) => {
  const story: Story = { master: version(2), replica: version(10) }
  const versioned = { versionAttribute: 'v' }
  const plain = await play(t, story)
  t.same(plain.now.replica, version(2), 'the master is the truth')
  const kept = await play(t, { ...story, options: versioned })
  t.same(kept.now.replica, version(10))
  t.same(kept.writes, [])
  t.match(kept.counts, { differing: 1, conflicts: 1, newer: 0 })
  t.match(kept.differences, [{ action: 'conflict', error: /newer/ }])
  t.equal(kept.summary.outcome, 'different')
  const newerWins = await play(t, { ...story, options: { ...versioned, newerWins: true } })
  t.same(newerWins.now.replica, version(10))
  t.match(newerWins.counts, { differing: 0, conflicts: 0, newer: 1 })
  t.same(newerWins.differences, [])
  t.equal(newerWins.summary.outcome, 'in-sync')
})

t.test('a version that arrives on the replica since we read it is not replaced', async (t) => {
  const told = await play(t, {
    master: version(2),
    replica: version(1),
    before: ({ replica }) => replica.table.set(version(5)),
    options: { versionAttribute: 'v', newerWins: true },
  })
  t.same(told.now.replica, version(5))
  t.same(told.writes, ['UpdateItem'], 'and the update was refused')
  t.match(told.counts, { differing: 1, written: 0, conflicts: 1 })
})

t.test('a key that never stands still ends as unverified', async (t) => {
  const scene = await openScene(t, { masterItems: [version(1)], replicaItems: [version(0)] })
  let v = 1
  scene.master.stub.on((request) => {
    if (asks('BatchGetItem')(request)) scene.master.table.set(version(++v))
    return undefined
  })
  const { summary, differences } = await scene.run({ ...ALL_WRITES, recheckAttempts: 3 })
  t.match(summary.replicas[scene.replica.label], { differing: 0, unverified: 1, written: 0 })
  t.equal(summary.outcome, 'incomplete')
  t.same(differences, [])
  t.same(scene.replica.table.at(KEY), version(0))
})

t.test('a replica that follows with a lag counts as converged', async (t) => {
  const scene = await openScene(t, { masterItems: [version(1)], replicaItems: [version(0)] })
  let v = 1
  scene.master.stub.on((request) => {
    if (!asks('BatchGetItem')(request)) return undefined
    scene.replica.table.set(version(v))
    scene.master.table.set(version(++v))
    return undefined
  })
  const { summary } = await scene.run(ALL_WRITES)
  const { differing, converged, sameAs, written } = summary.replicas[scene.replica.label] ?? {}
  t.same(
    { differing, converged, sameAs, written },
    { differing: 0, converged: 1, sameAs: 0, written: 0 },
  )
  t.equal(summary.outcome, 'in-sync')
})

t.test('an item with more attributes than a condition holds is reported as partial', async (t) => {
  const wide = (count: number, more: WireItem): WireItem => ({
    ...KEY,
    ...Object.fromEntries(Array.from({ length: count }, (_, n) => [`a${n}`, { N: `${n}` }])),
    ...more,
  })
  for (const [count, partial] of [
    [148, 0],
    [149, 1],
  ] as const) {
    const told = await play(t, {
      master: wide(count, version(2)),
      replica: wide(count, version(1)),
    })
    t.same(told.now.replica, wide(count, version(2)))
    t.match(told.counts, { written: 1, partial }, `${count + 1} attributes beside the key`)
    t.equal(told.differences[0]?.condition, partial === 1 ? 'partial' : undefined)
  }
  const versioned = await play(t, {
    master: wide(200, version(2)),
    replica: wide(200, version(1)),
    options: { versionAttribute: 'v' },
  })
  t.match(versioned.counts, { written: 1, partial: 0 }, 'the version stands for all of them')
})

t.test("an update whose master item is gone does not delete the replica's item", async (t) => {
  const told = await play(t, {
    master: version(2),
    replica: version(1),
    before({ master, replica }) {
      master.table.unset(KEY)
      replica.table.set(version(9, { others: { S: 'x' } }))
    },
    options: { maxDeletes: 0 },
  })
  t.same(told.now.replica, version(9, { others: { S: 'x' } }))
  t.same(told.writes, ['UpdateItem'])
  t.match(told.counts, { differing: 1, conflicts: 1, deleted: 0 })
})

t.test('an extra that somebody changes before its deletion is left', async (t) => {
  const scene = await openScene(t, { masterItems: [version(1)], replicaItems: [] })
  const other: WireItem = { id: { S: 'other' } }
  scene.replica.table.set(other)
  let isFirst = true
  scene.replica.stub.on((request) => {
    // The put comes first, deletions after it.
    if (asks('PutItem')(request) && isFirst) {
      isFirst = false
      scene.replica.table.set({ ...other, precious: { S: 'x' } })
    }
    return undefined
  })
  const { summary, differences } = await scene.run({ ...ALL_WRITES, maxDeletes: '100%' })
  t.same(scene.replica.table.at(other), { ...other, precious: { S: 'x' } })
  t.match(summary.replicas[scene.replica.label], { extra: 1, deleted: 0, conflicts: 1 })
  t.match(
    differences.filter(({ kind }) => kind === 'extra'),
    [{ action: 'conflict', error: /has changed since/ }],
  )
})

t.test('an item whose update in parts fails half-way is reported as torn', async (t) => {
  const wide = (v: number): WireItem => ({
    ...KEY,
    ...Object.fromEntries(Array.from({ length: 700 }, (_, n) => [`a${n}`, { N: `${n + v}` }])),
  })
  const scene = await openScene(t, { masterItems: [wide(1000)], replicaItems: [wide(0)] })
  let updates = 0
  scene.replica.stub.on((request) =>
    asks('UpdateItem')(request) && ++updates > 1 ? { error: 'ValidationException' } : undefined,
  )
  const { differences } = await scene.run(ALL_WRITES)
  t.match(differences, [{ action: 'torn', error: /some of its attributes were written before/ }])
})
