/**
 * Checks whether a table may be read by key. A policy may name the keys that a role may use
 * (`dynamodb:LeadingKeys`), so a denial only says something about its own key. The table counts as
 * refused if several keys of its items are tried and all of them are denied.
 */
import type { TablesyncError } from '../../errors.ts'
import { canonicalKeyOfText, type KeyText, keyTextOf } from '../../item/key.ts'
import type { RequestTimeouts } from '../../model/request-timeouts.ts'
import { lookup } from '../lookup.ts'
import { isUnread } from '../lookup-result.ts'
import type { TableClient } from '../request/client.ts'
import { scanner } from '../scan.ts'
import { nowhere } from './invented-key.ts'

/** How many more keys are looked up, one by one, if the first is denied. */
const SAMPLE = 25

export interface KeysAtHand {
  /** The key of an item that was just scanned. Absent: a made-up key is looked up. */
  readonly key?: KeyText | undefined
  /** Fetches keys of items. Absent: there are none, and the run finds out what is denied. */
  readonly others?: (() => Promise<readonly KeyText[]>) | undefined
}

/** @throws TablesyncError if no key can be looked up */
export async function checkLookup(
  client: TableClient,
  timeouts: RequestTimeouts,
  { key, others }: KeysAtHand,
): Promise<void> {
  const { keySchema } = client.access
  const refused = await refusalOf(client, timeouts, key ?? nowhere(keySchema))
  if (refused === undefined) return
  if (refused.code !== 'ACCESS_DENIED') throw refused
  if (others === undefined) return
  for (const other of await others()) {
    if ((await refusalOf(client, timeouts, other)) === undefined) return
  }
  throw refused
}

/** Keys of items, from the beginning of a table. */
export async function sampleKeys(client: TableClient): Promise<readonly KeyText[]> {
  const { keySchema } = client.access
  const slice = { segment: 0, totalSegments: 1, consistent: false, limit: SAMPLE }
  const page = await scanner(client)(slice, undefined)
  return Array.from({ length: page.count }, (_, item) => keyTextOf(page, item, keySchema))
}

async function refusalOf(
  client: TableClient,
  timeouts: RequestTimeouts,
  key: KeyText,
): Promise<TablesyncError | undefined> {
  const looked = await lookup(client, timeouts)([key], { consistent: false })
  const item = looked.at(canonicalKeyOfText(key, client.access.keySchema))
  // Some engines say nothing about a key that no item has.
  return isUnread(item) && item.why === 'refused' ? item.error : undefined
}
