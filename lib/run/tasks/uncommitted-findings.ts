/**
 * Findings of tasks that are not entered yet. A finding counts together with the
 * record that it belongs to: until then, its task may start again further back, and tell it again.
 */
import type { TableIndex } from '../../model/tables/table.ts'
import type { Finding } from '../../protocol/messages.ts'
import type { SegmentTask } from '../../protocol/tasks.ts'

export class UncommittedFindings {
  readonly #held = new Map<SegmentTask, Finding[]>()

  add(task: SegmentTask, findings: readonly Finding[]): void {
    const held = this.#held.get(task) ?? []
    // One by one: a spread of this many arguments could be too much.
    for (const finding of findings) held.push(finding)
    this.#held.set(task, held)
  }

  /** Takes out the findings of a task on a replica, in their order. */
  take(task: SegmentTask, replica: TableIndex): Finding[] {
    const held = this.#held.get(task) ?? []
    const others = held.filter((finding) => finding.replica !== replica)
    if (others.length === held.length) return []
    this.#held.set(task, others)
    return held.filter((finding) => finding.replica === replica)
  }

  /** Forgets a task, with the findings that are still held. */
  drop(task: SegmentTask): void {
    this.#held.delete(task)
  }
}
