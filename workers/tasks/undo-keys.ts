/** Brings back what a replica held before writes of ours, as far as it is still as they left it. */

import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import { isEnded } from '../../lib/dynamo/request/request-errors.ts'
import { parseItem } from '../../lib/item/compare.ts'
import { canonicalKeyOfText } from '../../lib/item/key.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { SeenItem } from '../../lib/model/pending-recheck.ts'
import { zeroTally } from '../../lib/model/tally.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type {
  ReplicaFailure,
  SegmentReport,
  UndoKey,
  UndoTask,
} from '../../lib/protocol/messages.ts'
import type { SegmentControl } from '../coordinator.ts'
import { noteEnd } from '../failing.ts'
import type { Aim, Next } from '../repair/aim.ts'
import { converge } from '../repair/converge.ts'
import { deleting, type PreparedWrite, putting, updating } from '../repair/prepared-write.ts'
import { doneBefore } from '../repair/repair-aim.ts'
import { tellEnding } from '../repair/told-differences.ts'
import { intentOf, investigationOf, type ReplicaTask } from '../replica-task.ts'
import { settleAll } from '../settle-all.ts'
import type { Thread } from '../thread-context.ts'
import { COUNTED_AS, LEFT, type RepairEnding, unverified } from '../verify/ending.ts'

const BATCH = 25

export async function undoWrites(
  task: UndoTask,
  thread: Thread,
  control: SegmentControl,
): Promise<SegmentReport> {
  const { replica } = task
  const tally = zeroTally([replica])
  const replicaTask = investigationOf(replica, task, thread, control, tally)
  const failures: ReplicaFailure[] = []
  const batchSize = Math.min(BATCH, thread.setup.batchReadLimit)
  try {
    for (let at = 0; at < task.keys.length && !control.stopping.aborted; at += batchSize) {
      const batch = task.keys.slice(at, at + batchSize)
      replicaTask.tally.offered += batch.length
      const keys = batch.map(({ key }) => key)
      const seen = await readReplica(replicaTask, keys).catch((error: unknown) => {
        replicaTask.tally.unverified += keys.length
        throw error
      })
      await settleAll(batch.map((one) => undoOne(replicaTask, one, seen(one.key))))
      control.progress(tally)
    }
  } catch (error) {
    noteEnd(error, replicaTask, failures)
  }
  await control.allTold()
  const isCutShort = control.stopping.aborted || replicaTask.wasCutShort
  return { tally, end: isCutShort ? 'stopped' : 'finished', failures }
}

async function readReplica(
  { door, tally, schema }: ReplicaTask,
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
  replicaTask: ReplicaTask,
  undo: UndoKey,
  seen: WireItem | Unread | undefined,
): Promise<void> {
  const { thread, tally, isOver } = replicaTask
  const { key, steps } = undo
  const now = isUnread(seen) ? null : (seen ?? null)
  const intent = intentOf(replicaTask, key)
  const kind = intent?.kind ?? kindOf(now, steps[0]?.before ?? null)
  const end = async (ending: RepairEnding | typeof LEFT) => {
    // What has changed since, or cannot be read, is a state of its own, and no difference to end.
    if (ending.action !== 'changed' && ending.action !== 'unverified') tally[kind]++
    if (ending.action !== 'none') tally[COUNTED_AS[ending.action]]++
    const found = { verdict: kind, key, master: undefined, replica: undefined } as const
    await tellEnding(replicaTask, found, ending)
  }
  if (isUnread(seen)) return end(unverified(seen))
  const aim = undoAim(replicaTask, undo, kind)
  const isToWrite = 'write' in (await aim.next(now, aim.isHalfWay(now)))
  if (isToWrite && (!isAllowed(replicaTask, key) || isOver() || !thread.setup.write[kind])) {
    return end(LEFT)
  }
  try {
    const { ending, lost } = await converge(replicaTask, now, aim)
    await end(ending)
    if (lost !== undefined) throw lost
  } catch (error) {
    if (!isEnded(error)) throw error
    replicaTask.wasCutShort = true
    await end(LEFT)
  }
}

/** Whether one write more may be made; if not, the run stops. */
function isAllowed(replicaTask: ReplicaTask, key: string): boolean {
  if (intentOf(replicaTask, key) !== undefined) return true
  if (replicaTask.thread.allowance.claim()) return true
  replicaTask.allowanceSpent()
  return false
}

/** The item as the replica has it; null: it has none. */
type Now = WireItem | null

function undoAim(
  replicaTask: ReplicaTask,
  { key, steps }: UndoKey,
  kind: DifferenceKind,
): Aim<Now> {
  const { thread } = replicaTask
  const digestOf = (item: Now) => (item === null ? null : thread.wholeDigest(item))
  const parts = new Set(intentOf(replicaTask, key)?.parts)
  let begun: SeenItem | undefined
  return {
    intends: kind,
    doneBefore: doneBefore(intentOf(replicaTask, key)?.kind),
    wasInParts: parts.size > 0,
    isHalfWay: (now) => now !== null && parts.has(thread.digest(now)),
    next,
    read: async () => (await readReplica(replicaTask, [key]))(key) ?? null,
    isSame: (before, now) => digestOf(before) === digestOf(now),
    replicaIn: (now) => now ?? undefined,
  }

  async function next(now: Now, isHalfWay: boolean): Promise<Next> {
    const seen = digestOf(now)
    // Half-way it is as our own write has left it, or somebody has changed that.
    const isOurs = isHalfWay && now !== null && parts.has(thread.digest(now))
    const from = isOurs ? (begun ?? steps.at(-1)?.left ?? null) : seen
    begun = from
    const target = targetOf(steps, from, digestOf)
    if (target === 'there') return { settled: () => null }
    if (target === 'changed') return { ending: { action: 'changed', error: CHANGED } }
    const write = bringingBack(replicaTask, { key, now, target })
    const left = write.after()
    if (write.isPart && left !== undefined) parts.add(thread.digest(left))
    return { write, left: () => null }
  }
}

const CHANGED = 'it has changed since, and is left as it is'

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

interface BringingBack {
  readonly key: string
  readonly now: Now
  readonly target: WireItem | null
}

/** By its attributes, and not by a version: it has to be what we left, whoever wrote it. */
function bringingBack(replicaTask: ReplicaTask, { key, now, target }: BringingBack): PreparedWrite {
  const { schema } = replicaTask
  const shape = { schema, isIgnored: () => false }
  if (target === null && now !== null) return deleting(replicaTask, { key, seen: now, shape })
  if (target === null) throw new Error('nothing to bring back')
  if (now === null) {
    return putting(replicaTask, { key, item: JSON.stringify(target), isAlone: true })
  }
  return updating(replicaTask, { key, wanted: target, seen: now, shape })
}
