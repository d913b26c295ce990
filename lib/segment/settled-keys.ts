/** The master's key up to which every replica has settled everything: where a run can start again. */
import type { ScanPage } from '../item/responses.ts'
import type { TableIndex } from '../model/table.ts'

interface Mark {
  readonly pages: number
  /** DynamoDB JSON text. Undefined: the segment's end. */
  readonly key: string | undefined
}

const BEGINNING: Mark = { pages: 0, key: undefined }

export class SettledKeys {
  readonly #tell: (key: string) => void
  readonly #taken = new Map<TableIndex, Mark>()
  readonly #settled = new Map<TableIndex, Mark>()

  constructor(replicas: readonly TableIndex[], tell: (key: string) => void) {
    this.#tell = tell
    for (const replica of replicas) {
      this.#taken.set(replica, BEGINNING)
      this.#settled.set(replica, BEGINNING)
    }
  }

  /** A replica's comparison has got a page of the master. */
  take(replica: TableIndex, page: ScanPage | undefined): void {
    const { pages } = this.#taken.get(replica) ?? BEGINNING
    this.#taken.set(replica, { pages: pages + 1, key: page?.lastEvaluatedKey })
  }

  /** All that a replica has taken is settled. */
  settle(replica: TableIndex): void {
    this.#settled.set(replica, this.#taken.get(replica) ?? BEGINNING)
    const slowest = [...this.#settled.values()].reduce((a, b) => (b.pages < a.pages ? b : a))
    if (slowest.key !== undefined) this.#tell(slowest.key)
  }

  /** A lost replica holds nobody back; where to start again for it is told with its loss. */
  leave(replica: TableIndex): void {
    this.#settled.delete(replica)
  }
}
