/** Wherever the disk fails, a run without a checkpoint says so and leaves no promise unhandled. */

import { ALL_WRITES, openScene } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { failAtPoints, POINTS } from './disk-points.ts'

t.setTimeout(1_800_000)

t.test(`a disk that fails at ${POINTS} points crashes no process, and is reported`, async (t) => {
  const failed = await failAtPoints(t, 27, [
    (file) => ({ ...ALL_WRITES, undo: file('undo.ndjson.gz'), report: file('report.ndjson') }),
    (file) => ({ ...ALL_WRITES, plan: file('plan.ndjson'), report: file('report.ndjson') }),
  ])
  for (const name of ['undo.ndjson.gz', 'report.ndjson', 'plan.ndjson']) {
    t.ok(
      failed.some((one) => one.includes(name)),
      `${name} failed at one of them`,
    )
  }
})

t.test('a rejection of an async listener ends the run, and runSync rejects with it', async (t) => {
  const { run, replica } = await openScene(t)
  const rejections: unknown[] = []
  const note = (reason: unknown) => void rejections.push(reason)
  process.on('unhandledRejection', note)
  t.teardown(() => process.off('unhandledRejection', note))
  const onProgress = async () => {
    throw new Error('of the listener')
  }
  await t.rejects(run({ ...ALL_WRITES, onProgress } as never), { message: 'of the listener' })
  t.strictSame(rejections, [])
  t.strictSame(replica.stub.violations, [])
})
