/** Saves checkpoints of a run, each collected between two commits, and restores the last one. */

import { passing } from '../../diagnostics.ts'
import { EMPTY, type Spill, type SpillMark } from '../../files/spill.ts'
import type {
  Checkpoint,
  ReplicaCheckpoint,
  SharedCounter,
} from '../../model/files/checkpoint-content.ts'
import type { ReportMark } from '../../model/files/file-mark.ts'
import { recorded } from '../../model/files/recorded-table.ts'
import type { Summary } from '../../model/results/summary.ts'
import type { Stop } from '../../model/safeguard.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { WorkerSetup } from '../../protocol/setup.ts'
import { Allowance } from '../../protocol/shared/write-allowance.ts'
import type { RunFiles } from '../records/run-files.ts'
import type { Preparation } from '../run-context.ts'
import { maxWritesStop } from '../safeguards/safeguard-limits.ts'
import { claimedBefore } from '../state/earlier-writes.ts'
import type { Ledger } from '../state/ledger.ts'
import type { RecheckQueue } from '../state/recheck-queue.ts'
import { takeUp } from '../state/resumed-ledger.ts'
import { SegmentSet } from '../state/segment-bitmap.ts'
import type { WriteAheadLog } from '../state/write-ahead-log.ts'
import type { CommitQueue } from '../tasks/commit-queue.ts'
import type { RecordBarrier } from '../tasks/record-barrier.ts'
import { writeCheckpoint } from './checkpoint-file.ts'
import type { OpenCheckpoint } from './checkpoint-opening.ts'

export interface CheckpointParts {
  readonly preparation: Preparation
  readonly open: OpenCheckpoint
  readonly setup: WorkerSetup
  readonly ledger: Ledger
  readonly rechecks: RecheckQueue
  readonly deletes: Spill
  readonly writeLog: WriteAheadLog
  readonly commitQueue: CommitQueue
  /** Settles with the good part of the report; undefined if there is no report. */
  readonly reportMark: () => Promise<ReportMark | undefined>
  readonly files: Pick<RunFiles, 'journal' | 'repairPlan'>
  readonly elapsedMs: () => Milliseconds
  readonly barrier: RecordBarrier
  readonly stopBy: (stop: Stop) => void
}

export class CheckpointSaver {
  readonly #parts: CheckpointParts
  readonly #began: string
  #generation: number
  #saving: Promise<void> | undefined
  #isAsking = false

  constructor(parts: CheckpointParts) {
    this.#parts = parts
    const { taken } = parts.open
    // A checkpoint of version 1 does not say when its run began.
    this.#began = taken?.began ?? new Date().toISOString()
    this.#generation = parts.open.taken?.generation ?? 0
  }

  /**
   * Asks the comparisons for fresh records, then saves. Does nothing while another call or save is
   * under way: on a slow disk saves must not queue up.
   */
  async saveNowAndThen(): Promise<void> {
    if (this.#isAsking || this.#saving !== undefined) return
    passing('save-begun')
    this.#isAsking = true
    const isFresh = await this.#parts.barrier.make()
    this.#isAsking = false
    if (!isFresh) passing('save-behind')
    await this.save()
  }

  /** Starts the files of a new run, or restores those of the leg before. */
  async begin(): Promise<void> {
    const { open, ledger, deletes, writeLog } = this.#parts
    const { taken } = open
    if (taken !== undefined) {
      this.#generation = await writeLog.restore(taken.generation, taken.intents)
      await this.#restore(taken)
    } else {
      // Remove what a run has left that this one replaces.
      await writeLog.forget(Number.POSITIVE_INFINITY)
      for (const replica of ledger.replicas()) await deletes.restore(replica, EMPTY)
    }
    await this.save()
  }

  /** Saves the state of the run, with its summary if the run has finished. */
  async save(summary?: Summary): Promise<void> {
    while (this.#saving !== undefined) await this.#saving
    this.#saving = this.#save(summary).finally(() => {
      this.#saving = undefined
    })
    await this.#saving
  }

  /** The run has finished: saves its summary, and removes what only a resume would need. */
  async end(summary: Summary): Promise<void> {
    await this.save(summary)
    await this.#parts.deletes.remove()
    await this.#parts.writeLog.forget(Number.POSITIVE_INFINITY)
  }

