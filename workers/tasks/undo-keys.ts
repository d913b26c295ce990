/** Restores what a replica held before writes of ours, if it still holds what they left. */

import { isUnread, type Unread } from '../../lib/dynamo/lookup-result.ts'
import { isEnded } from '../../lib/dynamo/request/request-errors.ts'
import { parseItem } from '../../lib/item/compare.ts'
import { canonicalKeyOfText } from '../../lib/item/key.ts'
import { WHOLE } from '../../lib/item/places/compared.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { SeenItem } from '../../lib/model/pending-recheck.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { UndoKey, UndoTask } from '../../lib/protocol/tasks.ts'
import { foundUnread } from '../repair/outcomes.ts'
import type { Repair } from '../repair/repair.ts'
import { doneBefore } from '../repair/repair-aim.ts'
import { intentOf, type ReplicaTask } from '../replica-task.ts'
import type { Aim, Next } from '../write/aim.ts'
import { converge } from '../write/converge.ts'
import { deleting, type PreparedWrite, putting, updating } from '../write/prepared-write.ts'
import { targetOf } from './first-content.ts'
import { type KeyWork, keyTask, listedKeys } from './key-task.ts'

/** What the replica holds under a key. Undefined: no item. */
type OnReplica = WireItem | Unread | undefined

export const undoKeys = keyTask(undoing)

function undoing(
  { keys }: UndoTask,
  replicaTask: ReplicaTask,
  repair: Repair,
): KeyWork<UndoKey, OnReplica> {
  return {
    ...listedKeys(replicaTask),
    keys,
    read: (texts) => readReplica(replicaTask, texts),
    end: (undo, seen) => undoOne(replicaTask, repair, undo, seen),
  }
}

async function readReplica(
  { client, count, schema }: ReplicaTask,
  keys: readonly string[],
): Promise<(key: string) => OnReplica> {
  const onReplica = await client.table.lookUp(keys, { consistent: true })
  count.read(onReplica.readUnits)
  return (key) => {
    const item = onReplica.at(canonicalKeyOfText(key, schema))
    return item === undefined || isUnread(item) ? item : parseItem(item.page, item.item)
  }
}

async function undoOne(
  replicaTask: ReplicaTask,
  { outcomes, claims }: Repair,
  undo: UndoKey,
  seen: OnReplica,
): Promise<undefined> {
  const { thread, count, isOver } = replicaTask
  const { key, steps } = undo
  const now = isUnread(seen) ? null : (seen ?? null)
  const kind = intentOf(replicaTask, key)?.kind ?? kindOf(now, steps[0]?.before ?? null)
  const found = foundUnread(kind, key)
  if (isUnread(seen)) return outcomes.unread({ key, looks: kind }, seen)
  const aim = undoAim(replicaTask, undo, kind)
  const isToWrite = 'write' in (await aim.next(now, aim.isHalfWay(now)))
  if (isToWrite && (!claims.isAllowed(kind, key) || isOver() || !thread.setup.write[kind])) {
    count.state(kind)
    if (thread.setup.write[kind]) await outcomes.cutShort(found)
    else await outcomes.left(found)
    return
  }
  try {
    const { ending, lost } = await converge(replicaTask, now, aim)
    await outcomes.undone(found, ending)
    if (lost !== undefined) throw lost
  } catch (error) {
    if (!isEnded(error)) throw error
    count.state(kind)
    await outcomes.cutShort(found)
  }
}

/** The replica's item; null: it has none. */
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
    // A half-way item is either as our own write left it, or somebody has changed it since.
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

/** The kind of difference between the item now and before. */
function kindOf(now: WireItem | null, before: WireItem | null): DifferenceKind {
  if (before === null) return 'extra'
  return now === null ? 'missing' : 'differing'
}

interface BringingBack {
  readonly key: string
  readonly now: Now
  readonly target: WireItem | null
}

/** Compares attributes, not a version: the item must be what we left, whoever wrote it. */
function bringingBack(replicaTask: ReplicaTask, { key, now, target }: BringingBack): PreparedWrite {
  const { schema } = replicaTask
  const shape = { schema, compared: WHOLE }
  if (target === null && now !== null) return deleting(replicaTask, { key, seen: now, shape })
  if (target === null) throw new Error('nothing to bring back')
  if (now === null) {
    return putting(replicaTask, { key, item: JSON.stringify(target), isAlone: true })
  }
  return updating(replicaTask, { key, wanted: target, seen: now, shape })
}
