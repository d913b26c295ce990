/** What the counts of a whole run reveal about its scans. */

import { type ReplicaTally, zeroReplicaTally } from '../../lib/model/tally.ts'
import { contradiction } from '../../lib/run/safeguards/scan-consistency.ts'
import { t } from '../support/tap.ts'

const COMPARED = { offered: 3000, scanned: 3000, matched: 3000, sameAs: 3000 }

for (const { what, counts, quiesced, blamed } of [
  { what: 'two scans in step', counts: {} },
  { what: 'a replica with another scan order', counts: { matched: 0, elsewhere: 3000 } },
  {
    what: 'extras and missing items',
    counts: { scanned: 2990, matched: 2900, sameAs: 2900, missing: 100, extra: 90 },
  },
  {
    what: 'a master that returned nothing',
    counts: { offered: 0, matched: 0, sameAs: 0, elsewhere: 2940 },
    blamed: 'master',
  },
  {
    what: 'a master that returned half',
    counts: { offered: 1500, matched: 1500, sameAs: 1500, elsewhere: 1500 },
    blamed: 'master',
  },
  {
    what: 'a replica that returned nothing',
    counts: { scanned: 0, matched: 0 },
    blamed: 'replica',
  },
  {
    what: 'a replica that returned half',
    counts: { scanned: 1500, matched: 1500 },
    blamed: 'replica',
  },
  // 30 items are one percent.
  { what: '30 items created behind the master', counts: { scanned: 3030, elsewhere: 30 } },
  {
    what: '31 items created behind the master',
    counts: { scanned: 3031, elsewhere: 31 },
    blamed: 'master',
  },
  { what: '30 items that came late', counts: { matched: 2970, scanned: 2970 } },
  { what: '31 items that came late', counts: { matched: 2969, scanned: 2969 }, blamed: 'replica' },
  {
    what: 'items that reached the replica during the run',
    counts: { scanned: 1500, matched: 1500, sameAs: 1500, converged: 1500 },
  },
  {
    what: 'ten items of a small table that is written to',
    counts: { offered: 20, scanned: 30, matched: 20, sameAs: 20, elsewhere: 10 },
  },
  {
    what: 'eleven items of a small table that is written to',
    counts: { offered: 20, scanned: 31, matched: 20, sameAs: 20, elsewhere: 11 },
    blamed: 'master',
  },
  {
    what: 'one item of a small table that is quiesced',
    counts: { offered: 20, scanned: 21, matched: 20, sameAs: 20, elsewhere: 1 },
    quiesced: true,
    blamed: 'master',
  },
] as readonly {
  what: string
  counts: Partial<ReplicaTally>
  quiesced?: boolean
  blamed?: string
}[]) {
  t.test(
    `${what} ${blamed === undefined ? 'goes together' : `is a fault of the ${blamed}`}`,
    async (t) => {
      const found = contradiction({
        tally: { ...zeroReplicaTally(), ...COMPARED, ...counts },
        labels: ['master', 'replica'],
        isQuiesced: quiesced === true,
      })
      if (blamed === undefined) return void t.equal(found, undefined)
      t.equal(found?.side, blamed)
      t.match(found?.error, {
        code: 'BAD_RESPONSE',
        message: new RegExp(`scan of ${blamed} `),
        hint: /segments 1/,
      })
    },
  )
}
