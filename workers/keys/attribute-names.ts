/**
 * Names of attributes that items of the table have. An attribute that somebody adds to an item is
 * likely to be one of these, and a condition can ask that it is absent.
 */
import type { WireItem } from '../../lib/model/wire.ts'

/** About twice as many names as a condition has room for. */
const MOST = 300

export class AttributeNames {
  readonly #names = new Set<string>()

  get isFull(): boolean {
    return this.#names.size >= MOST
  }

  note(item: WireItem): void {
    if (this.isFull) return
    for (const name of Object.keys(item)) this.#names.add(name)
  }

  get known(): Iterable<string> {
    return this.#names
  }
}
