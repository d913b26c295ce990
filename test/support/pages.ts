/** Pages made from item texts, for tests that need no network. */

import { walkItems } from '../../lib/item/bytes/walk.ts'
import { type ItemPage, keyNames } from '../../lib/item/page.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import type { WireItem } from '../../lib/model/wire.ts'

export const ID_KEY: KeySchema = [{ name: 'id', type: 'S' }]

export function pageOf(items: readonly (WireItem | string)[], schema = ID_KEY): ItemPage {
  const texts = items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
  return walkItems(Buffer.from(`[${texts.join(',')}]`), 0, keyNames(schema)).page
}
