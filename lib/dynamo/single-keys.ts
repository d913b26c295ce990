/** Keys that are requested one by one: how many at a time, and how one is left unread. */
import type { TablesyncError } from '../errors.ts'
import { badResponse } from '../item/bytes/json-bytes.ts'
import { canonicalKeyOfText, type KeyText } from '../item/key.ts'
import { type LookedUp, Unread } from './lookup-result.ts'
import type { TableClient } from './request/client.ts'
import type { ItemRead } from './request/operations.ts'

/** How many keys are requested alone at a time. */
const AT_ONCE = 10

export async function requestEach(
  keys: readonly KeyText[],
  request: (key: KeyText) => Promise<void>,
): Promise<void> {
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const ends = await Promise.allSettled(keys.slice(at, at + AT_ONCE).map(request))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }
}

/** How a key is left, and for what. */
export interface Leaving {
  readonly operation: ItemRead
  readonly error: TablesyncError
  readonly why: Unread['why']
}

/** @throws TablesyncError of scope `table` if too many keys in a row were refused */
export function leaveUnread(
  { refusedKeys, access }: TableClient,
  looked: LookedUp,
  key: KeyText,
  { operation, error, why }: Leaving,
): void {
  const ended = refusedKeys.refused(operation, error)
  if (ended.scope !== 'item') throw ended
  looked.noteUnread(canonicalKeyOfText(key, access.keySchema), new Unread(ended, why))
}

/** An answer about another key says nothing about the requested ones. */
export const strayKey = () => badResponse('Expected the keys that were asked for, got another one')
