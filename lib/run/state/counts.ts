/**
 * All counts of a run, in three groups. Work that is done is finished. Work that was left half done
 * has a record, which says where to continue. What was counted beyond the last record of a task
 * that broke is loose: it counts in this run, and not in a run that resumes it.
 */
import { type SegmentRecord, sameCursor } from '../../model/files/segment-record.ts'
import { MASTER, type TableIndex } from '../../model/tables/table.ts'
import {
  addReplicaTallies,
  foundOf,
  type MasterTally,
  type ReplicaTally,
  subtractReplicaTallies,
  type Tally,
  zeroReplicaTally,
} from '../../model/tally.ts'
import type { ReadUnits } from '../../model/units.ts'
import type { SegmentTask } from '../../protocol/tasks.ts'

type ByReplica = Map<TableIndex, ReplicaTally>

const replicasIn = (tally: Tally): [TableIndex, ReplicaTally][] =>
  Object.entries(tally.replicas).map(([replica, counts]) => [Number(replica), counts])

const enter = (heap: ByReplica, replica: TableIndex, counts: ReplicaTally) =>
  heap.set(replica, addReplicaTallies(heap.get(replica) ?? zeroReplicaTally(), counts))

export class Counts {
  readonly #finished: ByReplica = new Map()
  readonly #loose: ByReplica = new Map()
  readonly #records = new Map<TableIndex, Map<number, SegmentRecord>>()
  /** Latest snapshot of each task under way; of a segment it includes what its records hold. */
  readonly #underWay = new Map<SegmentTask, Tally>()
  /** Master items in segments that some replica has finished. */
  #masterScanned = 0
  #masterUnits = 0
  #looseScanned = 0
  /** Segments that some replica has finished. */
  readonly #scanned = new Set<number>()

  record(replica: TableIndex, segment: number): SegmentRecord | undefined {
    return this.#records.get(replica)?.get(segment)
  }

  records(replica: TableIndex): ReadonlyMap<number, SegmentRecord> {
    return this.#records.get(replica) ?? new Map()
  }

  keep(replica: TableIndex, segment: number, record: SegmentRecord): void {
    const records = this.#records.get(replica) ?? new Map<number, SegmentRecord>()
    this.#records.set(replica, records.set(segment, record))
  }

  note(task: SegmentTask, snapshot: Tally): void {
    this.#underWay.set(task, snapshot)
  }

