/** Where a run of one segment may start again: before any key that is not decided. */

import { freshRecord, type SegmentRecord } from '../../lib/model/files/segment-record.ts'
import type { PendingRecheck } from '../../lib/model/pending-recheck.ts'
import { zeroReplicaTally } from '../../lib/model/tally.ts'
import { RecheckQueue } from '../../lib/run/state/recheck-queue.ts'
import { RestartKeys } from '../../lib/run/state/restart-keys.ts'
import { t } from '../support/tap.ts'

const pending: PendingRecheck = {
  ...{ key: '{"id":{"S":"x"}}', looks: 'missing', ground: 'order' },
  ...{ master: 'm', replica: null, versions: ['m'], since: 0, moves: 0 },
}

/** After that many items, at a key that is named after their number. */
const recordAt = (offered: number): SegmentRecord => ({
  ...freshRecord('march', undefined, { ...zeroReplicaTally(), offered }),
  master: { after: `${offered}` },
})

function scene(replicas: readonly number[] = [1]) {
  const rechecks = new RecheckQueue(0)
  const told: string[] = []
  const keys = new RestartKeys(rechecks, replicas, (key) => told.push(key))
  const takeDue = () => {
    const batch = rechecks.take(Date.now() + 1, 100, () => 100)
    if (batch === undefined) throw new Error('nothing is due')
    return batch
  }
  return { rechecks, keys, told, takeDue }
}

t.test('RestartKeys waits until all earlier keys are decided', async (t) => {
  const { rechecks, keys, told, takeDue } = scene()
  keys.kept(1, recordAt(10))
  rechecks.add(1, { ...pending })
  keys.kept(1, recordAt(20))
  t.same(told, ['10'])
  rechecks.decided(takeDue())
  keys.tellDecided()
  t.same(told, ['10', '20'])
})

t.test('RestartKeys reports a key once, however often it is reached', async (t) => {
  const { keys, told } = scene([1, 2])
  keys.kept(1, recordAt(10))
  keys.kept(2, recordAt(10))
  keys.kept(1, recordAt(20))
  keys.kept(1, recordAt(30))
  t.same(told, ['10'])
})

t.test('RestartKeys reports no key after one that was given up', async (t) => {
  const { rechecks, keys, told, takeDue } = scene()
  keys.kept(1, recordAt(10))
  rechecks.add(1, { ...pending })
  keys.kept(1, recordAt(20))
  rechecks.giveUp(takeDue())
  keys.tellDecided()
  keys.kept(1, recordAt(30))
  t.same(told, ['10'])
})

t.test('RestartKeys does not wait for keys of a lost replica', async (t) => {
  const { rechecks, keys, told, takeDue } = scene([1, 2])
  keys.kept(1, recordAt(10))
  keys.kept(2, recordAt(10))
  rechecks.add(2, { ...pending })
  rechecks.add(2, { ...pending })
  const taken = takeDue()
  keys.kept(1, recordAt(20))
  t.same(told, ['10'])
  keys.leave(2)
  rechecks.giveUp(taken)
  rechecks.add(2, { ...pending })
  keys.kept(1, recordAt(30))
  t.equal(told.at(-1), '30')
})
