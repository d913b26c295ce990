/**
 * Before a save every comparison says where it stands, so that what a later run
 * reads again is what was read since, and no more.
 */
import type { TableIndex } from '../../model/tables/table.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { CompareTask } from '../../protocol/messages.ts'

/** The others' records are worth saving, though one comparison hangs on something. */
const LONGEST_WAIT: Milliseconds = 5000

interface Comparing {
  /** Replicas that are compared still. */
  readonly open: Set<TableIndex>
  /** Of these, the ones whose record is waited for. */
  readonly owed: Set<TableIndex>
}

export class RecordBarrier {
  readonly #comparing = new Map<CompareTask, Comparing>()
  readonly #askAll: () => void
  #onKept = () => {}

  /** `askAll` has every comparison make a record between the next two pages. */
  constructor(askAll: () => void) {
    this.#askAll = askAll
  }

  /** Whether any comparison is under way. */
  get isAny(): boolean {
    return this.#comparing.size > 0
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

  /** No record of the replica comes any more. After the last one the task's own entry is waited for. */
  partEnded(task: CompareTask, replica: TableIndex): void {
    const open = this.#comparing.get(task)?.open
    if (open === undefined || open.size === 1) return
    open.delete(replica)
    this.kept(task, replica)
  }

  /** Settles with whether the records of all comparisons are fresh; false where one took too long. */
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
