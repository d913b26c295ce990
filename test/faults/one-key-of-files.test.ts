/** Keys of a plan or a journal that cannot be read or written, while the others can. */

import { join } from 'node:path'
import { applySync, undoSync } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { ALL_WRITES, always, asks, isCheck, openScene, type Scene } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const QUICK = { maxRetries: 1, retryDelayBase: 1, workers: 1 }

const tooHot = ({ replica }: Scene, id: string) =>
  replica.stub.on(
    always(
      { error: 'ProvisionedThroughputExceededException' },
      (request) =>
        asks('BatchGetItem')(request) && JSON.stringify(request.body).includes(`"${id}"`),
    ),
  )

const denied = ({ replica }: Scene, id: string) =>
  replica.stub.on(
    always(
      { error: 'AccessDeniedException' },
      (request) =>
        (request.operation === 'BatchGetItem' && isCheck(request)) ||
        (!isCheck(request) && JSON.stringify(request.body).includes(`"${id}"`)),
    ),
  )

for (const [what, spoil, batchReadLimit] of [
  ['too hot', tooHot, 1],
  ['denied', denied, 25],
] as const) {
  t.test(`a key of a plan that is ${what} fails alone`, oneOfMany(), async (t) => {
    const scene = await openScene(t)
    const plan = join(await tempFolder(t), 'plan.ndjson')
    await scene.run({ ...ALL_WRITES, plan })
    spoil(scene, 'item-57')
    const { outcome, replicas, errors } = await applySync({
      ...{ plan, ...QUICK, batchReadLimit, maxDeletes: '100%' },
      minMismatchAge: 0,
      allowShrunkenMaster: true,
    })
    t.equal(outcome, 'incomplete')
    t.match(replicas[scene.replica.label], {
      ...{ missing: 5, differing: 3, unverified: 1 },
      ...{ written: 8, deleted: 0, deletionsWithheld: 3 },
    })
    t.match(errors, [{ table: scene.replica.label, count: 1 }])
  })

  t.test(`a key of a journal that is ${what} fails alone`, oneOfMany(), async (t) => {
    const scene = await openScene(t)
    const journal = join(await tempFolder(t), 'undo.ndjson')
    const before = scene.replica.table.all().length
    await scene.run({ ...ALL_WRITES, undo: journal })
    spoil(scene, 'item-57')
    const { outcome, replicas, errors } = await undoSync({
      ...{ journal, ...QUICK, batchReadLimit },
    })
    t.equal(outcome, 'incomplete')
    t.match(replicas[scene.replica.label], { written: 6, deleted: 5, unverified: 1, failed: 0 })
    t.match(errors, [{ table: scene.replica.label, count: 1 }])
    t.equal(scene.replica.table.all().length, before)
  })
}
