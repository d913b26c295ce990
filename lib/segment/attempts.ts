/**
 * One difference brought to its end: a conditional write, and where that is
 * refused or lost, both sides read again before the next.
 *
 * Nothing here can write to the master.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { absent, unchanged, updateTo } from '../dynamo/expressions.ts'
import { isPassing } from '../dynamo/failures.ts'
import type { FoundItem } from '../dynamo/lookup.ts'
import { retryDelay } from '../dynamo/retry.ts'
import type { WriteResult } from '../dynamo/write.ts'
import { asTablesyncError, type TablesyncError } from '../errors.ts'
import { itemText, parseItem, sameBytes } from '../item/compare.ts'
import type { KeyText } from '../item/key.ts'
import { isReplicationAttribute } from '../item/normalise.ts'
import { isNewer } from '../item/version.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { JournalEntry } from '../model/journal.ts'
import type { SeenItem } from '../model/sighting.ts'
import type { Milliseconds } from '../model/units.ts'
import type { WireItem } from '../model/wire.ts'
import { checkedLine } from '../protocol/checked-line.ts'
import { type BothSides, digestsOf, lookUpBothSides } from './both-sides.ts'
import type { Found, RepairEnding } from './endings.ts'
import { hasExpired } from './expiry.ts'
import type { Investigation } from './investigation.ts'
import { relationOf, type SeenSides } from './verdict.ts'

/** Refused conditions in a row after which an item is left as a conflict. */
const MAX_REFUSALS = 5

export interface Wanted {
  /** Whether a write is wanted that would end a difference of this kind. */
  isWanted(kind: DifferenceKind, seen: SeenSides): boolean
  /** Refused conditions after which the item is left. @default 5 */
  readonly maxRefusals?: number
}

/**
 * Writes until the replica equals the master. Every write is one attempt, on
 * condition that the replica is as it was read; a second one begins with
 * reading both sides again.
 *
 * @throws TablesyncError of scope `table` or `run`: no other item would fare better
 */
export async function bringAbout(
  investigation: Investigation,
  found: Found,
  { isWanted, maxRefusals = MAX_REFUSALS }: Wanted,
): Promise<RepairEnding> {
  const { thread, isOver, stopping } = investigation
  const { maxRetries, retryDelayBase } = thread.setup.patience
  let sides: BothSides = found
  let refusals = 0
  /** Whether each refused condition was seen to hold before and after. */
  let heldAllTheSame = true
  let retries = 0
  let trouble: TablesyncError | undefined
  // After a lost answer a write may have landed: then "nothing left to do" is our own doing.
  let done: 'resolved' | 'written' | 'deleted' = 'resolved'
  let partly: { readonly isPartial?: true } = {}
  for (;;) {
    const seen = digestsOf(sides, thread.comparer)
    const relation = await relationUnderRules(investigation, sides)
    if (relation === 'sameAs') {
      return done === 'resolved'
        ? { action: done }
        : { action: done, left: seen.replica, ...partly }
    }
    if (trouble !== undefined && isOver()) return failed(trouble)
    // It has become another kind of difference, whose repair was not asked for.
    if (!isWanted(relation, seen)) return { action: 'conflict' }
    if (replicaIsNewer(investigation, sides)) return NEWER
    try {
      const result = await write(investigation, relation, { ...sides, key: found.key })
      if (result.isPartial) partly = { isPartial: true }
      if (result.end === 'refused') {
        refusals++
        if (refusals > maxRefusals) return conflict(heldAllTheSame)
      } else if (result.complete) {
        const action = relation === 'extra' ? 'deleted' : 'written'
        return { action, left: seen.master, ...partly }
      } else {
        done = 'written'
      }
    } catch (thrown) {
      const error = asTablesyncError(thrown)
      if (endsTable(error)) throw error
      if (!isPassing(error) || retries >= maxRetries) return failed(error)
      trouble = error
      done = relation === 'extra' ? 'deleted' : 'written'
      await pause(retryDelay(retryDelayBase, retries++), stopping)
    }
    const now = (await lookUpBothSides(investigation, [found.key]))(found.key)
    heldAllTheSame &&= isSame(sides.replica, now.replica)
    sides = now
  }
}

/** Whether the replica has a later version than the master, by the attribute that tells. */
export function replicaIsNewer({ thread }: Investigation, { master, replica }: BothSides): boolean {
  const { version } = thread.shape
  if (version === undefined || master === undefined || replica === undefined) return false
  const itsItem = parseItem(replica.page, replica.item)
  return isNewer(itsItem, parseItem(master.page, master.item), version)
}

const NEWER: RepairEnding = {
  action: 'conflict',
  error: 'the replica has a newer version: --newer-wins leaves it at that',
}

