/** Who waits for a canary, and whether anything of it is still under way. */
import { zeroReplicaTally } from '../../lib/model/tally.ts'
import { CanaryFlags } from '../../lib/protocol/shared/canary-flags.ts'
import { Canary } from '../../lib/run/safeguards/canary.ts'
import { Ledger } from '../../lib/run/state/ledger.ts'
import { RecheckQueue } from '../../lib/run/state/recheck-queue.ts'
import { t } from '../support/tap.ts'

t.test('a canary is awaited once its writes are back, until they were read back', async (t) => {
  const ledger = new Ledger([1], false)
  const rechecks = new RecheckQueue(600_000)
  const canary = new Canary({
    ...{ size: 1, flags: new CanaryFlags(CanaryFlags.memoryFor(2, true)), ledger, rechecks },
    ...{ label: () => 'x', onHeld() {}, onFailed: ({ message }) => t.fail(message) },
  })
  canary.begin()
  t.equal(await canary.admit(1, 5, () => false), 1)
  t.equal(canary.isAwaited, false, 'nobody waits')
  const next = canary.admit(1, 4, () => false)
  t.equal(canary.isAwaited, false, 'the first write is under way')
  rechecks.add(1, { key: 'k', moves: 0, since: Date.now(), wrote: { left: 'm' } } as never)
  ledger.counts.addLoose(1, { ...zeroReplicaTally(), deleted: 1 })
  canary.return(1, 1)
  t.equal(canary.isAwaited, true, 'only the read back is left')
  for (const batch of rechecks.takeAll()) t.equal(batch.keys.length, 1)
  ledger.counts.addLoose(1, { ...zeroReplicaTally(), readBack: 1 })
  canary.look()
  t.equal(await next, 4)
  t.equal(canary.isAwaited, false)
})
