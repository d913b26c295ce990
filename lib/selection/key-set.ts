/** Keys of a list, whichever way they are spelt. */
import { type CanonicalKey, canonicalKeyOfText, type KeyText } from '../item/key.ts'
import type { KeySchema } from '../model/tables/table.ts'
import type { ListedKey } from './key-lines.ts'

export class KeySet {
  readonly #schema: KeySchema
  /** By replica; undefined is each of them. */
  readonly #keys = new Map<string | undefined, Set<CanonicalKey>>()

  constructor(schema: KeySchema) {
    this.#schema = schema
  }

  /** False: the key is in the list already, for this replica or for each. */
  add({ key, replica }: ListedKey): boolean {
    const canonical = canonicalKeyOfText(key, this.#schema)
    if (this.#keys.get(undefined)?.has(canonical)) return false
    const keys = this.#keys.get(replica) ?? new Set()
    this.#keys.set(replica, keys)
    if (keys.has(canonical)) return false
    keys.add(canonical)
    return true
  }

  has(key: KeyText, replica: string): boolean {
    const canonical = canonicalKeyOfText(key, this.#schema)
    return [undefined, replica].some((one) => this.#keys.get(one)?.has(canonical) === true)
  }
}
