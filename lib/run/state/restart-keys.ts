/** Where a run of one segment could start again: told once nothing before it waits any more. */
import type { SegmentRecord } from '../../model/files/segment-record.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { RecheckQueue } from './recheck-queue.ts'

interface Mark {
  /** Items of the master that were gone through. */
  readonly offered: number
  /** Undefined: it cannot be started again there by a key alone. */
  readonly key: string | undefined
}

export class RestartKeys {
  readonly #rechecks: RecheckQueue
  readonly #tell: (key: string) => void
  readonly #marks: Map<TableIndex, Mark>
  /** Keys up to which all is compared, with how many had come to wait by then. */
  readonly #compared: { readonly key: string; readonly mark: number }[] = []

  constructor(
    rechecks: RecheckQueue,
    replicas: readonly TableIndex[],
    tell: (key: string) => void,
  ) {
    this.#rechecks = rechecks
    this.#tell = tell
    this.#marks = new Map(replicas.map((replica) => [replica, { offered: 0, key: undefined }]))
  }

  /** A replica has come so far: the key is the slowest one's. */
  kept(replica: TableIndex, record: SegmentRecord): void {
    this.#marks.set(replica, { offered: record.tally.offered, key: keyOf(record) })
    const slowest = [...this.#marks.values()].reduce((a, b) => (b.offered < a.offered ? b : a))
    if (slowest.key === undefined) return
    this.#compared.push({ key: slowest.key, mark: this.#rechecks.mark() })
    this.tellDecided()
  }

  /** A lost replica holds nobody back; where to start again for it is told with its loss. */
  leave(replica: TableIndex): void {
    this.#marks.delete(replica)
    this.#rechecks.leave(replica)
  }

  /** Tells the furthest key before which all is decided, if that is a new one. */
  tellDecided(): void {
    const open = this.#compared.findIndex(({ mark }) => !this.#rechecks.isDecided(mark))
    const decided = this.#compared.splice(0, open < 0 ? this.#compared.length : open)
    const last = decided.at(-1)
    if (last !== undefined) this.#tell(last.key)
  }
}

/** The master's key, where nothing is open but what has come to wait for another look. */
function keyOf({ pass, master, unmatched, deferred }: SegmentRecord): string | undefined {
  if (pass !== 'master' || typeof master === 'string') return undefined
  const isOpen = unmatched.master.length + unmatched.replica.length + deferred.length > 0
  return isOpen ? undefined : master.after
}
