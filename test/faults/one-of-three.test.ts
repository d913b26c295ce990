/** A replica that is lost half-way does not affect the others. */

import { exitCodeOf } from '../../lib/model/results/summary.ts'
import { ALL_WRITES, asks, counts, item, openScene, REPAIRED, SHORT } from '../support/scene.ts'
import type { Fault } from '../support/tables/stub.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const ITEMS = Array.from({ length: 400 }, (_, index) => item(index))
const DRIFTED = [
  ...ITEMS.slice(5, 396),
  ...[396, 397, 398, 399].map((index) => item(index, { n: { N: '-1' } })),
  ...[1000, 1001, 1002].map((index) => item(index)),
]
const ALL_REPAIRED = { ...REPAIRED, sameAs: 391 }

for (const [what, fault] of [
  ['dead', 'hang-up'],
  ['silent', 'silence'],
  ['stalled in the middle of its answers', 'stall'],
  ['refusing everything', { error: 'AccessDeniedException' }],
] as [string, Fault][]) {
  for (const strategy of ['march', 'lookup'] as const) {
    t.test(
      `runSync finishes two replicas, by ${strategy}, where a third is ${what}`,
      oneOfMany(),
      async (t) => {
        const scene = await openScene(t, {
          replicas: 3,
          masterItems: ITEMS,
          replicaItems: DRIFTED,
        })
        const { master, replica, other, third } = scene
        let asked = 0
        other.stub.on((request) =>
          asks('Scan', 'BatchGetItem', 'PutItem', 'UpdateItem')(request) && ++asked > 12
            ? fault
            : undefined,
        )
        const { summary } = await scene.run({
          ...ALL_WRITES,
          strategy,
          segments: 4,
          maxRetries: 2,
          timeouts: SHORT,
        })
        for (const party of [replica, third]) {
          t.strictSame(counts(summary, party), ALL_REPAIRED)
          t.strictSame(party.table.all(), master.table.all())
        }
        t.equal(exitCodeOf(summary.outcome), 3)
        const lost = summary.replicas[other.label]
        const {
          sameAs = 0,
          missing = 0,
          differing = 0,
          extra,
          elsewhere = 0,
          unverified = 0,
        } = lost ?? {}
        const ended = sameAs + missing + differing + (extra ?? 0) + elsewhere + unverified
        const read = summary.master.scanned + (lost?.scanned ?? 0) - (lost?.matched ?? 0)
        t.equal(ended, read, JSON.stringify(lost))
        t.equal(summary.master.scanned, ITEMS.length)
        t.ok(unverified > 0)
        t.equal(lost?.deleted, 0)
        t.ok(summary.errors.every(({ table }) => table === other.label))
      },
    )
  }
}
