/**
 * What tasks have told and what is not entered yet. A finding counts together
 * with the record that it belongs to: before that its task may still be taken
 * up again further back, and would tell it once more.
 */
import type { TableIndex } from '../../model/tables/table.ts'
import type { Finding, SegmentTask } from '../../protocol/messages.ts'

export class UncommittedFindings {
  readonly #held = new Map<SegmentTask, Finding[]>()

  add(task: SegmentTask, findings: readonly Finding[]): void {
    const held = this.#held.get(task) ?? []
    // One by one: a spread of so many arguments could be too much.
    for (const finding of findings) held.push(finding)
    this.#held.set(task, held)
  }

  /** Takes out what a task has told of a replica, in its order. */
  take(task: SegmentTask, replica: TableIndex): Finding[] {
    const held = this.#held.get(task) ?? []
    const others = held.filter((finding) => finding.replica !== replica)
    if (others.length === held.length) return []
    this.#held.set(task, others)
    return held.filter((finding) => finding.replica === replica)
  }

  /** Forgets a task, with what is still held of it. */
  drop(task: SegmentTask): void {
    this.#held.delete(task)
  }
}
