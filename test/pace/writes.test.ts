/** All kinds of writes are held to the write capacity; an update of an item takes one unit here. */

import { ALL_WRITES, item, openScene } from '../support/scene.ts'
import { t } from '../support/tap.ts'

const ITEMS = Array.from({ length: 60 }, (_, index) => item(index))
const CHANGED = ITEMS.map((one) => ({ ...one, n: { N: '-1' } }))

/** The bucket holds a second's worth at most, and the last request takes it below zero. */
const LEAST = 1600
const PER_SECOND = 20

for (const { what, masterItems, replicaItems, options } of [
  { what: 'puts', masterItems: ITEMS, replicaItems: [], options: {} },
  { what: 'updates', masterItems: ITEMS, replicaItems: CHANGED, options: {} },
  { what: 'deletions', masterItems: [], replicaItems: ITEMS, options: { maxDeletes: '100%' } },
  { what: 'batches of puts', masterItems: ITEMS, replicaItems: [], options: { quiesced: true } },
] as const) {
  t.test(`runSync holds ${what} to the write capacity it is given`, async (t) => {
    const { master, replica, run } = await openScene(t, { masterItems, replicaItems })
    const { summary } = await run({ ...ALL_WRITES, ...options, writeCapacity: PER_SECOND })
    t.equal(summary.outcome, 'in-sync')
    t.strictSame(replica.table.all(), master.table.all())
    t.ok(summary.elapsedMs > LEAST, `${summary.elapsedMs} ms for ${ITEMS.length} writes`)
  })
}
