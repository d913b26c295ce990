/** What JavaScript calls. */
export { equalRun } from './compare'
export { namePlace, walk } from './walk'

/** The first byte of memory that is nobody's. */
export function freeFrom(): usize {
  return (__heap_base + 15) & ~15
}
