/**
 * Missing items of a quiet table, put as many to a request as it takes, without
 * a condition: a job, a lane and a message for each would take more than its
 * share of the request. What a group cannot put is put item by item.
 */
import { MOST_BYTES, MOST_ITEMS } from '../dynamo/batch-put.ts'
import { isEnded } from '../dynamo/failures.ts'
import type { FoundItem } from '../dynamo/lookup.ts'
import { asTablesyncError } from '../errors.ts'
import { itemText } from '../item/compare.ts'
import { itemEnd, itemStart } from '../item/page.ts'
import { passing } from '../protocol/points.ts'
import { eachEnded } from './all-ended.ts'
import { digestOf } from './both-sides.ts'
import { type Found, failed, tellEnding } from './endings.ts'
import type { Investigation } from './investigation.ts'
import { OLD_MS, type Repair } from './repair.ts'
import { withoutReplication } from './writes.ts'

/** An item that the replica was found to lack. */
export interface MissingItem extends Found {
  readonly verdict: 'missing'
  readonly master: FoundItem
}

/** Counts items that were found missing just now, and puts them. */
export async function putInGroups(
  investigation: Investigation,
  repair: Repair,
  founds: readonly MissingItem[],
): Promise<void> {
  if (founds.length === 0) return
  const readAt = performance.now()
  investigation.tally.missing += founds.length
  // What is not on record is not put; each by itself says why.
  let areRefused = !(await recorded(investigation, founds))
  let failure: { readonly error: unknown } | undefined
  for (const group of groups(founds)) {
    const isStale = performance.now() - readAt > OLD_MS
    const allowed: MissingItem[] = []
    const others: MissingItem[] = []
    for (const found of group) (repair.isAllowed('missing') ? allowed : others).push(found)
    const mayBePut = !areRefused && !isStale && !investigation.isOver()
    const arePut = mayBePut && (await putTogether(investigation, repair, allowed))
    if (!arePut) {
      const oneByOne = eachEnded(allowed, (found) => repair.write(found, undefined, readAt))
      await oneByOne.catch((error: unknown) => {
        failure ??= { error }
        areRefused = true
      })
    }
    for (const found of others) await repair.outcomes.tellCutShort(found)
  }
  if (failure !== undefined) throw failure.error
}

/** Settles when the puts are on record, all with one message; false: they could not be put there. */
async function recorded(
  { record, replica }: Investigation,
  founds: readonly MissingItem[],
): Promise<boolean> {
  passing('about-to-write')
  const intents = founds.map(({ key }) => ({ replica, key, kind: 'missing' }) as const)
  return record({ intents }).then(
    () => true,
    () => false,
  )
}

/** As many as one request takes. */
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

/** False: some were not put, or it is not known that they were, and they may be put again. */
async function putTogether(
  investigation: Investigation,
  repair: Repair,
  founds: readonly MissingItem[],
): Promise<boolean> {
  const { door, tally } = investigation
  if (founds.length === 0) return true
  const items = founds.map(({ master }) => withoutReplication(itemText(master.page, master.item)))
  try {
    const writeUnits = await door.table.putTogether(items)
    tally.writeUnits += writeUnits
  } catch (thrown) {
    const error = asTablesyncError(thrown)
    if (isEnded(error) || !investigation.isOver()) return false
    // Some may have landed: that is not told as left.
    investigation.wasCutShort = true
    for (const found of founds) await repair.outcomes.conclude(failed(error), found)
    return true
  }
  tally.written += founds.length
  await tellPut(investigation, founds)
  return true
}

async function tellPut(
  investigation: Investigation,
  founds: readonly MissingItem[],
): Promise<void> {
  const { thread, tell, replica } = investigation
  if (!thread.setup.tellDifferences) {
    await tell({ type: 'ended', replica, keys: founds.map(({ key }) => key) })
    return
  }
  for (const found of founds) {
    const left = () => digestOf(found.master, thread.comparer)
    await tellEnding(investigation, found, { action: 'written', left })
  }
}
