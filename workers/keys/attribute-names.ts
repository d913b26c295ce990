/**
 * Names of attributes that items of the table have: what somebody adds to one
 * is likely to be one of these, and a condition can ask that it is absent.
 */
import type { WireItem } from '../../lib/model/wire.ts'

/** About twice as many as there is room for in a condition. */
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
