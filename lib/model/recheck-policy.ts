/** How long, and how often, a key is looked at before it has a verdict. */
import type { Milliseconds } from './units.ts'

export interface RecheckPolicy {
  /** False where the user vouches that nobody writes: the second look decides. */
  readonly looksAgain: boolean
  /** Both sides must have stood still for so long before a mismatch is a difference. */
  readonly minAge: Milliseconds
  /** Looks at which something had moved, after which a key is given up as hot. */
  readonly attempts: number
}