/** What the sides are to each other, where the user's rules have a say in it. */
export async function relationUnderRules(
  investigation: Investigation,
  { master, replica }: BothSides,
): Promise<DifferenceKind | 'sameAs'> {
  const { thread } = investigation
  const relation = relationOf(digestsOf({ master, replica }, thread.comparer))
  // As good as absent from both.
  if (relation !== 'sameAs' && hasExpired(investigation, { master, replica })) return 'sameAs'
  if (relation !== 'differing' || master === undefined || replica === undefined) return relation
  return (await thread.rules.differ(master, replica)) ? 'differing' : 'sameAs'
}

type Attempt = WriteResult & {
  /** False where the item takes another write. */
  readonly complete: boolean
  /** Present: the condition could not compare all of the item. */
  readonly isPartial?: true
}

/** One conditional write, one attempt. */
export async function write(
  investigation: Investigation,
  relation: DifferenceKind,
  { key, master, replica }: BothSides & { readonly key: KeyText },
): Promise<Attempt> {
  const { door, schema, thread } = investigation
  const { put, update, delete: remove } = door.table.write
  const seen = replica && parseItem(replica.page, replica.item)
  const journaled = (after: () => WireItem | undefined) =>
    recordBefore(investigation, { key, before: seen, after })
  if (relation === 'extra' && seen !== undefined) {
    await journaled(() => undefined)
    const expression = unchanged(seen, thread.shape)
    return counted(investigation, await remove(key, expression), expression)
  }
  if (relation === 'missing' && master !== undefined) {
    const item = withoutReplication(itemText(master.page, master.item))
    if (thread.setup.putsInBatches) return putTogether(investigation, item)
    await journaled(() => JSON.parse(item) as WireItem)
    return counted(investigation, await put(item, absent(schema)), {})
  }
  if (master === undefined || seen === undefined) throw new Error('no item to compare with')
  const expression = updateTo(parseItem(master.page, master.item), seen, thread.shape)
  await journaled(() => expression.apply(seen))
  return counted(investigation, await update(key, expression), expression)
}

/** Where a request is refused whole, for one of its items maybe, each is put by itself. */
async function putTogether({ door, schema, tally }: Investigation, item: string): Promise<Attempt> {
  const { table } = door
  const alone = (thrown: unknown) => {
    if (asTablesyncError(thrown).code !== 'SERVICE') throw thrown
    return table.write.put(item, absent(schema))
  }
  const result = await table
    .putInBatch(item)
    .then((writeUnits): WriteResult => ({ end: 'written', writeUnits }), alone)
  if (result.end === 'written') tally.writeUnits += result.writeUnits
  return { ...result, complete: true }
}

function counted(
  { tally }: Investigation,
  result: WriteResult,
  { complete = true, isPartial }: { readonly complete?: boolean; readonly isPartial?: true },
): Attempt {
  if (result.end === 'written') tally.writeUnits += result.writeUnits
  return { ...result, complete, ...(isPartial && { isPartial }) }
}

interface Change {
  readonly key: KeyText
  readonly before: WireItem | undefined
  /** Works out what the write leaves; undefined: no item. */
  readonly after: () => WireItem | undefined
}

/** Settles when what the replica held is on disk, where it is to be kept. */
async function recordBefore(
  { thread, door, record }: Investigation,
  { key, before, after }: Change,
): Promise<void> {
  if (!thread.setup.isJournaled) return
  const left = after()
  const entry: JournalEntry = {
    replica: door.table.access.label,
    key: JSON.parse(key) as WireItem,
    before: before ?? null,
    left: left === undefined ? null : thread.wholeDigest(left),
  }
  await record(checkedLine(entry))
}

/** Whether no other item of the table would fare better. */
export const endsTable = ({ scope }: TablesyncError) => scope === 'table' || scope === 'run'

export const failed = (error: TablesyncError): RepairEnding => ({
  action: 'failed',
  error: error.message,
})

/** The item kept changing, or the engine refuses whatever is asked. */
function conflict(heldAllTheSame: boolean): RepairEnding {
  const error = 'a condition was refused that holds: the engine may not compare maps and lists'
  return { action: 'conflict', ...(heldAllTheSame && { error }) }
}

function isSame(before: FoundItem | undefined, now: FoundItem | undefined): boolean {
  if (before === undefined || now === undefined) return before === now
  return sameBytes(before.page, before.item, now.page, now.item)
}

/** Shorter where the run is to end. */
async function pause(delay: Milliseconds, stopping: AbortSignal): Promise<void> {
  await sleep(delay, undefined, { signal: stopping }).catch(() => {})
}

/** The item as it came, unless it carries what old global tables keep beside it. */
function withoutReplication(item: string): string {
  if (!item.includes('aws:rep:') && !item.includes('\\')) return item
  const members = Object.entries(JSON.parse(item) as WireItem)
  return JSON.stringify(
    Object.fromEntries(members.filter(([name]) => !isReplicationAttribute(name))),
  )
}

/** A write that went through: what it left on the replica. */
export interface Written {
  readonly key: KeyText
  readonly left: SeenItem
}
