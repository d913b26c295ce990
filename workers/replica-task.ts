/** One replica's part in one task: its tables, its counts, its way to the main thread. */

import type { ReadableTable } from '../lib/dynamo/item-table.ts'
import type { FoundItem } from '../lib/dynamo/lookup-result.ts'
import { parseItem } from '../lib/item/compare.ts'
import { type CanonicalKey, canonicalKeyOfText, type KeyText } from '../lib/item/key.ts'
import type { Intent } from '../lib/model/files/write-intent.ts'
import type { KeySchema, TableIndex } from '../lib/model/tables/table.ts'
import { type Tally, zeroReplicaTally } from '../lib/model/tally.ts'
import type { AboutToWrite, Finding } from '../lib/protocol/messages.ts'
import type { SegmentTask } from '../lib/protocol/tasks.ts'
import type { MaybePromise } from './concurrency/maybe-promise.ts'
import type { SegmentControl } from './coordinator.ts'
import { MasterCounter, ReplicaCounter } from './counting.ts'
import type { ReplicaClient, Thread } from './thread-context.ts'

export interface ReplicaTask {
  readonly thread: Thread
  readonly master: ReadableTable
  readonly replica: TableIndex
  readonly client: ReplicaClient
  readonly schema: KeySchema
  readonly count: ReplicaCounter
  readonly masterCount: MasterCounter
  readonly findExtras: boolean
  /** `later`: extras are noted, and deleted after all else. `now`: this is that deletion. */
  readonly deletions: 'later' | 'now'
  /** When it aborts, nothing new is begun. */
  readonly stopping: AbortSignal
  /** Writes that were about to be sent before, by key; results that match are our own doing. */
  readonly intents: Map<CanonicalKey, Intent>
  /** Whether a page, key or repair was left: the run is ending, or the replica has left the run. */
  wasCutShort: boolean
  /** Whether the run, or the replica's part in it, should end. */
  isOver(): boolean
  /** Settles when the write that is about to be sent is on record. */
  record(write: AboutToWrite): Promise<void>
  /** Stops the run: it would write more than it may. */
  allowanceSpent(): void
  /** Settles when there is room for more keys that wait for another look. */
  roomForSuspects(): MaybePromise
  /** Settles when the main thread has room for more. */
  tell(finding: Finding): MaybePromise
}

export function replicaTaskOf(
  replica: TableIndex,
  task: SegmentTask,
  thread: Thread,
  control: SegmentControl,
  tally: Tally,
): ReplicaTask {
  const { master } = thread
  return {
    thread,
    master,
    replica,
    client: thread.replicas.get(replica) as ReplicaClient,
    schema: master.access.keySchema,
    count: new ReplicaCounter(tally.replicas[replica] ?? zeroReplicaTally()),
    masterCount: new MasterCounter(tally.master),
    // A march from a starting key sees only some extras: they are left to a pass of their own.
    findExtras: task.kind !== 'compare' || (task.findExtras && task.startingKey === undefined),
    deletions: task.kind === 'delete' ? 'now' : 'later',
    intents: intentsOf(task, replica, master.access.keySchema),
    stopping: control.stopping,
    wasCutShort: false,
    isOver: () => control.stopping.aborted || control.isDetached(replica),
    record: control.record,
    allowanceSpent: control.allowanceSpent,
    roomForSuspects: control.roomForSuspects,
    tell(finding) {
      // The writes of one page may take minutes: report each of them, not only the page.
      control.progress(tally)
      return control.tell(finding)
    },
  }
}

/** Whether items of the master are left out, by a filter or a hook, as if it had deleted them. */
export const isFiltered = ({ master }: Pick<ReplicaTask, 'master'>): boolean =>
  master.access.filter !== undefined || master.access.leavesOut === true

/** Picks the replica's intents: a task of several replicas has those of all. */
function intentsOf(
  task: SegmentTask,
  replica: TableIndex,
  schema: KeySchema,
): ReplicaTask['intents'] {
  const intents = task.intents.filter((intent) => intent.replica === replica)
  return new Map(intents.map((intent) => [canonicalKeyOfText(intent.key, schema), intent]))
}

/** Whether a write whose thread died has left the item half-way, so that another must follow. */
export const isHalfWritten = (
  replicaTask: ReplicaTask,
  key: KeyText,
  replica: FoundItem | undefined,
): boolean => isAmong(replicaTask, intentOf(replicaTask, key)?.parts, replica)

/** Whether the item is what a write of ours leaves that was never reported. */
export const hasLanded = (
  replicaTask: ReplicaTask,
  key: KeyText,
  replica: FoundItem | undefined,
): boolean => isAmong(replicaTask, intentOf(replicaTask, key)?.leaves, replica)

function isAmong(
  { thread }: ReplicaTask,
  digests: readonly string[] | undefined,
  found: FoundItem | undefined,
): boolean {
  if (digests === undefined || found === undefined) return false
  return digests.includes(thread.digest(parseItem(found.page, found.item)))
}

/** The write of a key that was about to be sent before a thread or a run died. */
export function intentOf({ intents, schema }: ReplicaTask, key: KeyText): Intent | undefined {
  return intents.size === 0 ? undefined : intents.get(canonicalKeyOfText(key, schema))
}
