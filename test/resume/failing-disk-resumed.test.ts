/** Wherever the disk fails, a run with a checkpoint ends and says so; the next leg finishes it. */

import { ALL_WRITES } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { failAtPoints, POINTS } from './disk-points.ts'

t.setTimeout(1_800_000)

t.test(`a disk that fails at ${POINTS} points loses nothing of a resumable run`, async (t) => {
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
      `${name} failed at one of them`,
    )
  }
})
