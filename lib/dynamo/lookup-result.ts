/** What a lookup says about each key: its item, that there is none, or that the read failed. */
import type { TablesyncError } from '../errors.ts'
import type { CanonicalKey, KeyText } from '../item/key.ts'
import type { ItemPage } from '../item/page.ts'
import type { Milliseconds, ReadUnits } from '../model/units.ts'
import type { LookupOptions } from './lookup-body.ts'

export interface FoundItem {
  readonly page: ItemPage
  readonly item: number
  /**
   * When it was read, by a clock that never goes back. Absent: with all others of its lookup, so
   * when that ended.
   */
  readonly readAt?: Milliseconds
}

/** A key that could not be read: nobody knows whether there is an item. */
export class Unread {
  readonly error: TablesyncError
  /** Whether the table answered and said nothing about the key, or refused it. */
  readonly why: 'nothing-said' | 'refused'

  constructor(error: TablesyncError, why: Unread['why']) {
    this.error = error
    this.why = why
  }
}

export const isUnread = (looked: unknown): looked is Unread => looked instanceof Unread

/** Why an item that was read could not be changed as the run asks. Undefined: it could. */
export function refusalOf(found: FoundItem | undefined): Unread | undefined {
  const refusal = found?.page.refusals?.get(found.item)
  return refusal && new Unread(refusal, 'refused')
}

export class LookedUp {
  readonly #found = new Map<CanonicalKey, FoundItem>()
  readonly #unread = new Map<CanonicalKey, Unread>()
  readUnits: ReadUnits = 0

  /** Undefined: there is no such item. */
  at(key: CanonicalKey): FoundItem | Unread | undefined {
    return this.#found.get(key) ?? this.#unread.get(key)
  }

  get firstFound(): FoundItem | undefined {
    return this.#found.values().next().value
  }

  get foundCount(): number {
    return this.#found.size
  }

  get unreadCount(): number {
    return this.#unread.size
  }

  noteFound(key: CanonicalKey, item: FoundItem): void {
    this.#found.set(key, item)
  }

  noteUnread(key: CanonicalKey, unread: Unread): void {
    this.#unread.set(key, unread)
  }
}

/**
 * Looks up to 100 keys up, in as many requests as the service needs. A key that is given twice is
 * requested once: the service refuses duplicates (API reference, BatchGetItem). If one key cannot
 * be read, the others are still read.
 *
 * @throws TablesyncError if the trouble is the table's, and not a key's
 */
export type LookUp = (keys: readonly KeyText[], options: LookupOptions) => Promise<LookedUp>
