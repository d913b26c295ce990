/** Version attributes: which item may replace which, and what a condition has to include. */

import { join } from 'node:path'
import { applySync, type WireItem } from 'tablesync'
import { checkedLine } from '../../lib/files/lines/checked-line.ts'
import { tempFolder } from '../support/command/run-cli.ts'
import { asOfVersion1, linesIn, writeLines } from '../support/rewritten.ts'
import { ALL_WRITES, asks, item, openScene, type Party } from '../support/scene.ts'
import type { StubRequest } from '../support/tables/stub.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const one = (text: string, version?: WireItem): WireItem => ({
  id: { S: 'one' },
  text: { S: text },
  ...version,
})
const n = (version: string): WireItem => ({ v: { N: version } })
const s = (version: string): WireItem => ({ v: { S: version } })

/** Somebody else writes, just before the first such request is carried out. */
const justBefore = (operation: string, write: () => void) => {
  let isDone = false
  return (request: StubRequest) => {
    if (!isDone && asks(operation)(request)) {
      isDone = true
      write()
    }
    return undefined
  }
}

const QUICK = { ...ALL_WRITES, maxDeletes: '100%', versionAttribute: 'v' }

for (const [what, master, replica, end] of [
  ['the later one', n('2'), n('1'), 'written'],
  ['the later one, over one of a million digits in another spelling', n('2'), n('1.0'), 'written'],
  ['an equal one', n('2'), n('2'), 'written'],
  ['an earlier one', n('1'), n('2'), 'conflict'],
  ['the only one', n('1'), undefined, 'written'],
  ['none, where the replica has one', undefined, n('7'), 'conflict'],
  ['none on either side', undefined, undefined, 'written'],
  ['a number over a text', n('9'), s('1'), 'conflict'],
  ['a text over a number', s('9'), n('1'), 'conflict'],
  ['a type without order', { v: { BOOL: true } }, { v: { BOOL: false } }, 'conflict'],
] as [string, WireItem | undefined, WireItem | undefined, string][]) {
  for (const newerWins of [false, true]) {
    const how = newerWins ? ', newer ones left alone' : ''
    t.test(`the master's version is ${what}: ${end}${how}`, oneOfMany(), async (t) => {
      const before = one('theirs', replica)
      const scene = await openScene(t, {
        masterItems: [one('ours', master)],
        replicaItems: [before],
      })
      const { summary, differences } = await scene.run({ ...QUICK, newerWins })
      const isNewer = newerWins && what.includes('earlier')
      t.strictSame(
        differences.map(({ action }) => action),
        isNewer ? [] : [end],
      )
      const isWritten = end === 'written'
      t.equal(summary.outcome, isWritten || isNewer ? 'in-sync' : 'different')
      t.strictSame(scene.replica.table.all(), isWritten ? scene.master.table.all() : [before])
    })
  }
}

t.test('an extra that gains a version while its deletion is in flight stays', async (t) => {
  const scene = await openScene(t, { masterItems: [], replicaItems: [one('theirs')] })
  const theirs = one('theirs', n('3'))
  scene.replica.stub.on(justBefore('DeleteItem', () => scene.replica.table.set(theirs)))
  const { summary } = await scene.run(QUICK)
  t.strictSame(scene.replica.table.all(), [theirs])
  t.equal(summary.outcome, 'different')
})

t.test('an item that gains a version while its update is in flight stays', async (t) => {
  const scene = await openScene(t, {
    masterItems: [one('ours')],
    replicaItems: [one('theirs')],
  })
  const theirs = one('theirs', n('3'))
  scene.replica.stub.on(justBefore('UpdateItem', () => scene.replica.table.set(theirs)))
  const { summary, differences } = await scene.run(QUICK)
  t.strictSame(scene.replica.table.all(), [theirs], 'the read-back does not overwrite it either')
  t.match(differences, [{ action: 'conflict', error: /the master has none/ }])
  t.match(summary.errors, [{ code: 'CONFLICT', count: 1 }])
  t.equal(summary.outcome, 'different')
})

