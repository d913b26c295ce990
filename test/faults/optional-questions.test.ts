/** Questions that a run asks of a table and can do without: no failure of one ends the run. */

import { ALL_WRITES, always, counts, openScene, REPAIRED } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const QUESTIONS = ['DescribeTimeToLive', 'DescribeContinuousBackups'] as const

for (const operation of QUESTIONS) {
  for (const [error, status] of [
    ['ResourceNotFoundException', 400],
    ['ValidationException', 400],
    ['InternalServerError', 500],
    ['NotImplemented', 501],
    ['ThrottlingException', 400],
    ['TableNotFoundException', 400],
  ] as const) {
    t.test(`${operation} that ends in ${error} is a warning`, oneOfMany(), async (t) => {
      const scene = await openScene(t)
      for (const { stub } of [scene.master, scene.replica]) {
        stub.on(always({ error, status }, (request) => request.operation === operation))
      }
      const { summary, events } = await scene.run(ALL_WRITES)
      t.equal(summary.outcome, 'in-sync')
      t.strictSame(counts(summary, scene.replica), REPAIRED)
      t.match(events.filter(({ type }) => type === 'warning').at(-1), {
        replica: scene.replica.label,
        message: new RegExp(`continues without them: ${operation} on.*${error}`),
      })
      const asked = scene.replica.stub.requests.filter((one) => one.operation === operation)
      t.ok(asked.length <= 2, 'it is not retried for long')
    })
  }
  for (const error of ['AccessDeniedException', 'UnknownOperationException']) {
    t.test(`${operation} that ends in ${error} is not worth a warning`, oneOfMany(), async (t) => {
      const scene = await openScene(t)
      for (const { stub } of [scene.master, scene.replica]) {
        stub.on(always({ error }, (request) => request.operation === operation))
      }
      const { summary, events } = await scene.run(ALL_WRITES)
      t.equal(summary.outcome, 'in-sync')
      t.notOk(events.some(({ type }) => type === 'warning'))
    })
  }
}
