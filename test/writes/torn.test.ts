/** Items too wide for one update: written in parts, and reported if they stay torn. */

import { join } from 'node:path'
import { applySync, undoSync, type WireItem } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { hooksModule } from '../support/hooks-module.ts'
import { askedOf, asks, openScene, type Party } from '../support/scene.ts'
import type { Fault, StubRequest } from '../support/tables/stub.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

/** One item with a version and many other attributes, all with one value. */
const wide = (attributes: number, value: string, version: string): WireItem => ({
  id: { S: 'wide' },
  v: { N: version },
  ...Object.fromEntries(Array.from({ length: attributes }, (_, n) => [`a${n}`, { S: value }])),
})

const updatesOf = ({ stub }: Party) => stub.requests.filter(asks('UpdateItem'))

/** Answers the n-th update with the fault. */
const atUpdate = (n: number, fault: Fault | (() => Fault | undefined)) => {
  let updates = 0
  return (request: StubRequest) => {
    if (!asks('UpdateItem')(request) || ++updates !== n) return undefined
    return typeof fault === 'function' ? fault() : fault
  }
}

const BY_VERSION = 'export const isItemDifferent = (a, b) => Number(a.v.N) > Number(b.v.N)\n'

for (const attributes of [79, 81, 100, 400, 500]) {
  t.test(
    `an item that differs in ${attributes} attributes takes one update`,
    oneOfMany(),
    async (t) => {
      const scene = await openScene(t, {
        masterItems: [wide(attributes, 'new', '2')],
        replicaItems: [wide(attributes, 'old', '1')],
      })
      const { summary } = await scene.run({ writeDiffering: true })
      t.equal(summary.outcome, 'in-sync')
      t.strictSame(scene.replica.table.all(), scene.master.table.all())
      t.equal(askedOf(scene.replica, 'UpdateItem'), 1)
    },
  )
}

for (const quiesced of [false, true]) {
  for (const rules of ['no rules', 'a version attribute', 'a hook that judges by the version']) {
    const how = `${rules}${quiesced ? ', on a quiet table' : ''}`
    t.test(
      `1,300 attributes take several updates, the version last, with ${how}`,
      oneOfMany(),
      async (t) => {
        const scene = await openScene(t, {
          masterItems: [wide(1300, 'new', '2')],
          replicaItems: [wide(1300, 'old', '1')],
        })
        const { summary } = await scene.run({
          writeDiffering: true,
          quiesced,
          ...(rules.includes('attribute') && { versionAttribute: 'v' }),
          ...(rules.includes('hook') && { hooks: await hooksModule(t, BY_VERSION) }),
        })
        t.equal(summary.outcome, 'in-sync')
        t.match(summary.replicas[scene.replica.label], { written: 1, torn: 0 })
        t.strictSame(scene.replica.table.all(), scene.master.table.all())
        const updates = updatesOf(scene.replica)
        t.ok(updates.length > 1)
        const setsVersion = ({ body }: StubRequest) => {
          const names = body['ExpressionAttributeNames'] as Record<string, string>
          const [placeholder] = Object.entries(names).find(([, name]) => name === 'v') ?? []
          return new RegExp(`${placeholder}=`).test(String(body['UpdateExpression']))
        }
        if (!rules.includes('attribute')) return
        t.strictSame(updates.map(setsVersion), [...updates.slice(1).map(() => false), true])
      },
    )
  }
}

t.test('apply finishes a wide item', async (t) => {
  for (const attributes of [81, 100, 400, 1300]) {
    const scene = await openScene(t, {
      masterItems: [wide(attributes, 'new', '2')],
      replicaItems: [wide(attributes, 'old', '1')],
    })
    const plan = join(await tempFolder(t), 'plan.ndjson')
    await scene.run({ writeDiffering: true, plan })
    const { outcome, replicas } = await applySync({ plan, minMismatchAge: 0, workers: 1 })
    t.equal(outcome, 'in-sync')
    t.match(replicas[scene.replica.label], { written: 1, changed: 0, torn: 0 })
    t.strictSame(scene.replica.table.all(), scene.master.table.all(), `${attributes} attributes`)
  }
})

/** Somebody changes the item as soon as its first part has landed. */
const meddle = (replica: Party, more: WireItem) => () => {
  replica.table.set({ ...(replica.table.all()[0] as WireItem), ...more })
  return undefined
}

for (const [what, interruption] of [
  ['a part is denied', () => ({ error: 'AccessDeniedException' })],
  ['a part is invalid', () => ({ error: 'ValidationException' })],
  ['somebody writes a newer version', (replica: Party) => meddle(replica, { v: { N: '9' } })],
] as [string, (replica: Party) => Fault | (() => undefined)][]) {
  t.test(`an item is reported as torn where ${what}`, oneOfMany(), async (t) => {
    const before = wide(1300, 'old', '1')
    const scene = await openScene(t, {
      masterItems: [wide(1300, 'new', '2')],
      replicaItems: [before],
    })
    const journal = join(await tempFolder(t), 'undo.ndjson')
    scene.replica.stub.on(atUpdate(2, interruption(scene.replica)))
    const { summary, differences } = await scene.run({
      writeDiffering: true,
      versionAttribute: 'v',
      undo: journal,
    })
    t.equal(summary.outcome, 'incomplete')
    t.match(summary.replicas[scene.replica.label], { written: 0, torn: 1, failed: 0, conflicts: 0 })
    t.match(differences, [{ action: 'torn', error: /some of its attributes were written before/ }])
    if (what.includes('newer')) {
      t.match(scene.replica.table.all(), [{ v: { N: '9' } }], 'the newer version stays')
      return
    }
    const undone = await undoSync({ journal, workers: 1 })
    t.match(undone.replicas[scene.replica.label], { written: 1 })
    t.strictSame(scene.replica.table.all(), [before], 'the journal restores it')
  })
}

t.test('apply reports an item as torn that somebody changes between its parts', async (t) => {
  const scene = await openScene(t, {
    masterItems: [wide(1300, 'new', '2')],
    replicaItems: [wide(1300, 'old', '1')],
  })
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await scene.run({ writeDiffering: true, versionAttribute: 'v', plan })
  scene.replica.stub.on(atUpdate(2, meddle(scene.replica, { v: { N: '9' } })))
  const { outcome, replicas } = await applySync({ plan, minMismatchAge: 0, workers: 1 })
  t.equal(outcome, 'incomplete')
  t.match(replicas[scene.replica.label], { written: 0, torn: 1 })
})

t.test('undo restores a wide item in parts, and reports where it cannot', async (t) => {
  const before = wide(1300, 'old', '1')
  const scene = await openScene(t, {
    masterItems: [wide(1300, 'new', '2')],
    replicaItems: [before],
  })
  const journal = join(await tempFolder(t), 'undo.ndjson')
  await scene.run({ writeDiffering: true, undo: journal })
  const repaired = scene.replica.table.all()[0] as WireItem
  const undone = await undoSync({ journal, workers: 1 })
  t.match(undone.replicas[scene.replica.label], { written: 1, torn: 0 })
  t.strictSame(scene.replica.table.all(), [before])

  scene.replica.table.set(repaired)
  scene.replica.stub.on(atUpdate(2, { error: 'ValidationException' }))
  const torn = await undoSync({ journal, workers: 1 })
  t.equal(torn.outcome, 'incomplete')
  t.match(torn.replicas[scene.replica.label], { written: 0, torn: 1 })
})
