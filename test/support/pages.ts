/** Pages made of texts, for tests that begin behind the network. */
import { Chunks } from '../../lib/item/chunks.ts'
import { type ItemPage, keyNames } from '../../lib/item/page.ts'
import { walkItems } from '../../lib/item/walk.ts'
import type { KeySchema } from '../../lib/model/table.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { Choose } from './arbitrary.ts'

export const ID_KEY: KeySchema = [{ name: 'id', type: 'S' }]

export function pageOf(items: readonly (WireItem | string)[], schema = ID_KEY): ItemPage {
  const texts = items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
  return walkItems(Buffer.from(`[${texts.join(',')}]`), 0, keyNames(schema)).page
}

/** An answer in chunks of a few bytes, so that anything may be cut. */
export function chunked(text: string, choose: Choose): Chunks {
  const bytes = Buffer.from(text)
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + choose(40)
    chunks.push(bytes.subarray(at, end))
    at = end
  }
  return new Chunks(chunks)
}
