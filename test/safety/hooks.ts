/** Rules that a user might have: version and text decide what differs, and one extra stays. */
import type { WireItem } from '../../lib/model/wire.ts'

export const KEPT = 'item-1'

export const isItemDifferent = (master: WireItem, replica: WireItem): boolean =>
  JSON.stringify(master['v']) !== JSON.stringify(replica['v']) ||
  JSON.stringify(master['text']) !== JSON.stringify(replica['text'])

export const onExtra = (key: WireItem): 'skip' | undefined =>
  (key['id'] as { readonly S: string }).S === KEPT ? 'skip' : undefined
