/**
 * Writes that were about to be sent, until the difference that each belongs to
 * is entered. Where a thread dies in between, whoever takes its work up knows
 * by them what it may find done.
 */
import type { Intent } from '../model/intent.ts'
import type { TableIndex } from '../model/table.ts'
import type { WireItem } from '../model/wire.ts'

export class Intents {
  readonly #open = new Map<string, Intent>()

  add(intents: readonly Intent[]): void {
    for (const intent of intents) this.#open.set(nameOf(intent.replica, intent.key), intent)
  }

  /** The difference is entered, however it ended. */
  entered(replica: TableIndex, key: WireItem): void {
    if (this.#open.size > 0) this.#open.delete(nameOf(replica, JSON.stringify(key)))
  }

  of(replica: TableIndex): Intent[] {
    return [...this.#open.values()].filter((intent) => intent.replica === replica)
  }

  /** Those of the keys given, as DynamoDB JSON text. */
  ofKeys(replica: TableIndex, keys: Iterable<string>): Intent[] {
    if (this.#open.size === 0) return []
    return [...keys].flatMap((key) => this.#open.get(nameOf(replica, key)) ?? [])
  }
}

/** A key's text may come with blanks, and as it was escaped on the wire. */
const nameOf = (replica: TableIndex, key: string) =>
  `${replica} ${JSON.stringify(JSON.parse(key) as WireItem)}`
