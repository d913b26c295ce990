/** Wherever the disk fails a run with a checkpoint, it ends and says so, and the next leg brings it to its end. */

import { ALL_WRITES } from '../faults/scene.ts'
import { t } from '../support/tap.ts'
import { failAtPoints, POINTS } from './disk-points.ts'

t.setTimeout(1_800_000)

t.test(`a disk that fails at ${POINTS} points loses nothing of a run that is kept`, async (t) => {
  const failed = await failAtPoints(t, 72, [
    (file) => ({
      ...ALL_WRITES,
      checkpoint: file('cp'),
      undo: file('undo.ndjson'),
      report: file('report.ndjson'),
    }),
    (file) => ({ ...ALL_WRITES, checkpoint: file('cp') }),
  ])
  for (const name of ['undo.ndjson', 'report.ndjson', 'cp.next', 'cp.lock', 'cp.writes.']) {
    t.ok(
      failed.some((one) => one.includes(name)),
      `${name} was among them`,
    )
  }
})
