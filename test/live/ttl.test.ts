/** Expired items count as absent from both sides, are counted separately, and are not written. */

import type { WireItem } from 'tablesync'
import { ALL_WRITES, asks, item, openScene, type SceneOptions } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const seconds = (ago: number) => ({ N: String(Math.floor(Date.now() / 1000) - ago) })
const expired = (index: number, more: WireItem = {}) => item(index, { ttl: seconds(60), ...more })
const fresh = (index: number, more: WireItem = {}) => item(index, { ttl: seconds(-3600), ...more })

const nameOf = ({ id }: WireItem) => (id as { readonly S: string }).S

async function openExpiring(t: Test, options: SceneOptions, attributes = ['ttl', 'ttl']) {
  const scene = await openScene(t, options)
  scene.master.table.ttlAttribute = attributes[0]
  scene.replica.table.ttlAttribute = attributes[1]
  return scene
}

/** Of each kind, one item that has expired and one that has not. */
const KINDS = {
  masterItems: [expired(1), fresh(2), expired(3, { v: { N: '1' } }), fresh(4), expired(7)],
  replicaItems: [expired(3), fresh(4, { v: { N: '2' } }), expired(5), fresh(6), expired(7)],
}

for (const strategy of ['march', 'lookup'] as const) {
  for (const quiesced of [true, false]) {
    t.test(
      `${strategy}${quiesced ? ', quiesced' : ''}: expired items are no differences`,
      oneOfMany(),
      async (t) => {
        const { replica, run } = await openExpiring(t, KINDS)
        const before = replica.table.all()
        const { summary, differences } = await run({ ...ALL_WRITES, strategy, quiesced })
        t.match(summary.replicas[replica.label], {
          expired: 3,
          // One pair that has expired on both sides is equal all the same.
          sameAs: 1,
          missing: 1,
          differing: 1,
          extra: 1,
          written: 2,
          deleted: 1,
        })
        t.equal(summary.outcome, 'in-sync')
        t.equal(differences.length, 3)
        const ids = (items: readonly WireItem[]) => items.map(nameOf).sort()
        t.strictSame(ids(replica.table.all()), ['item-2', 'item-3', 'item-4', 'item-5', 'item-7'])
        for (const id of ['item-3', 'item-5', 'item-7']) {
          const at = (items: readonly WireItem[]) => items.find((one) => nameOf(one) === id)
          t.strictSame(at(replica.table.all()), at(before), `${id} was not written`)
        }
      },
    )
  }
}

t.test('an item that has expired on the replica alone is repaired', async (t) => {
  const options = { masterItems: [fresh(1)], replicaItems: [expired(1)] }
  const { replica, run, master } = await openExpiring(t, options)
  const { summary } = await run(ALL_WRITES)
  t.match(summary.replicas[replica.label], { expired: 0, differing: 1, written: 1 })
  t.strictSame(replica.table.all(), master.table.all())
})

t.test('expired items count as any other without ttlAware or a common attribute', async (t) => {
  const cases: [string, string[], object][] = [
    ['with ttlAware off', ['ttl', 'ttl'], { ttlAware: false }],
    ['where the replica has no TTL', ['ttl'], {}],
    ['where the replica has another TTL', ['ttl', 'n'], {}],
  ]
  for (const [what, attributes, options] of cases) {
    const { replica, run } = await openExpiring(t, KINDS, attributes)
    const { summary } = await run(options)
    const expected = { expired: 0, sameAs: 1, missing: 2, differing: 2, extra: 2 }
    t.match(summary.replicas[replica.label], expected, what)
  }
})

t.test('an item that expires between read and write is not written', async (t) => {
  for (const kind of ['missing', 'differing', 'extra'] as const) {
    const theirs = {
      missing: { masterItems: [fresh(1)], replicaItems: [] },
      differing: { masterItems: [fresh(1)], replicaItems: [fresh(1, { v: { N: '2' } })] },
      extra: { masterItems: [item(9)], replicaItems: [item(9), fresh(1)] },
    }[kind]
    const { master, replica, run } = await openExpiring(t, theirs)
    const side = kind === 'extra' ? replica : master
    let looks = 0
    side.stub.on((request) => {
      // Just after the second read of it.
      if (asks('BatchGetItem')(request) && ++looks === 2) {
        const { v } = side.table.at({ id: { S: 'item-1' } }) ?? {}
        side.table.set(expired(1, v === undefined ? {} : { v }))
      }
      return undefined
    })
    const { summary } = await run({ ...ALL_WRITES, maxDeletes: '100%' })
    t.equal(summary.outcome, 'in-sync', kind)
    t.match(summary.replicas[replica.label], { written: 0, deleted: 0, conflicts: 0, failed: 0 })
  }
})

t.test('an item that TTL deletes on one side during a recheck is no difference', async (t) => {
  const { master, replica, run } = await openExpiring(t, {
    masterItems: [expired(1), expired(2, { v: { N: '1' } })],
    replicaItems: [expired(2)],
  })
  master.stub.on((request) => {
    if (asks('BatchGetItem')(request)) master.table.unset({ id: { S: 'item-1' } })
    return undefined
  })
  replica.stub.on((request) => {
    if (asks('BatchGetItem')(request)) replica.table.unset({ id: { S: 'item-2' } })
    return undefined
  })
  const { summary } = await run(ALL_WRITES)
  const counts = summary.replicas[replica.label]
  t.equal(summary.outcome, 'in-sync')
  t.match(counts, { missing: 0, differing: 0, extra: 0, written: 0, deleted: 0 })
  t.equal((counts?.expired ?? 0) + (counts?.vanished ?? 0), 2)
})

t.test('beyond the recheck budget, the scan tells expired items apart', async (t) => {
  const masterItems = Array.from({ length: 12_000 }, (_, n) => (n % 2 ? fresh(n) : expired(n)))
  const { replica, run } = await openExpiring(t, { masterItems, replicaItems: [] })
  const { summary } = await run({ scanLimit: 1000, quiesced: true })
  t.match(summary.replicas[replica.label], { expired: 6000, missing: 6000 })
  t.ok((summary.replicas[replica.label]?.unconfirmed ?? 0) > 0, 'some were not read again')
})
