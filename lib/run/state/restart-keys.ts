/** Keys from which a run of one segment could start again: nothing before such a key still waits. */
import type { SegmentRecord } from '../../model/files/segment-record.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { RecheckQueue } from './recheck-queue.ts'

interface Mark {
  /** Items of the master that were compared. */
  readonly offered: number
  /** Undefined: a key alone is not enough to start again here. */
  readonly key: string | undefined
}

export class RestartKeys {
  readonly #rechecks: RecheckQueue
  readonly #tell: (key: string) => void
  readonly #marks: Map<TableIndex, Mark>
  /** Keys up to which all is compared, each with a mark of the recheck queue at that time. */
  readonly #compared: { readonly key: string; readonly mark: number }[] = []

  #told: string | undefined

  constructor(
    rechecks: RecheckQueue,
    replicas: readonly TableIndex[],
    tell: (key: string) => void,
  ) {
    this.#rechecks = rechecks
    this.#tell = tell
    this.#marks = new Map(replicas.map((replica) => [replica, { offered: 0, key: undefined }]))
  }

  /** Notes how far a replica is, and keeps the key of the slowest replica. */
  kept(replica: TableIndex, record: SegmentRecord): void {
    this.#marks.set(replica, { offered: record.tally.offered, key: keyOf(record) })
    const slowest = [...this.#marks.values()].reduce((a, b) => (b.offered < a.offered ? b : a))
    if (slowest.key === undefined) return
    this.#compared.push({ key: slowest.key, mark: this.#rechecks.mark() })
    this.tellDecided()
  }

  /** The replica is lost: its keys hold up no other. The report of its loss says where to start again. */
  leave(replica: TableIndex): void {
    this.#marks.delete(replica)
    this.#rechecks.leave(replica)
  }

  /** Tells the furthest key before which all is decided, if that is a new key. */
  tellDecided(): void {
    const open = this.#compared.findIndex(({ mark }) => !this.#rechecks.isDecided(mark))
    const decided = this.#compared.splice(0, open < 0 ? this.#compared.length : open)
    const last = decided.at(-1)
    if (last === undefined || last.key === this.#told) return
    this.#told = last.key
    this.#tell(last.key)
  }
}

/** The master's key, if nothing is open except keys that wait for another look. */
function keyOf({ pass, master, unmatched, deferred }: SegmentRecord): string | undefined {
  if (pass !== 'master' || typeof master === 'string') return undefined
  const isOpen = unmatched.master.length + unmatched.replica.length + deferred.length > 0
  return isOpen ? undefined : master.after
}
