/**
 * Suspects read again, in batches, and ended by what both sides hold then. What
 * still differs waits for a third look, unless the user vouches that nobody
 * writes. Where a second look has long cleared nothing up, the scan counts for
 * it, and the third is the next.
 */
import { type FoundItem, isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import { type CanonicalKey, canonicalKeyOfText, type KeyText } from '../../lib/item/key.ts'
import { detached, itemEnd, itemStart } from '../../lib/item/page.ts'
import type { Bytes } from '../../lib/model/units.ts'
import { Jobs } from '../background-jobs.ts'
import type { MaybePromise, MaybeValue } from '../maybe-promise.ts'
import { type MissingItem, putInGroups } from '../repair/bulk-put.ts'
import type { UnreadKey } from '../repair/outcomes.ts'
import { readBack } from '../repair/read-back.ts'
import { Repair } from '../repair/repair.ts'
import { putUnread } from '../repair/unread-put.ts'
import type { Written } from '../repair/write-attempt.ts'
import { isHalfWritten, type ReplicaTask } from '../replica-task.ts'
import { settleAll, settleEach } from '../settle-all.ts'
import { lookUpBothSides, lookUpReplica } from '../verify/both-sides.ts'
import type { Found } from '../verify/ending.ts'
import { hasExpired, unlessExpired } from '../verify/expired-items.ts'
import { type BothSides, digestsLike, standingOfItems } from '../verify/sides.ts'
import { isDifference, judge, type Suspicion, sight } from '../verify/verdict.ts'
import { FalseAlarmRate } from './false-alarm-rate.ts'
import type { Suspect } from './suspect.ts'

/** A suspicion, with its key in the form that keys are compared by where that is known. */
export interface Judged extends Suspicion {
  readonly canonical?: CanonicalKey | undefined
}

/** A suspicion that waits for its second look, with the master's item where that stands as scanned. */
interface Waiting extends Judged {
  readonly master: FoundItem | undefined
}

/** A batch is read again when it has this weight, even if more keys would fit. */
const BATCH_BYTES: Bytes = 2 << 20

/** Keys read just before they are written: few, so that no read grows old. */
const WRITE_BATCH = 25

export class ImmediateRecheck {
  readonly #replicaTask: ReplicaTask
  readonly #repair: Repair
  /** Told what became of each suspicion that was read again. */
  readonly #onJudged: (suspicion: Judged, wasFalse: boolean) => void
  readonly #batchSize: number
  /** Nobody writes: what the scan saw on the master is still there. */
  readonly #mastersStand: boolean
  /** Missing items go out many to a request. */
  readonly #putsTogether: boolean
  readonly #jobs = new Jobs()
  readonly #clearing = new FalseAlarmRate()
  #batch: Waiting[] = []
  #batchBytes: Bytes = 0
  /** Missing items that are put without being read on the replica. */
  #unread: Suspicion[] = []

  constructor(replicaTask: ReplicaTask, onJudged: (suspicion: Judged, wasFalse: boolean) => void) {
    this.#replicaTask = replicaTask
    this.#repair = new Repair(replicaTask)
    this.#onJudged = onJudged
    const { batchReadLimit, recheckPolicy } = replicaTask.thread.setup
    this.#mastersStand = !recheckPolicy.looksAgain
    this.#batchSize = batchReadLimit
    const { putsInBatches } = replicaTask.thread.setup
    const { differ, mayRepair } = replicaTask.thread.rules
    this.#putsTogether = putsInBatches && differ === undefined && mayRepair === undefined
  }

  /** @throws what a job before has failed with */
  throwFailure(): void {
    this.#jobs.throwFailure()
  }

  /** Whether the user's rules have ended a suspect: it is no difference to them, or a hook failed. */
  async isEndedByRule({ looks, key, master, replica }: Suspect): Promise<boolean> {
    const found: Found = { verdict: looks, key, master, replica }
    if (isHalfWritten(this.#replicaTask, key, replica)) return false
    try {
      if (!(await this.#repair.outcomes.isAlike(found))) return false
      this.#replicaTask.tally.sameAs++
    } catch (error) {
      await this.#repair.outcomes.fail(found, error as Error)
    }
    return true
  }

  /** Counts and names a key that could not be read. */
  unread(key: UnreadKey, unread: Unread): Promise<undefined> {
    return this.#repair.outcomes.leaveUnread(key, unread)
  }

  /** Counts an equal pair. */
  async equal(key: KeyText, pair: BothSides): Promise<void> {
    const written = await this.#repair.settle({ verdict: 'sameAs', key, ...pair })
    // A write of a thread that died, of which nobody lived to tell.
    if (written !== undefined) await readBack(this.#replicaTask, this.#repair, [written])
  }

  /** Has a suspect read again; waits while as much is under way as may be. */
  confirm(
    { looks, key, ground, master, replica }: Suspect,
    canonical?: CanonicalKey,
  ): MaybePromise {
    // Not the items as they were scanned: they would keep whole pages from being let go.
    const stands = this.#mastersStand && looks === 'missing' ? master : undefined
    const itsMaster = stands && detached(stands.page, stands.item)
    this.#batch.push({ looks, key, ground, canonical, master: itsMaster })
    this.#batchBytes += weight(master) + weight(replica)
    const isFull = this.#batch.length >= this.#batchSize || this.#batchBytes >= BATCH_BYTES
    return isFull ? this.#dispatchBatch() : undefined
  }

  /** Whether a suspect is worth a look at once, or would not be cleared up by it. */
  isWorthwhile(): boolean {
    return !this.#replicaTask.thread.setup.recheckPolicy.looksAgain || this.#clearing.isWorthwhile()
  }

  /** Has a suspect looked at once it has stood still for long enough since it was scanned. */
  postpone(suspect: Suspect): MaybePromise {
    const isInferred = suspect.ground === 'order' && suspect.looks !== 'differing'
    return this.#lookAgain(suspect, suspect, isInferred)
  }

  /** Has a missing item put on the scan's word. */
  put({ looks, key, ground }: Suspicion): MaybePromise {
    this.#unread.push({ looks, key, ground })
    return this.#unread.length >= WRITE_BATCH ? this.#dispatchUnread() : undefined
  }

  /** Counts a difference on the scan's word, and leaves it. */
  leave(found: Found): MaybePromise {
    return this.#repair.leave(found)
  }

  /** Brings all to its end that was handed over. */
  async flush(): Promise<void> {
    await this.#dispatchBatch()
    await this.#dispatchUnread()
    await this.#jobs.drain()
    this.#jobs.throwFailure()
  }

  /** Waits for what is under way, whatever its end. */
  async drain(): Promise<void> {
    await this.#jobs.drain()
  }

  async #dispatchBatch(): Promise<void> {
    const batch = this.#batch
    this.#batch = []
    this.#batchBytes = 0
    await this.#dispatch(batch, () => this.#recheck(batch))
  }

  async #dispatchUnread(): Promise<void> {
    const batch = this.#unread
    this.#unread = []
    await this.#dispatch(batch, () => this.#putAll(batch))
  }

  async #dispatch(batch: readonly Suspicion[], job: () => Promise<void>): Promise<void> {
    if (batch.length === 0) return
    const { rechecks } = this.#replicaTask.door
    await rechecks.onSizeLessThan(1)
    this.#jobs.track(rechecks.add(job))
  }

  async #recheck(batch: readonly Waiting[]): Promise<void> {
    const seen = await this.#orUnverified(batch, this.#lookUp(batch))
    if (!this.#putsTogether) {
      return this.#endAll(batch, (waiting) => this.#conclude(waiting, seen(waiting)))
    }
    const missing: MissingItem[] = []
    const others: Waiting[] = []
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

  /** An item that may be put at once, by what both sides hold. */
  #missingOf({ key, looks }: Waiting, { master, replica }: BothSides): MissingItem | undefined {
    if (looks !== 'missing' || master === undefined || replica !== undefined) return undefined
    const found: MissingItem = { verdict: 'missing', key, master, replica }
    return hasExpired(this.#replicaTask, found) ? undefined : found
  }

  /** What stands as scanned is read on the replica alone. */
  async #lookUp(batch: readonly Waiting[]): Promise<(waiting: Waiting) => BothSides | Unread> {
    const keysOf = (some: readonly Waiting[]) => some.map(({ key }) => key)
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

  /** Puts what the master still has; where a put is refused, the key is read again after all. */
  async #putAll(batch: readonly Suspicion[]): Promise<void> {
    const { tally, master, masterTally, schema } = this.#replicaTask
    const keys = batch.map(({ key }) => key)
    const lookup = master.lookUp(keys, { consistent: true })
    const onMaster = await this.#orUnverified(batch, lookup)
    masterTally.readUnits += onMaster.readUnits
    await this.#endAll(batch, async (suspicion) => {
      const { key } = suspicion
      const item = onMaster.at(canonicalKeyOfText(key, schema))
      if (isUnread(item)) return this.unread(suspicion, item)
      if (item === undefined) {
        tally.vanished++
        return undefined
      }
      const missing: Found = { verdict: 'missing', key, master: item, replica: undefined }
      if (hasExpired(this.#replicaTask, missing)) {
        tally.expired++
        return undefined
      }
      const put = await putUnread(this.#replicaTask, this.#repair, missing)
      return put === undefined || 'left' in put ? put : this.#conclude(suspicion, put)
    })
  }

  async #orUnverified<T>(batch: readonly Suspicion[], reading: Promise<T>): Promise<T> {
    try {
      return await reading
    } catch (error) {
      this.#replicaTask.tally.unverified += batch.length
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

  #conclude(suspicion: Judged, sides: BothSides | Unread): MaybeValue<Written> {
    const { thread } = this.#replicaTask
    if (isUnread(sides)) return this.unread(suspicion, sides)
    const judgement = judge(suspicion, standingOfItems(sides, thread.comparer))
    this.#onJudged(suspicion, judgement.wasFalse)
    const verdict = unlessExpired(this.#replicaTask, judgement.verdict, sides)
    this.#clearing.note(!isDifference(verdict))
    if (!isDifference(verdict) || !thread.setup.recheckPolicy.looksAgain) {
      const { master, replica: itsItem } = sides
      return this.#repair.settle({ verdict, key: suspicion.key, master, replica: itsItem })
    }
    return this.#lookAgain(suspicion, sides)?.then(() => undefined)
  }

  /** Has a suspect looked at after it has stood still as the sides are now. */
  #lookAgain(suspicion: Suspicion, sides: BothSides, isInferred = false): MaybePromise {
    const { thread, tally, replica, tell } = this.#replicaTask
    tally.pending++
    // What is ignored may move as often as it likes.
    const isLiteral = thread.setup.ignore.length === 0
    const how = { isLiteral, isInferred }
    const seen = digestsLike(how, sides, thread.comparer)
    return tell({ type: 'look-again', replica, sighting: sight(suspicion, seen, how, Date.now()) })
  }
}

function weight(found: FoundItem | undefined): Bytes {
  return found === undefined
    ? 0
    : itemEnd(found.page, found.item) - itemStart(found.page, found.item)
}
