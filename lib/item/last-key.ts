/** Whether the key that a page ends with is that of its last item. */
import type { KeySchema } from '../model/tables/table.ts'
import type { ScanPage } from './bytes/scan-answer.ts'
import { ItemCopies } from './item-copies.ts'
import { type CanonicalKey, canonicalKeyOf, canonicalKeyOfText, type KeyText } from './key.ts'
import { isPlain, type PlainPage } from './page.ts'

/**
 * A scan stops at the last item that it returns (API reference, Scan, `LastEvaluatedKey`), unless a
 * filter leaves that one out. Some engines stop at items that are already deleted.
 */
export function endsAtItsLastItem(page: ScanPage, schema: KeySchema): boolean {
  const { count, lastEvaluatedKey } = page
  if (lastEvaluatedKey === undefined) return true
  if (count === 0) return false
  const last = isPlain(page) && !page.isWalked ? lastOf(page) : { page, item: count - 1 }
  return keyOrNone(lastEvaluatedKey, schema) === canonicalKeyOf(last.page, last.item, schema)
}

/** A copy of the last item: to walk all of them for it would take longer. */
const lastOf = (page: PlainPage) =>
  new ItemCopies().add(page.bytes, page.spansAt(page.lastStart), 0)

/** Undefined: it is no key of this table. */
function keyOrNone(text: KeyText, schema: KeySchema): CanonicalKey | undefined {
  try {
    return canonicalKeyOfText(text, schema)
  } catch {
    return undefined
  }
}
