/** How long, and how often, tablesync looks at a key before it has a verdict. */
import type { Milliseconds } from './units.ts'

export interface RecheckPolicy {
  /** False: the user vouches that nobody writes, so the second look decides. */
  readonly looksAgain: boolean
  /** How long both sides must have stood still before a mismatch is a difference. */
  readonly minAge: Milliseconds
  /** After so many looks at which something had moved, a key is given up as hot. */
  readonly attempts: number
}