  /** Enters a task that has ended; `isWhole` says for which replicas it was completed. */
  close(task: SegmentTask, tally: Tally, isWhole: (replica: TableIndex) => boolean): void {
    this.#underWay.delete(task)
    let isScanned = false
    for (const [replica, counts] of replicasIn(tally)) {
      isScanned ||= isWhole(replica)
      if (isWhole(replica)) enter(this.#finished, replica, counts)
      else this.#enterLoose(replica, subtractReplicaTallies(counts, this.#kept(task, replica)))
      if (isWhole(replica) && task.kind === 'compare') {
        this.#records.get(replica)?.delete(task.segment)
      }
    }
    this.#closeMaster(task, tally.master, isScanned)
  }

  /** Forgets a task whose thread died: it starts again from its records. */
  drop(task: SegmentTask): void {
    this.#underWay.delete(task)
  }

  /** Enters the last snapshot of a task that is not started again. */
  abandon(task: SegmentTask): void {
    const last = this.#underWay.get(task)
    if (last !== undefined) this.close(task, last, () => false)
  }

  /** Enters read units that a table took before the first task. */
  addRead(table: TableIndex, readUnits: ReadUnits): void {
    if (table === MASTER) this.#masterUnits += readUnits
    else enter(this.#finished, table, { ...zeroReplicaTally(), readUnits })
  }

  /** Enters counts that no task has reported, for this run alone. */
  addLoose(replica: TableIndex, counts: ReplicaTally): void {
    enter(this.#loose, replica, counts)
  }

  /** Restores the counts of the legs before. */
  restore(replica: TableIndex, finished: ReplicaTally): void {
    enter(this.#finished, replica, ofThisRelease(finished))
  }

  restoreMaster({ scanned, readUnits }: MasterTally, segments: Iterable<number>): void {
    this.#masterScanned += scanned
    this.#masterUnits += readUnits
    for (const segment of segments) this.#scanned.add(segment)
  }

  /** Finished counts, without segments that have a record. */
  finished(replica: TableIndex): ReplicaTally {
    return this.#finished.get(replica) ?? zeroReplicaTally()
  }

  get finishedMaster(): MasterTally {
    return { scanned: this.#masterScanned, readUnits: this.#masterUnits }
  }

  totalOf(replica: TableIndex): ReplicaTally {
    const parts = [this.#loose.get(replica), ...this.#open(replica)]
    return parts.reduce<ReplicaTally>(
      (sum, part) => (part === undefined ? sum : addReplicaTallies(sum, part)),
      this.finished(replica),
    )
  }

  /** Without what tasks counted since their last record: its findings are not entered yet. */
  enteredOf(replica: TableIndex): ReplicaTally {
    const records = [...this.records(replica).values()].map(({ tally }) => tally)
    return [this.finished(replica), ...records].reduce(
      addReplicaTallies,
      this.#loose.get(replica) ?? zeroReplicaTally(),
    )
  }

  master(): MasterTally {
    const open = new Map<number, number>()
    const note = (segment: number, scanned: number) => {
      if (!this.#scanned.has(segment)) open.set(segment, Math.max(open.get(segment) ?? 0, scanned))
    }
    let readUnits = this.#masterUnits
    for (const [task, tally] of this.#underWay) {
      readUnits += tally.master.readUnits - baseOf(task).readUnits
      if (task.kind === 'compare') note(task.segment, tally.master.scanned)
    }
    for (const records of this.#records.values()) {
      for (const [segment, { tally }] of records) note(segment, tally.offered)
    }
    const scanned = [...open.values()].reduce((sum, each) => sum + each, 0)
    return { scanned: this.#masterScanned + this.#looseScanned + scanned, readUnits }
  }

  /** Tasks under way, and records of the segments that are not. */
  *#open(replica: TableIndex): Generator<ReplicaTally | undefined> {
    const segments = new Set<number>()
    for (const [task, tally] of this.#underWay) {
      if (task.kind === 'compare' && replica in tally.replicas) segments.add(task.segment)
      yield tally.replicas[replica]
    }
    for (const [segment, { tally }] of this.records(replica)) {
      if (!segments.has(segment)) yield tally
    }
  }

  /**
   * A run that resumes this one finds the differences again; the units that they cost are spent.
   */
  #enterLoose(replica: TableIndex, counts: ReplicaTally): void {
    const { readUnits, writeUnits } = counts
    enter(this.#finished, replica, { ...zeroReplicaTally(), readUnits, writeUnits })
    enter(this.#loose, replica, { ...counts, readUnits: 0, writeUnits: 0 })
  }

  #kept(task: SegmentTask, replica: TableIndex): ReplicaTally {
    const record = task.kind === 'compare' ? this.record(replica, task.segment) : undefined
    return record?.tally ?? zeroReplicaTally()
  }

  #closeMaster(task: SegmentTask, { scanned, readUnits }: MasterTally, isScanned: boolean): void {
    const base = baseOf(task)
    this.#masterUnits += readUnits - base.readUnits
    if (task.kind !== 'compare' || this.#scanned.has(task.segment)) return
    if (isScanned) {
      this.#scanned.add(task.segment)
      this.#masterScanned += scanned
    } else {
      const kept = task.replicas.map((replica) => this.#kept(task, replica).offered)
      this.#looseScanned += scanned - Math.max(0, ...kept)
    }
  }
}

/** What a task had already counted of the master when it began. */
const baseOf = (task: SegmentTask): MasterTally =>
  task.kind === 'compare' ? task.master : { scanned: 0, readUnits: 0 }

/** Groups the replicas that one task can compare: those at the same place of the master. */
export function together(
  from: ReadonlyMap<TableIndex, SegmentRecord>,
): readonly (readonly TableIndex[])[] {
  const groups: TableIndex[][] = []
  for (const [replica, { master }] of from) {
    const group = groups.find(([first]) =>
      sameCursor((from.get(first as TableIndex) as SegmentRecord).master, master),
    )
    if (group === undefined) groups.push([replica])
    else group.push(replica)
  }
  return groups
}

/** Adds the counts that a checkpoint of an earlier release lacks. */
export function ofThisRelease(tally: Partial<ReplicaTally>): ReplicaTally {
  const all = { ...zeroReplicaTally(), ...tally }
  // Every difference found may have been claimed.
  const { claimed = foundOf(all) } = tally
  return { ...all, claimed }
}
