/** Brings back what a replica held before writes of ours, as far as it is still as they left it. */
import { absent, unchanged } from '../dynamo/expressions.ts'
import { isEnded, isPassing } from '../dynamo/failures.ts'
import { isUnread, type Unread } from '../dynamo/looked-up.ts'
import { pauseBeforeRetry } from '../dynamo/retry.ts'
import { asTablesyncError } from '../errors.ts'
import { parseItem } from '../item/compare.ts'
import { canonicalKeyOfText } from '../item/key.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { SeenItem } from '../model/sighting.ts'
import { zeroTally } from '../model/tally.ts'
import type { WireItem } from '../model/wire.ts'
import type { ReplicaFailure, SegmentReport, UndoKey, UndoTask } from '../protocol/messages.ts'
import { allEnded } from './all-ended.ts'
import { MAX_REFUSALS } from './attempts.ts'
import type { SegmentControl } from './control.ts'
import {
  COUNTED_AS,
  conflict,
  endsTable,
  failed,
  LEFT,
  type RepairEnding,
  tellEnding,
  unverified,
} from './endings.ts'
import { noteEnd } from './failing.ts'
import { type Investigation, investigationOf } from './investigation.ts'
import type { Thread } from './thread.ts'

const BATCH = 25

export async function undoWrites(
  task: UndoTask,
  thread: Thread,
  control: SegmentControl,
): Promise<SegmentReport> {
  const { replica, keys } = task
  const tally = zeroTally([replica])
  const investigation = investigationOf(replica, task, thread, control, tally)
  const failures: ReplicaFailure[] = []
  const batchSize = Math.min(BATCH, thread.setup.batchReadLimit)
  try {
    for (let at = 0; at < keys.length && !control.stopping.aborted; at += batchSize) {
      const batch = keys.slice(at, at + batchSize)
      const seen = await readReplica(
        investigation,
        batch.map(({ key }) => key),
      )
      await allEnded(batch.map((one) => undoOne(investigation, one, seen(one.key))))
      control.progress(tally)
    }
  } catch (error) {
    noteEnd(error, investigation, failures)
  }
  await control.allTold()
  const isCutShort = control.stopping.aborted || investigation.wasCutShort
  return { tally, end: isCutShort ? 'stopped' : 'finished', failures }
}

async function readReplica(
  { door, tally, schema }: Investigation,
  keys: readonly string[],
): Promise<(key: string) => WireItem | Unread | undefined> {
  const onReplica = await door.table.lookUp(keys, { consistent: true })
  tally.readUnits += onReplica.readUnits
  return (key) => {
    const item = onReplica.at(canonicalKeyOfText(key, schema))
    return item === undefined || isUnread(item) ? item : parseItem(item.page, item.item)
  }
}

async function undoOne(
  investigation: Investigation,
  { key, steps }: UndoKey,
  seen: WireItem | Unread | undefined,
): Promise<void> {
  const { thread, tally, isOver, allowanceSpent, stopping } = investigation
  const { maxRetries, retryDelayBase } = thread.setup.patience
  const digestOf = (item: WireItem | null) => (item === null ? null : thread.wholeDigest(item))
  let now = isUnread(seen) ? null : (seen ?? null)
  const kind = kindOf(now, steps[0]?.before ?? null)
  const end = async (ending: RepairEnding | typeof LEFT) => {
    // What has changed since, or cannot be read, is a state of its own, and no difference to end.
    if (ending.action !== 'changed' && ending.action !== 'unverified') tally[kind]++
    if (ending.action !== 'none') tally[COUNTED_AS[ending.action]]++
    const found = { verdict: kind, key, master: undefined, replica: undefined } as const
    await tellEnding(investigation, found, ending)
  }
  if (isUnread(seen)) return end(unverified(seen))
  let refusals = 0
  for (let retries = 0; ; retries++) {
    const target = targetOf(steps, digestOf(now), digestOf)
    if (target === 'there') return end(retries === 0 ? { action: 'resolved' } : DONE[kind])
    if (target === 'changed') return end({ action: 'changed', error: CHANGED })
    if (retries === 0 && !thread.allowance.claim()) {
      allowanceSpent()
      return end(LEFT)
    }
    if (refusals > MAX_REFUSALS) return end(conflict(true))
    if (isOver() || !thread.setup.write[kind]) return end(LEFT)
    try {
      const result = await bringBack(investigation, key, now, target)
      if (result.end === 'written') {
        tally.writeUnits += result.writeUnits
        return end(DONE[kind])
      }
      refusals++
    } catch (thrown) {
      const error = asTablesyncError(thrown)
      if (isEnded(error)) return end(LEFT)
      if (endsTable(error) || !isPassing(error) || retries >= maxRetries) {
        await end(failed(error))
        if (endsTable(error)) throw error
        return
      }
      await pauseBeforeRetry(retryDelayBase, retries, stopping)
    }
    const read = (await readReplica(investigation, [key]))(key)
    if (isUnread(read)) return end(unverified(read))
    now = read ?? null
  }
}

const CHANGED = 'it has changed since, and is left as it is'

const DONE = {
  missing: { action: 'written', left: () => null },
  differing: { action: 'written', left: () => null },
  extra: { action: 'deleted', left: () => null },
} as const

/** What the item is to what it was. */
function kindOf(now: WireItem | null, before: WireItem | null): DifferenceKind {
  if (before === null) return 'extra'
  return now === null ? 'missing' : 'differing'
}

/**
 * What the first write found, followed back from what is there now through each
 * write that led to it. Entries that do not lead on were refused.
 */
export function targetOf(
  steps: UndoKey['steps'],
  now: SeenItem,
  digestOf: (item: WireItem | null) => SeenItem,
): WireItem | null | 'there' | 'changed' {
  let at = steps.length - 1
  while (at >= 0 && steps[at]?.left !== now) at--
  if (at < 0) return digestOf(steps[0]?.before ?? null) === now ? 'there' : 'changed'
  let target = steps[at]?.before ?? null
  for (at--; at >= 0; at--) {
    const step = steps[at]
    if (step !== undefined && step.left === digestOf(target)) target = step.before
  }
  return digestOf(target) === now ? 'there' : target
}

function bringBack(
  { door, thread, schema }: Investigation,
  key: string,
  now: WireItem | null,
  target: WireItem | null,
) {
  const { put, delete: remove } = door.table.write
  // By its attributes, and not by a version: it has to be what we left, whoever wrote it.
  const asNow = now && unchanged(now, { ...thread.shape, version: undefined })
  if (target === null && asNow !== null) return remove(key, asNow)
  return put(JSON.stringify(target), asNow ?? absent(schema))
}