  async #save(summary: Summary | undefined): Promise<void> {
    const { commitQueue, writeLog, open } = this.#parts
    await open.lock.renew()
    const checkpoint = await commitQueue.inOrder(() => this.#collect(summary))
    await writeCheckpoint(open.file, checkpoint)
    await writeLog.forget(checkpoint.generation)
  }

  async #collect(summary: Summary | undefined): Promise<Checkpoint> {
    const { preparation, open, ledger, writeLog, setup, files, reportMark, elapsedMs } = this.#parts
    const { journal, repairPlan } = files
    const { tables, plan } = preparation
    const [master, ...others] = tables.inspected
    // The report of a finished run is closed.
    const report = summary === undefined ? await reportMark() : undefined
    const replicas: [string, ReplicaCheckpoint][] = []
    for (const [at, { ref }] of others.entries()) {
      // In a finished run nothing waits for its deletion, and the list of extras is closed.
      const extras = summary === undefined ? await this.#parts.deletes.sync(at + 1) : EMPTY
      replicas.push([ref.label, this.#collectReplica(at + 1, extras)])
    }
    const generation = ++this.#generation
    if (summary === undefined) await writeLog.begin(generation)
    return {
      tablesync: 'checkpoint',
      version: 2,
      run: open.run,
      leg: tables.runId,
      began: this.#began,
      saved: new Date().toISOString(),
      generation,
      master: { label: master.ref.label, ...recorded(master) },
      tables: Object.fromEntries(others.map((table) => [table.ref.label, recorded(table)])),
      options: open.options,
      segments: plan.segments,
      elapsedMs: elapsedMs(),
      scanned: ledger.counts.finishedMaster,
      replicas: Object.fromEntries(replicas),
      counters: countersOf(setup),
      ...(report !== undefined && { report }),
      ...(journal !== undefined && { journalBytes: journal.bytes }),
      ...(repairPlan?.mark !== undefined && { plan: repairPlan.mark }),
      intents: writeLog.all(),
      keyErrors: ledger.keyErrors(),
      ...(summary !== undefined && { summary }),
    }
  }

  #collectReplica(replica: TableIndex, extras: SpillMark): ReplicaCheckpoint {
    const { ledger, rechecks, preparation } = this.#parts
    const { finished, byLookup, deleted } = ledger.stateOf(replica)
    return {
      finished: SegmentSet.toText(finished, preparation.plan.segments),
      byLookup,
      tally: ledger.counts.finished(replica),
      records: Object.fromEntries(ledger.counts.records(replica)),
      sightings: rechecks.open(replica),
      extras,
      deleted: deleted.all(),
    }
  }

  async #restore(taken: Checkpoint): Promise<void> {
    const { preparation, ledger, rechecks, deletes, writeLog, setup } = this.#parts
    const [, ...others] = preparation.tables.inspected
    const labels = others.map(({ ref }) => ref.label)
    takeUp(ledger, taken, labels)
    for (const [at, label] of labels.entries()) {
      const { sightings, extras } = taken.replicas[label] as ReplicaCheckpoint
      for (const { arrival: _, ...pending } of sightings) rechecks.add(at + 1, pending)
      await deletes.restore(at + 1, extras)
    }
    const claimed = claimedBefore(ledger, writeLog.all())
    Allowance.restore(setup.allowance, claimed)
    // The limit may be lower than what the legs before have used.
    const { maxWrites } = preparation.settings.safeguards
    if (maxWrites !== undefined && claimed > maxWrites) {
      this.#parts.stopBy(maxWritesStop(preparation.settings))
    }
    for (const name of COUNTERS) {
      const bytes = Buffer.from(taken.counters[name], 'base64')
      new Uint8Array(setup[name]).set(bytes)
    }
  }
}

/** Without the canary's flags: each leg that has a canary tries out writes of its own. */
const COUNTERS: readonly SharedCounter[] = ['recheckBudget', 'orderRecord']

const countersOf = (setup: WorkerSetup) =>
  Object.fromEntries(
    COUNTERS.map((name) => [name, Buffer.from(new Uint8Array(setup[name])).toString('base64')]),
  ) as Checkpoint['counters']
