/**
 * Reads a batch of suspects again, and ends each by what both sides hold then. What still differs
 * waits for a pending recheck, unless the user vouches that nobody writes.
 */
import { type FoundItem, isUnread, refusalOf, type Unread } from '../../lib/dynamo/lookup-result.ts'
import { type CanonicalKey, canonicalKeyOfText } from '../../lib/item/key.ts'
import type { MaybeValue } from '../concurrency/maybe-promise.ts'
import { settleAll, settleEach } from '../concurrency/settle-all.ts'
import { type MissingItem, putInGroups } from '../repair/bulk-put.ts'
import { readBack } from '../repair/read-back.ts'
import type { Repair } from '../repair/repair.ts'
import { putUnread } from '../repair/unread-put.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { lookUpBothSides, lookUpReplica } from '../verify/both-sides.ts'
import type { Found } from '../verify/ending.ts'
import { hasExpired, unlessExpired } from '../verify/expired-items.ts'
import { type BothSides, standingOfItems } from '../verify/sides.ts'
import { isDifference, judge, type Suspicion } from '../verify/verdict.ts'
import type { Written } from '../write/write-attempt.ts'
import type { FalseAlarmRate } from './false-alarm-rate.ts'
import { lookAgain } from './pending-suspect.ts'

/** A suspicion that waits for its recheck. */
export interface WaitingSuspect extends Suspicion {
  /** The key in the form that keys are compared by. Absent: it is not known yet. */
  readonly canonical?: CanonicalKey | undefined
  /** The master's item, if it is still as scanned. */
  readonly master?: FoundItem | undefined
}

/** Called with what became of each suspicion that was read again. */
export type OnJudged = (suspicion: WaitingSuspect, wasFalse: boolean) => void

export class SuspectBatches {
  readonly #replicaTask: ReplicaTask
  readonly #repair: Repair
  readonly #onJudged: OnJudged
  readonly #falseAlarms: FalseAlarmRate
  /** Whether many missing items go out in one request. */
  readonly #putsTogether: boolean

  constructor(
    replicaTask: ReplicaTask,
    repair: Repair,
    ...[onJudged, falseAlarms]: [onJudged: OnJudged, falseAlarms: FalseAlarmRate]
  ) {
    this.#replicaTask = replicaTask
    this.#repair = repair
    this.#onJudged = onJudged
    this.#falseAlarms = falseAlarms
    const { putsInBatches } = replicaTask.thread.setup
    const { differ, mayRepair } = replicaTask.thread.rules
    this.#putsTogether = putsInBatches && differ === undefined && mayRepair === undefined
  }

  async recheck(batch: readonly WaitingSuspect[]): Promise<void> {
    const seen = await this.#orUnverified(batch, this.#lookUp(batch))
    if (!this.#putsTogether) {
      return this.#endAll(batch, (waiting) => this.#conclude(waiting, seen(waiting)))
    }
    const missing: MissingItem[] = []
    const others: WaitingSuspect[] = []
    for (const waiting of batch) {
      const sides = seen(waiting)
      const found = isUnread(sides) ? undefined : this.#missingOf(waiting, sides)
      if (found === undefined) others.push(waiting)
      else {
        this.#onJudged(waiting, false)
        missing.push(found)
      }
    }
    await settleAll([
      putInGroups(this.#replicaTask, this.#repair, missing),
      this.#endAll(others, (waiting) => this.#conclude(waiting, seen(waiting))),
    ])
  }

  /** Puts what the master still has; if a put is refused, the key is read again after all. */
  async putAll(batch: readonly Suspicion[]): Promise<void> {
    const { count, master, masterCount, schema, thread, replica } = this.#replicaTask
    const keys = batch.map(({ key }) => key)
    const lookup = master.lookUp(keys, { consistent: true })
    const onMaster = await this.#orUnverified(batch, lookup)
    masterCount.read(onMaster.readUnits)
    thread.budget.readAgain(replica, onMaster.readUnits)
    await this.#endAll(batch, async (suspicion) => {
      const { key } = suspicion
      const item = onMaster.at(canonicalKeyOfText(key, schema))
      if (isUnread(item)) return this.#repair.outcomes.unread(suspicion, item)
      if (item === undefined) {
        count.state('vanished')
        return undefined
      }
      const missing: Found = { verdict: 'missing', key, master: item, replica: undefined }
      if (hasExpired(this.#replicaTask, missing)) {
        count.state('expired')
        return undefined
      }
      const put = await putUnread(this.#replicaTask, this.#repair, missing)
      return put === undefined || 'left' in put ? put : this.#conclude(suspicion, put)
    })
  }

  /** Returns the item if it may be put at once, by what both sides hold. */
  #missingOf({ key, looks }: WaitingSuspect, { master, replica }: BothSides) {
    if (looks !== 'missing' || master === undefined || replica !== undefined) return undefined
    if (refusalOf(master) !== undefined) throw new Error('no item to put')
    const found: MissingItem = { verdict: 'missing', key, master, replica }
    return hasExpired(this.#replicaTask, found) ? undefined : found
  }

  /** Reads suspects whose master item is still as scanned on the replica alone. */
  async #lookUp(
    batch: readonly WaitingSuspect[],
  ): Promise<(waiting: WaitingSuspect) => BothSides | Unread> {
    const keysOf = (some: readonly WaitingSuspect[]) => some.map(({ key }) => key)
    const [both, replica] = await Promise.all([
      lookUpBothSides(this.#replicaTask, keysOf(batch.filter(({ master }) => !master))),
      lookUpReplica(this.#replicaTask, keysOf(batch.filter(({ master }) => master))),
    ])
    return ({ key, master }) => {
      if (master === undefined) return both(key)
      const itsItem = replica(key)
      return isUnread(itsItem) ? itsItem : { master, replica: itsItem }
    }
  }

  async #orUnverified<T>(batch: readonly Suspicion[], reading: Promise<T>): Promise<T> {
    try {
      return await reading
    } catch (error) {
      this.#replicaTask.count.state('unverified', batch.length)
      throw error
    }
  }

  async #endAll<Each extends Suspicion>(
    batch: readonly Each[],
    end: (suspicion: Each) => MaybeValue<Written>,
  ): Promise<void> {
    const written = await settleEach(batch, end)
    await readBack(this.#replicaTask, this.#repair, written)
  }

  #conclude(suspicion: WaitingSuspect, sides: BothSides | Unread): MaybeValue<Written> {
    const { thread } = this.#replicaTask
    if (isUnread(sides)) return this.#repair.outcomes.unread(suspicion, sides)
    const judgement = judge(suspicion, standingOfItems(sides, thread.comparer))
    this.#onJudged(suspicion, judgement.wasFalse)
    const verdict = unlessExpired(this.#replicaTask, judgement.verdict, sides)
    this.#falseAlarms.note(!isDifference(verdict))
    if (!isDifference(verdict) || !thread.setup.recheckPolicy.looksAgain) {
      const { master, replica } = sides
      return this.#repair.settle({ verdict, key: suspicion.key, master, replica })
    }
    return lookAgain(this.#replicaTask, suspicion, sides)?.then(() => undefined)
  }
}
