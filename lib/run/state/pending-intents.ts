/** The intents of the write-ahead log by replica and key, however a key is spelt. */
import type { Intent } from '../../model/files/write-intent.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { WireItem } from '../../model/wire.ts'

export class PendingIntents {
  readonly #byReplica = new Map<TableIndex, Map<string, Intent>>()

  set(intent: Intent): void {
    const { replica, key } = intent
    const ofReplica = this.#byReplica.get(replica) ?? new Map<string, Intent>()
    this.#byReplica.set(replica, ofReplica)
    const spelling = inOneSpelling(key)
    const before = ofReplica.get(spelling)
    const parts = [...(before?.parts ?? []), ...(intent.parts ?? [])]
    const leaves = [...(before?.leaves ?? []), ...(intent.leaves ?? [])]
    ofReplica.set(spelling, {
      ...intent,
      ...(parts.length > 0 && { parts }),
      ...(leaves.length > 0 && { leaves }),
    })
  }

  /** `key`: DynamoDB JSON text, as everywhere here. */
  get(replica: TableIndex, key: string): Intent | undefined {
    return this.#byReplica.get(replica)?.get(inOneSpelling(key))
  }

  /** Withdraws an intent, unless the item is half-way: then the writes before stay. */
  withdraw(replica: TableIndex, key: string): void {
    if (this.get(replica, key)?.parts === undefined) this.delete(replica, key)
  }

  delete(replica: TableIndex, key: string): void {
    this.#byReplica.get(replica)?.delete(inOneSpelling(key))
  }

  hasAny(replica: TableIndex): boolean {
    return (this.#byReplica.get(replica)?.size ?? 0) > 0
  }

  of(replica: TableIndex): Intent[] {
    return [...(this.#byReplica.get(replica)?.values() ?? [])]
  }

  all(): Intent[] {
    return [...this.#byReplica.keys()].flatMap((replica) => this.of(replica))
  }
}

/** A key's text may have blanks, or escapes as they came on the wire. */
function inOneSpelling(key: string): string {
  if (!MAY_BE_RESPELT.test(key)) return key
  // A key of the master that travels with that of the replica has the empty name.
  const { '': _, ...own } = JSON.parse(key) as WireItem
  return JSON.stringify(own)
}

/** Blanks, escapes, names that JavaScript puts in another order, and the empty name. */
const MAY_BE_RESPELT = /[\s\\]|[{,]"[\d"]/
