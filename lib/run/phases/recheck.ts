/** Looks again at what waits for it, while the comparison goes on and after it has ended. */
import { zeroReplicaTally } from '../../model/tally.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { RecheckTask } from '../../protocol/tasks.ts'
import { ConcurrentWork } from '../concurrent-work.ts'
import type { RunContext } from '../run-context.ts'
import type { RecheckBatch } from '../state/recheck-queue.ts'
import { RECHECKS_BESIDE } from '../threads/worker-pool.ts'

/** Keys that are read together where they may be written (`workers/tasks/recheck-keys.ts`). */
const WRITE_BATCH = 25

/** Requests for keys in one task: a task takes about as much as some of them. */
const BATCHES_A_TASK = 10

/** With so many keys waiting no more are looked for, until there are few again. */
const MANY = 20_000
const FEW = 10_000

/** How often to look for what has come due meanwhile. */
const LOOK_EVERY: Milliseconds = 50

/** Settles once the work has, and no key waits for a recheck any more. */
export async function recheckDuring(run: RunContext, work: Promise<void>): Promise<void> {
  const { rechecks, hold, isOver, settings, plan, canary, standstill } = run
  const { write, batchReadLimit } = settings
  const isWriting = write.missing || write.differing || write.extra
  const together = isWriting ? Math.min(WRITE_BATCH, batchReadLimit) : batchReadLimit
  const most = BATCHES_A_TASK * together
  const tasks = new ConcurrentWork(plan.workers * RECHECKS_BESIDE)
  let isWorking = true
  const ended = work.finally(() => {
    isWorking = false
  })
  // Told where it is awaited, below.
  ended.catch(() => {})
  let isHeld = false
  while (!isOver() && (isWorking || rechecks.size > 0 || !tasks.isIdle)) {
    if (isHeld ? rechecks.size < FEW : rechecks.size > MANY) {
      isHeld = !isHeld
      hold(isHeld)
    }
    standstill.isAllThatIsLeft = !isWorking || canary.isAwaited
    const due =
      tasks.waiting === 0
        ? rechecks.take(Date.now(), most, (replica) => canary.room(replica))
        : undefined
    if (due !== undefined) {
      canary.send(due.replica, suspectsOf(due))
      tasks.start(() => recheckBatch(run, due))
    } else {
      // What the comparison itself has found landed may have been all that was to be tried out.
      if (!isWorking && tasks.isIdle) canary.look()
      const pausing = isWorking
        ? Promise.race([pause(LOOK_EVERY), ended.catch(() => {})])
        : pause(LOOK_EVERY)
      await (standstill.isAllThatIsLeft && tasks.isIdle ? standstill.during(pausing) : pausing)
    }
  }
  if (isHeld) hold(false)
  await Promise.all([ended, tasks.end()])
  for (const batch of rechecks.takeAll()) giveUp(run, batch)
}

async function recheckBatch(run: RunContext, batch: RecheckBatch): Promise<void> {
  const { executor, ledger, rechecks, canary } = run
  const { replica, keys, isLoose } = batch
  const texts = keys.map(({ key }) => key)
  const taskNow = (): RecheckTask | undefined =>
    ledger.isAttached(replica)
      ? {
          kind: 'recheck',
          replica,
          keys,
          intents: run.writeLog.ofKeys(replica, texts),
        }
      : undefined
  const end = await executor.execute({
    taskNow,
    isLoose,
    onEntered: (isWhole) => (isWhole ? rechecks.decided(batch) : rechecks.giveUp(batch)),
  })
  if (typeof end === 'string') giveUp(run, batch)
  if (end === 'given-up') canary.lose(replica, suspectsOf(batch))
  else canary.return(replica, suspectsOf(batch))
  run.restartKeys.tellDecided()
}

/** Those that may come to a write; the others are looked back at. */
const suspectsOf = ({ keys }: RecheckBatch) =>
  keys.filter(({ wrote }) => wrote === undefined).length

/** Keys that nobody is going to look at again in this run. */
function giveUp({ ledger, rechecks, isOver }: RunContext, batch: RecheckBatch): void {
  const suspects = suspectsOf(batch)
  if (isOver() && ledger.isAttached(batch.replica)) {
    // They are left as they were: read, and not judged.
    rechecks.giveUp(batch)
    return
  }
  const given = { ...zeroReplicaTally(), unverified: suspects, pending: -suspects }
  ledger.counts.addLoose(batch.replica, given)
  rechecks.giveUp(batch)
}

const pause = (delay: Milliseconds) => new Promise((resolve) => setTimeout(resolve, delay))
