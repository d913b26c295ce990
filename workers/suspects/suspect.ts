/** A suspect: the suspicion that a first look gives of a key, with the items that it saw. */
import type { FoundItem } from '../../lib/dynamo/lookup-result.ts'
import { type CanonicalKey, canonicalKeyOf, type KeyText, keyTextOf } from '../../lib/item/key.ts'
import type { Keyed } from '../../lib/item/key-hash.ts'
import { KeyPage } from '../../lib/item/key-page.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import type { Found } from '../verify/ending.ts'
import type { BothSides } from '../verify/sides.ts'
import type { Suspicion } from '../verify/verdict.ts'

export interface Suspect extends Suspicion, BothSides {}

/**
 * An item that one scan has and the other passed by. Most are counted without the text of their
 * key, so that it is made only when asked for.
 */
export class UnmatchedItem implements Suspect, Found {
  readonly ground = 'order'
  readonly looks: 'missing' | 'extra'
  /** The place of its key. */
  readonly found: Keyed
  /** Whether many items before it were alone too, with no pair between. */
  readonly isInARow: boolean
  readonly #schema: KeySchema

  constructor(looks: 'missing' | 'extra', found: Keyed, schema: KeySchema, isInARow = false) {
    this.looks = looks
    this.found = found
    this.isInARow = isInARow
    this.#schema = schema
  }

  /** The verdict if it is counted without another read. */
  get verdict(): 'missing' | 'extra' {
    return this.looks
  }

  get key(): KeyText {
    return keyTextOf(this.found.page, this.found.item, this.#schema)
  }

  get canonical(): CanonicalKey {
    return canonicalKeyOf(this.found.page, this.found.item, this.#schema)
  }

  get master(): FoundItem | undefined {
    return this.looks === 'missing' ? this.#item : undefined
  }

  get replica(): FoundItem | undefined {
    return this.looks === 'extra' ? this.#item : undefined
  }

  get #item(): FoundItem | undefined {
    return this.found.page instanceof KeyPage ? undefined : this.found
  }
}
