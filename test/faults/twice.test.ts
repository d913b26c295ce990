/** A scan that returns an item twice, as it may when a partition splits meanwhile. */

import type { WireItem } from 'tablesync'
import {
  ALL_WRITES,
  always,
  asks,
  isCheck,
  MASTER_ITEMS,
  openScene,
  REPLICA_ITEMS,
} from '../support/scene.ts'
import type { StubRequest } from '../support/tables/stub.ts'
import type { Body } from '../support/tables/stub-terms.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

/** Each page returns its first item twice, and the last page also the first item of all. */
function returningTwice(): (answer: Body) => Body {
  let first: WireItem | undefined
  return (answer) => {
    const items = answer['Items'] as readonly WireItem[]
    const twins = items.slice(0, 1)
    first ??= twins[0]
    const isLast = answer['LastEvaluatedKey'] === undefined
    const all = [...items, ...twins, ...(isLast && first !== undefined ? [first] : [])]
    return { ...answer, Items: all, Count: all.length, ScannedCount: all.length }
  }
}

const isScan = (request: StubRequest) => asks('Scan')(request) && !isCheck(request)

const SIDES = [['master'], ['replica'], ['master', 'replica']] as const

for (const sides of SIDES) {
  for (const strategy of ['march', 'lookup', 'auto'] as const) {
    for (const scanForExtra of [true, false]) {
      const what = `${strategy} ${scanForExtra ? 'with' : 'without'} extras`
      t.test(
        `items that the ${sides.join(' and the ')} return twice, by ${what}`,
        oneOfMany(),
        async (t) => {
          const scene = await openScene(t)
          const { master, replica, run } = scene
          for (const side of sides)
            scene[side].stub.on(always({ rewrite: returningTwice() }, isScan))
          const writes = { writeMissing: true, writeDiffering: true, scanForExtra }
          const { summary } = await run({ ...writes, strategy, segments: 1 })
          t.strictSame(summary.errors, [])
          t.not(summary.outcome, 'incomplete')
          const held = replica.table
            .all()
            .filter((item) => master.table.at({ id: item['id'] as never }))
          t.strictSame(held, master.table.all(), 'each item is written, once')
          t.equal(replica.table.all().length, MASTER_ITEMS.length + 3)
        },
      )
    }
  }
}

t.test('extras that the replica returns twice are deleted once', async (t) => {
  const { master, replica, run } = await openScene(t)
  replica.stub.on(always({ rewrite: returningTwice() }, isScan))
  const { summary } = await run({ ...ALL_WRITES, segments: 1 })
  t.strictSame(summary.errors, [])
  t.equal(summary.outcome, 'in-sync')
  t.ok((summary.replicas[replica.label]?.scanned ?? 0) > REPLICA_ITEMS.length)
  t.equal(summary.replicas[replica.label]?.deleted, 3)
  t.strictSame(replica.table.all(), master.table.all())
})
