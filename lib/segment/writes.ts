/** One write to a replica: put on record where it has to be, sent once, counted. */
import { absent, unchanged, updateTo } from '../dynamo/expressions.ts'
import { isFinalRefusal } from '../dynamo/failures.ts'
import type { WriteResult } from '../dynamo/write.ts'
import { asTablesyncError } from '../errors.ts'
import { itemText, parseItem } from '../item/compare.ts'
import type { KeyText } from '../item/key.ts'
import { isReplicationAttribute } from '../item/normalise.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { JournalEntry, JournalRefusal } from '../model/journal.ts'
import type { SeenItem } from '../model/sighting.ts'
import type { WireItem } from '../model/wire.ts'
import { passing } from '../protocol/points.ts'
import type { BothSides } from './both-sides.ts'
import type { Investigation } from './investigation.ts'

/** A write that went through: what it left on the replica. */
export interface Written {
  readonly key: KeyText
  readonly left: () => SeenItem
}

export type Attempt = WriteResult & {
  /** False where the item takes another write. */
  readonly complete: boolean
  /** Present: the condition could not compare all of the item. */
  readonly isPartial?: true
}

export interface ToWrite extends BothSides {
  readonly key: KeyText
  /** What it is counted as. Undefined: it is not counted. */
  readonly intends: DifferenceKind | undefined
}

/** One conditional write, one attempt. */
export async function write(
  investigation: Investigation,
  relation: DifferenceKind,
  { key, master, replica, intends }: ToWrite,
): Promise<Attempt> {
  const { door, schema, thread } = investigation
  const { put, update, delete: remove } = door.table.write
  const seen = replica && parseItem(replica.page, replica.item)
  const journaled = (after: () => WireItem | undefined) =>
    recordBefore(investigation, { key, before: seen, after, intends, relation })
  if (relation === 'extra' && seen !== undefined) {
    await journaled(() => undefined)
    const expression = unchanged(seen, thread.shape)
    return counted(investigation, key, await remove(key, expression), expression)
  }
  if (relation === 'missing' && master !== undefined) {
    const item = withoutReplication(itemText(master.page, master.item))
    await journaled(() => JSON.parse(item) as WireItem)
    if (thread.setup.putsInBatches) return putTogether(investigation, item)
    return counted(investigation, key, await put(item, absent(schema)), {})
  }
  if (master === undefined || seen === undefined) throw new Error('no item to compare with')
  const expression = updateTo(parseItem(master.page, master.item), seen, thread.shape)
  await journaled(() => expression.apply(seen))
  return counted(investigation, key, await update(key, expression), expression)
}

/** Where a request is refused whole, for one of its items maybe, each is put by itself. */
async function putTogether({ door, schema, tally }: Investigation, item: string): Promise<Attempt> {
  const { table } = door
  try {
    const writeUnits = await table.putInBatch(item)
    tally.writeUnits += writeUnits
    return { end: 'written', writeUnits, complete: true }
  } catch (thrown) {
    if (!isFinalRefusal(asTablesyncError(thrown))) throw thrown
  }
  const alone = await table.write.put(item, absent(schema))
  if (alone.end === 'written') tally.writeUnits += alone.writeUnits
  return { ...alone, complete: true }
}

async function counted(
  investigation: Investigation,
  key: KeyText,
  result: WriteResult,
  { complete = true, isPartial }: { readonly complete?: boolean; readonly isPartial?: true },
): Promise<Attempt> {
  const { tally, door, thread, record } = investigation
  passing('written')
  if (result.end === 'written') tally.writeUnits += result.writeUnits
  else if (thread.setup.isJournaled) {
    // Else an undo would take what somebody else has written there for ours.
    const refusal: JournalRefusal = {
      replica: door.table.access.label,
      key: JSON.parse(key) as WireItem,
      refused: true,
    }
    await record({ line: JSON.stringify(refusal) })
  }
  return { ...result, complete, ...(isPartial && { isPartial }) }
}

interface Change {
  readonly key: KeyText
  readonly before: WireItem | undefined
  /** Works out what the write leaves; undefined: no item. */
  readonly after: () => WireItem | undefined
  readonly intends: DifferenceKind | undefined
  readonly relation: DifferenceKind
}

/**
 * Settles when what is about to be written is on record, as far as it is to be.
 *
 * @throws TablesyncError with code `ENDED` for a deletion whose tables are not known to be the same any more
 */
async function recordBefore(
  { thread, door, record, replica }: Investigation,
  { key, before, after, intends, relation }: Change,
): Promise<void> {
  const { isJournaled, isResumable } = thread.setup
  const isIntended = isResumable && intends !== undefined
  const isDeletion = relation === 'extra'
  if (!isJournaled && !isIntended && !isDeletion) return
  const line = () => {
    const left = after()
    const entry: JournalEntry = {
      replica: door.table.access.label,
      key: JSON.parse(key) as WireItem,
      before: before ?? null,
      left: left === undefined ? null : thread.wholeDigest(left),
    }
    return JSON.stringify(entry)
  }
  passing('about-to-write')
  await record({
    ...(isJournaled && { line: line() }),
    ...(isIntended && { intents: [{ replica, key, kind: intends }] }),
    ...(isDeletion && { deletesFrom: replica }),
  })
}

/** The item as it came, unless it carries what old global tables keep beside it. */
export function withoutReplication(item: string): string {
  if (!item.includes('aws:rep:') && !item.includes('\\')) return item
  const members = Object.entries(JSON.parse(item) as WireItem)
  return JSON.stringify(
    Object.fromEntries(members.filter(([name]) => !isReplicationAttribute(name))),
  )
}
