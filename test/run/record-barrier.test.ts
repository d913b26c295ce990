/** Records that a save requests first. */

import { RecordBarrier } from '../../lib/run/tasks/record-barrier.ts'
import { compareTask } from '../support/memory-thread.ts'
import { t } from '../support/tap.ts'

t.test('a save waits for every replica that is still being compared, and no other', async (t) => {
  let asked = 0
  const fresh = new RecordBarrier(() => asked++)
  t.ok(await fresh.make(), 'nothing to wait for where nothing is compared')
  const [one, other] = [compareTask([1, 2]), compareTask([1])]
  fresh.begun(one)
  fresh.begun(other)
  fresh.partEnded(one, 2)
  let isMade = false
  const making = fresh.make().then((isFresh) => {
    isMade = true
    return isFresh
  })
  t.equal(asked, 2)
  fresh.kept(one, 1)
  await new Promise(setImmediate)
  t.notOk(isMade)
  fresh.ended(other)
  t.ok(await making)
})

for (const when of ['before', 'after']) {
  t.test(
    `a save begun ${when} the last replica's end waits for the entry of the task`,
    async (t) => {
      const fresh = new RecordBarrier(() => {})
      const task = compareTask([1, 2])
      fresh.begun(task)
      fresh.partEnded(task, 2)
      let isMade = false
      const make = () =>
        fresh.make().finally(() => {
          isMade = true
        })
      let making = when === 'before' ? make() : undefined
      fresh.partEnded(task, 1)
      making ??= make()
      await new Promise(setImmediate)
      t.notOk(isMade)
      fresh.ended(task)
      t.ok(await making)
    },
  )
}
