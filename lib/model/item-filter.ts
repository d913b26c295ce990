/** Which items of the master are compared: a filter as Scan and Query take it. */
import type { WireItem } from './wire.ts'

export interface ItemFilter {
  readonly expression: string
  /** By placeholder, such as `#state`. */
  readonly names: Readonly<Record<string, string>>
  /** By placeholder, such as `:state`. */
  readonly values: WireItem
}
