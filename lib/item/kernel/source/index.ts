/** What JavaScript calls. */
export { afterRun, alikeRun } from './compare'
export { starts } from './starts'
export { endOfWalk, namePlace, walk } from './walk'

/** The first free byte of memory, rounded up to a multiple of 16. */
export function freeFrom(): usize {
  return (__heap_base + 15) & ~15
}