t.test('of equal versions, the attributes to change must be as they were read', async (t) => {
  const scene = await openScene(t, {
    masterItems: [one('ours', n('2'))],
    replicaItems: [one('theirs', n('2'))],
  })
  const write = () => scene.replica.table.set(one('theirs, later', n('2')))
  scene.replica.stub.on(justBefore('UpdateItem', write))
  const { summary } = await scene.run(QUICK)
  t.equal(summary.outcome, 'in-sync')
  t.equal(scene.replica.stub.requests.filter(asks('UpdateItem')).length, 2, 'the first is refused')
})

const KEY = [
  { name: 'id', type: 'S' },
  { name: 'version', type: 'N' },
] as const

for (const versionAttribute of ['id', 'version']) {
  t.test(
    `a version attribute that is the key's ${versionAttribute} is refused`,
    oneOfMany(),
    async (t) => {
      const items = [{ id: { S: 'one' }, version: { N: '1' }, text: { S: 'x' } }]
      const scene = await openScene(t, { masterItems: items, replicaItems: [], key: KEY })
      await t.rejects(scene.run({ ...QUICK, versionAttribute }), {
        code: 'USAGE',
        message: /version attribute "(id|version)" is the (partition|sort) key/,
      })
      t.strictSame(scene.replica.table.all(), [])
    },
  )
}

t.test('a plan whose version attribute has become a key is refused', async (t) => {
  const items = [{ id: { S: 'one' }, version: { N: '1' }, text: { S: 'x' } }]
  const scene = await openScene(t, { masterItems: items, replicaItems: [], key: KEY })
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await scene.run({ ...QUICK, versionAttribute: 'other', plan })
  await asOfVersion1(plan)
  const reworded = (await linesIn(plan)).map((line) => {
    const { crc: _, ...value } = JSON.parse(line.replace('"other"', '"version"'))
    return checkedLine(value)
  })
  await writeLines(plan, reworded)
  await t.rejects(applySync({ plan, workers: 1 }), {
    code: 'USAGE',
    message: /version attribute "version" is the (partition|sort) key/,
  })
  t.strictSame(scene.replica.table.all(), [])
})

t.test('a version attribute that is ignored is refused', async (t) => {
  const scene = await openScene(t)
  await t.rejects(scene.run({ ...QUICK, ignore: ['v'] }), {
    code: 'USAGE',
    message: /`versionAttribute` "v" is also in `ignore`/,
  })
})

/** Every condition on an item of the replica includes more than its key. */
t.test('each condition fails if somebody else changes the item', async (t) => {
  const scene = await openScene(t)
  await scene.run({ ...QUICK, versionAttribute: 'v' })
  const conditions = (operation: string, { stub }: Party) =>
    stub.requests.filter(asks(operation)).map(({ body }) => String(body['ConditionExpression']))
  const all = [
    ...conditions('UpdateItem', scene.replica),
    ...conditions('DeleteItem', scene.replica),
  ]
  t.equal(all.length, 7)
  for (const condition of all) t.ok(condition.split(' AND ').length > 1, condition)
})

t.test('a dry run and a plan report repairs that versions forbid', async (t) => {
  const scene = await openScene(t, {
    masterItems: [one('ours', n('1')), item(1, n('2'))],
    replicaItems: [one('theirs', n('2')), item(1, { ...n('1'), stray: { S: 'x' } })],
  })
  const plan = join(await tempFolder(t), 'plan.ndjson')
  for (const how of [{ dryRun: true }, { plan }]) {
    const { summary, differences } = await scene.run({ ...QUICK, ...how })
    t.match(summary.replicas[scene.replica.label], { differing: 2, conflicts: 1 })
    t.match(summary.errors, [{ code: 'CONFLICT', message: /newer version/, hint: /--newer-wins/ }])
    t.strictSame(differences.map(({ action }) => action).sort(), ['conflict', 'none'])
  }
  const planned = (await linesIn(plan)).filter((line) => line.includes('"kind"'))
  t.equal(planned.length, 1, 'the forbidden repair is not planned')
})
