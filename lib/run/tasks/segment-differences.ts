/** Differences by the segment in which their item was scanned: what a sample's limits go by. */
import type { DifferenceKind } from '../../model/difference.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import { distinctItems, type ReplicaTally } from '../../model/tally.ts'
import type { Finding } from '../../protocol/messages.ts'
import type { SegmentTask } from '../../protocol/tasks.ts'

/** What one segment holds, and what of it differs. */
export interface CountedSegment {
  items: number
  readonly found: Record<DifferenceKind, number>
}

export class SegmentDifferences {
  readonly #segments = new Map<TableIndex, Map<number, CountedSegment>>()
  /** Segments of keys that wait for another look. */
  readonly #waiting = new Map<string, number>()

  /** The segments of a replica that were compared to their end. */
  of(replica: TableIndex): readonly CountedSegment[] {
    return [...(this.#segments.get(replica)?.values() ?? [])]
  }

  /** A segment was compared to its end. */
  finished(segment: number, replica: TableIndex, tally: ReplicaTally): void {
    this.#counted(replica, segment).items = distinctItems(tally)
  }

  /** Notes what a task has found; the task of a recheck has keys of many segments. */
  note(task: SegmentTask, findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (finding.type === 'look-again') this.#wait(task, finding)
      if (finding.type === 'difference') this.#found(task, finding)
    }
  }

  #wait(task: SegmentTask, { replica, pending }: Finding & { readonly type: 'look-again' }): void {
    // A key that is looked at again and again keeps its segment.
    if (task.kind === 'compare') this.#waiting.set(`${replica} ${pending.key}`, task.segment)
  }

  #found(
    task: SegmentTask,
    { replica, difference }: Finding & { readonly type: 'difference' },
  ): void {
    const { kind, key, action } = difference
    const name = `${replica} ${JSON.stringify(key)}`
    const segment = task.kind === 'compare' ? task.segment : this.#waiting.get(name)
    this.#waiting.delete(name)
    if (segment === undefined || action === 'unverified') return
    this.#counted(replica, segment).found[kind]++
  }

  #counted(replica: TableIndex, segment: number): CountedSegment {
    const segments = this.#segments.get(replica) ?? new Map<number, CountedSegment>()
    this.#segments.set(replica, segments)
    const counted = segments.get(segment) ?? {
      items: 0,
      found: { missing: 0, differing: 0, extra: 0 },
    }
    segments.set(segment, counted)
    return counted
  }
}
