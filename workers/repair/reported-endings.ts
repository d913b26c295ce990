/** Reports a difference to the main thread: what was found, and how it ended. */

import type { FoundItem } from '../../lib/dynamo/lookup-result.ts'
import { parseItem } from '../../lib/item/compare.ts'
import { withoutOrigin } from '../../lib/item/key-origin.ts'
import type { Planned } from '../../lib/model/files/plan-lines.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { Finding } from '../../lib/protocol/messages.ts'
import type { MaybePromise } from '../concurrency/maybe-promise.ts'
import type { ReplicaTask } from '../replica-task.ts'
import type { Thread } from '../thread-context.ts'
import type { Found, LEFT, PLANNED, RepairEnding } from '../verify/ending.ts'
import { digestsOf } from '../verify/sides.ts'
import { detailsOf } from './difference-details.ts'

type KeyLeft = Finding & { readonly type: 'key-left' }

/** Reports a difference if the run reports each one, and always a key with trouble of its own. */
export function reportEnding(
  replicaTask: ReplicaTask,
  found: Found,
  ending: RepairEnding | typeof LEFT | typeof PLANNED,
): MaybePromise {
  const own = 'own' in ending ? ending.own : undefined
  if (own === undefined) return reportDifference(replicaTask, found, ending)
  const { tell, replica } = replicaTask
  const end = ending.action as KeyLeft['end']
  const key = withoutOrigin(found.key)
  const keyLeft = tell({ type: 'key-left', replica, key, end, error: own })
  const reported = reportDifference(replicaTask, found, ending)
  return keyLeft === undefined ? reported : keyLeft.then(() => reported)
}

function reportDifference(
  { thread, client, tell, replica: index, count }: ReplicaTask,
  found: Found,
  ending: RepairEnding | typeof LEFT | typeof PLANNED,
): MaybePromise {
  const { verdict, unconfirmed } = found
  const key = withoutOrigin(found.key)
  const { tellDifferences, isWriting } = thread.setup
  // A run that writes knows in the end what it took, but not which attributes differed.
  const isDetailed = tellDifferences || !isWriting || verdict === 'differing'
  const details = isDetailed ? detailsOf(thread, found) : {}
  count.detailed(verdict, details)
  if (!tellDifferences) {
    // The main thread forgets the intent of a write once it hears that its key has ended.
    return isWriting ? tell({ type: 'ended', replica: index, keys: [key] }) : undefined
  }
  return tell({
    type: 'difference',
    replica: index,
    difference: {
      replica: client.table.access.label,
      kind: verdict,
      key: JSON.parse(key) as WireItem,
      ...details,
      // A difference that resolved without a write was still found, and nothing was done about it.
      action: ending.action === 'resolved' ? 'none' : ending.action,
      ...('error' in ending && { error: ending.error }),
      ...(unconfirmed && { unconfirmed }),
      ...('isPartial' in ending && { condition: 'partial' as const }),
    },
    ...('isPlanned' in ending && plannedOf(thread, found)),
  })
}

/** What a repair plan records of a difference: nothing if it was not read again. */
function plannedOf(
  { setup, comparer, origins }: Thread,
  { key, master, replica, unconfirmed }: Found,
): { readonly planned?: Planned } {
  if (setup.planning === 'nothing') return {}
  const origin = origins.originOf(key)
  const keys = origin === undefined ? {} : { masterKey: JSON.parse(origin) as WireItem }
  if (unconfirmed) return { planned: keys }
  const item = (found: FoundItem | undefined) =>
    found === undefined ? null : parseItem(found.page, found.item)
  const seen = digestsOf({ master, replica }, comparer)
  if (setup.planning === 'digests') return { planned: { ...keys, seen } }
  return { planned: { ...keys, seen, items: { master: item(master), replica: item(replica) } } }
}
