/**
 * Puts missing items of a quiet table without a condition, as many to a request as it takes. A job,
 * a turn and a message for each item would take more than its share of the request. Items that a
 * group does not get put are put one by one.
 */

import { passing } from '../../lib/diagnostics.ts'
import { MOST_BYTES, MOST_ITEMS, type PutEnd } from '../../lib/dynamo/batch-put.ts'
import type { FoundItem } from '../../lib/dynamo/lookup-result.ts'
import { isEnded, mayPass } from '../../lib/dynamo/request/request-errors.ts'
import { itemText } from '../../lib/item/compare.ts'
import { withoutOrigin } from '../../lib/item/key-origin.ts'
import { itemEnd, itemStart } from '../../lib/item/page.ts'
import { settleEach } from '../concurrency/settle-all.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { type Found, failed } from '../verify/ending.ts'
import { withoutReplication } from '../write/prepared-write.ts'
import type { Repair } from './repair.ts'
import { OLD_MS } from './repair-writes.ts'

/** An item that the replica was found to lack. */
export interface MissingItem extends Found {
  readonly verdict: 'missing'
  readonly master: FoundItem
}

/** Counts items that were found missing just now, and puts them. */
export async function putInGroups(
  replicaTask: ReplicaTask,
  repair: Repair,
  founds: readonly MissingItem[],
): Promise<void> {
  if (founds.length === 0) return
  const readAt = performance.now()
  replicaTask.count.state('missing', founds.length)
  const allowed: MissingItem[] = []
  const others: MissingItem[] = []
  for (const found of founds) {
    const isClaimed = repair.claims.claim('missing', found.key)
    ;(isClaimed ? allowed : others).push(found)
  }
  // Items that are not on record are not put in groups; each says why when it is tried alone.
  let areRefused = !(await recorded(replicaTask, allowed))
  let failure: { readonly error: unknown } | undefined
  for (const group of groups(allowed)) {
    const isStale = performance.now() - readAt > OLD_MS
    const mayBePut = !areRefused && !isStale && !replicaTask.isOver()
    const open = mayBePut ? await putTogether(replicaTask, repair, group) : allOf(group)
    const oneByOne = settleEach(open, ({ found, ...how }) =>
      repair.writes.write(found, undefined, { readAt, ...how }),
    )
    await oneByOne.catch((error: unknown) => {
      failure ??= { error }
      areRefused = true
    })
  }
  // Only now, so that the allowed items are put first.
  if (others.length > 0) replicaTask.allowanceSpent()
  for (const found of others) await repair.outcomes.cutShort(found)
  if (failure !== undefined) throw failure.error
}

/** Settles when all puts are on record, with one message; false: they could not be recorded. */
async function recorded(
  { record, replica }: ReplicaTask,
  founds: readonly MissingItem[],
): Promise<boolean> {
  passing('about-to-write')
  const intents = founds.map(({ key }) => {
    return { replica, key: withoutOrigin(key), kind: 'missing' } as const
  })
  return record({ intents }).then(
    () => true,
    () => false,
  )
}

/** Divides items into groups of as many as one request takes. */
function* groups(founds: readonly MissingItem[]): Generator<readonly MissingItem[]> {
  let group: MissingItem[] = []
  let bytes = 0
  for (const found of founds) {
    const { page, item } = found.master
    group.push(found)
    bytes += itemEnd(page, item) - itemStart(page, item)
    if (group.length < MOST_ITEMS && bytes < MOST_BYTES) continue
    yield group
    group = []
    bytes = 0
  }
  if (group.length > 0) yield group
}

/** An item that is still to be put. */
interface Open {
  readonly found: MissingItem
  readonly mayHaveLanded: boolean
  /** Its batch was rejected as a whole, maybe because of one of its items. */
  readonly isAlone: boolean
}

const allOf = (group: readonly MissingItem[]): Open[] =>
  group.map((found) => ({ found, mayHaveLanded: false, isAlone: false }))

/** Puts a group with one request, and ends what was put. Returns what still has to be put. */
async function putTogether(
  replicaTask: ReplicaTask,
  repair: Repair,
  group: readonly MissingItem[],
): Promise<Open[]> {
  const { client, count } = replicaTask
  const items = group.map(({ master }) => withoutReplication(itemText(master.page, master.item)))
  const ends = await client.table.putTogether(items)
  const written: MissingItem[] = []
  const open: Open[] = []
  for (const [at, found] of group.entries()) {
    const end = ends[at] as PutEnd
    if (end.end === 'written') {
      written.push(found)
      count.wrote(end.writeUnits)
    } else if (end.end === 'unsure' && replicaTask.isOver()) {
      // It may have landed, so it is not reported as left.
      replicaTask.wasCutShort = true
      await repair.outcomes.conclude(failed(end.error), found)
    } else if (isEnded(end.error)) {
      await repair.outcomes.cutShort(found)
    } else {
      open.push({ found, mayHaveLanded: end.end === 'unsure', isAlone: !mayPass(end.error) })
    }
  }
  if (written.length > 0) client.streak.landed()
  await repair.outcomes.put(written)
  return open
}
