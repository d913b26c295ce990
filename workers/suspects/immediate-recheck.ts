/**
 * Collects suspects in batches, and reads them again while the comparison goes on. If rechecks have
 * long cleared nothing up, the scan counts as the first look, and the pending recheck is the next.
 */
import { type FoundItem, refusalOf, type Unread } from '../../lib/dynamo/lookup-result.ts'
import type { TablesyncError } from '../../lib/errors.ts'
import { ItemCopies } from '../../lib/item/item-copies.ts'
import type { CanonicalKey, KeyText } from '../../lib/item/key.ts'
import { itemEnd, itemStart } from '../../lib/item/page.ts'
import type { Bytes } from '../../lib/model/units.ts'
import { Jobs } from '../concurrency/background-jobs.ts'
import type { MaybePromise } from '../concurrency/maybe-promise.ts'
import { readBack } from '../repair/read-back.ts'
import { Repair } from '../repair/repair.ts'
import { WRITE_BATCH } from '../repair/repair-writes.ts'
import { isHalfWritten, type ReplicaTask } from '../replica-task.ts'
import type { Found } from '../verify/ending.ts'
import type { BothSides } from '../verify/sides.ts'
import type { Suspicion } from '../verify/verdict.ts'
import { FalseAlarmRate } from './false-alarm-rate.ts'
import { lookAgain } from './pending-suspect.ts'
import type { Suspect } from './suspect.ts'
import { type OnJudged, SuspectBatches, type WaitingSuspect } from './suspect-batches.ts'

/** A batch is read again when it reaches this weight, even if more keys would fit. */
const BATCH_BYTES: Bytes = 2 << 20

export class ImmediateRecheck {
  readonly #replicaTask: ReplicaTask
  readonly #repair: Repair
  readonly #batches: SuspectBatches
  readonly #batchSize: number
  /** Whether nobody writes: then what the scan saw on the master is still there. */
  readonly #mastersStand: boolean
  readonly #jobs = new Jobs()
  readonly #falseAlarms = new FalseAlarmRate()
  #batch: WaitingSuspect[] = []
  #batchBytes: Bytes = 0
  readonly #copies = new ItemCopies()
  /** Missing items that are put without a read of the replica. */
  #unread: Suspicion[] = []

  constructor(replicaTask: ReplicaTask, onJudged: OnJudged) {
    this.#replicaTask = replicaTask
    this.#repair = new Repair(replicaTask)
    this.#batches = new SuspectBatches(replicaTask, this.#repair, onJudged, this.#falseAlarms)
    const { batchReadLimit, recheckPolicy } = replicaTask.thread.setup
    this.#mastersStand = !recheckPolicy.looksAgain
    this.#batchSize = batchReadLimit
  }

  /** @throws the error of a job before */
  throwFailure(): void {
    this.#jobs.throwFailure()
  }

  /** Whether the user's hooks ended a suspect: it is no difference to them, or a hook failed. */
  async isEndedByRule({ looks, key, master, replica }: Suspect): Promise<boolean> {
    const found: Found = { verdict: looks, key, master, replica }
    if (isHalfWritten(this.#replicaTask, key, replica)) return false
    try {
      if (!(await this.#repair.outcomes.isAlike(found))) return false
      this.#replicaTask.count.state('sameAs')
    } catch (error) {
      await this.#repair.outcomes.fail(found, error as Error)
    }
    return true
  }

  /** Counts and reports a key that could not be read. */
  unread(suspicion: Suspicion, unread: Unread): Promise<undefined> {
    return this.#repair.outcomes.unread(suspicion, unread)
  }

  /** Counts and reports an item of the master whose key cannot be told. */
  nameless(error: TablesyncError): Promise<undefined> {
    return this.#repair.outcomes.nameless(error)
  }

  /** Counts an equal pair. */
  async equal(key: KeyText, pair: BothSides): Promise<void> {
    const written = await this.#repair.settle({ verdict: 'sameAs', key, ...pair })
    // The write of a thread that died before it could report it.
    if (written !== undefined) await readBack(this.#replicaTask, this.#repair, [written])
  }

  /** Queues a suspect to be read again; waits while as much is under way as allowed. */
  confirm(
    { looks, key, ground, master, replica }: Suspect,
    canonical?: CanonicalKey,
  ): MaybePromise {
    // Without the items as scanned: they would keep whole pages in memory.
    const isRefused = refusalOf(master) !== undefined
    const stands = this.#mastersStand && looks === 'missing' && !isRefused ? master : undefined
    const itsMaster = stands && this.#copies.lasting(stands.page, stands.item)
    this.#batch.push({ looks, key, ground, canonical, master: itsMaster })
    this.#batchBytes += weight(master) + weight(replica)
    const isFull = this.#batch.length >= this.#batchSize || this.#batchBytes >= BATCH_BYTES
    return isFull ? this.#dispatchBatch() : undefined
  }

  /** Whether a suspect is worth a look at once, and not only a later one. */
  isWorthwhile(): boolean {
    const { looksAgain } = this.#replicaTask.thread.setup.recheckPolicy
    return !looksAgain || this.#falseAlarms.isWorthwhile()
  }

  /** Postpones a suspect until it has stood still for long enough since it was scanned. */
  postpone(suspect: Suspect): MaybePromise {
    const isInferred = suspect.ground === 'order' && suspect.looks !== 'differing'
    return lookAgain(this.#replicaTask, suspect, suspect, isInferred)
  }

  /** Queues a missing item to be put without a read of the replica. */
  put({ looks, key, ground }: Suspicion): MaybePromise {
    this.#unread.push({ looks, key, ground })
    return this.#unread.length >= WRITE_BATCH ? this.#dispatchUnread() : undefined
  }

  /** Counts a difference as the scan found it, and leaves it. */
  leave(found: Found): MaybePromise {
    return this.#repair.leave(found)
  }

  /** Ends all suspects that were handed over. */
  async flush(): Promise<void> {
    await this.#dispatchBatch()
    await this.#dispatchUnread()
    await this.#jobs.drain()
    this.#jobs.throwFailure()
  }

  /** Waits for all jobs under way, whether they succeed or fail. */
  async drain(): Promise<void> {
    await this.#jobs.drain()
  }

  async #dispatchBatch(): Promise<void> {
    const batch = this.#batch
    this.#batch = []
    this.#batchBytes = 0
    await this.#dispatch(batch, () => this.#batches.recheck(batch))
  }

  async #dispatchUnread(): Promise<void> {
    const batch = this.#unread
    this.#unread = []
    await this.#dispatch(batch, () => this.#batches.putAll(batch))
  }

  async #dispatch(batch: readonly Suspicion[], job: () => Promise<void>): Promise<void> {
    if (batch.length === 0) return
    const { rechecks } = this.#replicaTask.client
    await rechecks.onSizeLessThan(1)
    this.#jobs.track(rechecks.add(job))
  }
}

function weight(found: FoundItem | undefined): Bytes {
  return found === undefined
    ? 0
    : itemEnd(found.page, found.item) - itemStart(found.page, found.item)
}
