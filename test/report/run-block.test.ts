/** What the pinned block says of a run's counts and speed. */
import type { RunEvent } from '../../lib/model/events/events.ts'
import { zeroReplicaTally } from '../../lib/model/tally.ts'
import { blockLines } from '../../lib/report/block/run-block.ts'
import { t } from '../support/tap.ts'

const LABEL = 'eu-west-1:Orders'
const MASTER = 'us-east-1:Orders'

const progress: RunEvent & { readonly type: 'progress' } = {
  type: 'progress',
  tally: {
    master: { scanned: 24_700_000, readUnits: 900_000 },
    replicas: {
      [LABEL]: { ...zeroReplicaTally(), missing: 1204, differing: 311, readUnits: 890_000 },
    },
  },
  suspects: { [LABEL]: { missing: 88, differing: 12, extra: 4 } },
  ...{ segmentsDone: 9872, segments: 16_384, elapsedMs: 3_000_000, isPaused: false },
  waitingFor: ['104 keys for another 8 s: they must stand still for 10 s (--min-mismatch-age)'],
  flows: [MASTER, LABEL].map((table) => ({
    ...{ table, kind: 'read', unitsPerSecond: 600, isAdaptive: false, origin: 'asked' },
    ...{ because: 'asked', usedPerSecond: 602, bytesPerSecond: 4_900_000, answerMs: 40 },
    isThrottled: false,
  })),
}

const facts = {
  ...{ progress, share: 0.62, heading: `${MASTER} → ${LABEL}`, itemsPerSecond: 8300 },
  ...{ leftMs: 1_500_000, isWriting: false, master: MASTER },
}

t.test('suspects stand beside what is confirmed, by kind', async (t) => {
  t.same(blockLines(facts, 120), [
    `${MASTER} → ${LABEL}   62% ████████████░░░░░░░░   9,872/16,384 segments   25 min left`,
    '  found     missing 1,204 (+88 to confirm)   differing 311 (+12)   extra 0 (+4)',
    '  items     24.7 M items   8,300/s   9.8 MB/s received',
    `  units     read master 602/s of 600   read ${LABEL} 602/s of 600   1.79 M used`,
    '  waiting   104 keys for another 8 s: they must stand still for 10 s (--min-mismatch-age)',
  ])
})

t.test('the first kind with suspects says what they are', async (t) => {
  const suspects = { [LABEL]: { missing: 0, differing: 0, extra: 4 } }
  const lines = blockLines({ ...facts, progress: { ...progress, suspects } }, 60)
  t.match(lines.join('\n'), 'missing 1,204   differing 311   extra 0 (+4 to confirm)')
})
