/**
 * Before a save, asks every comparison for a fresh record. A later run then reads again only what
 * was read since.
 */
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { CompareTask } from '../../protocol/tasks.ts'

/** If one comparison hangs, the records of the others are still worth saving. */
const LONGEST_WAIT: Milliseconds = 5000

interface Comparing {
  /** Replicas that are still compared. */
  readonly open: Set<TableIndex>
  /** Those of them whose record is still missing. */
  readonly owed: Set<TableIndex>
}

export class RecordBarrier {
  readonly #comparing = new Map<CompareTask, Comparing>()
  readonly #askAll: () => void
  #onKept = () => {}

  /** `askAll` makes every comparison send a record between its next two pages. */
  constructor(askAll: () => void) {
    this.#askAll = askAll
  }

  begun(task: CompareTask): void {
    this.#comparing.set(task, { open: new Set(task.replicas), owed: new Set() })
  }

  ended(task: CompareTask): void {
    this.#comparing.delete(task)
    this.#onKept()
  }

  kept(task: CompareTask, replica: TableIndex): void {
    this.#comparing.get(task)?.owed.delete(replica)
    this.#onKept()
  }

  /** The replica sends no more records. After the last replica, `make` waits for the task's end. */
  partEnded(task: CompareTask, replica: TableIndex): void {
    const open = this.#comparing.get(task)?.open
    if (open === undefined || open.size === 1) return
    open.delete(replica)
    this.kept(task, replica)
  }

  /** Settles with whether the records of all comparisons are fresh; false if one took too long. */
  async make(): Promise<boolean> {
    for (const { open, owed } of this.#comparing.values()) for (const one of open) owed.add(one)
    this.#askAll()
    const isOwed = () => [...this.#comparing.values()].some(({ owed }) => owed.size > 0)
    let timer: NodeJS.Timeout | undefined
    const all = new Promise<void>((resolve) => {
      this.#onKept = () => {
        if (!isOwed()) resolve()
      }
      this.#onKept()
      timer = setTimeout(resolve, LONGEST_WAIT)
    })
    await all
    clearTimeout(timer)
    this.#onKept = () => {}
    return !isOwed()
  }
}
