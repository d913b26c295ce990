/** Compares one replica in one segment by the run's strategy, from where it was left. */
import type { FoundItem } from '../../lib/dynamo/lookup-result.ts'
import { keyTextOf } from '../../lib/item/key.ts'
import type { Cursor, SegmentRecord } from '../../lib/model/files/segment-record.ts'
import { subtractReplicaTallies, zeroReplicaTally } from '../../lib/model/tally.ts'
import type { CompareTask } from '../../lib/protocol/tasks.ts'
import type { ReplicaTask } from '../replica-task.ts'
import { Triage } from '../suspects/triage.ts'
import { findExtras, itemsOf, lookUpOnReplica } from './key-lookup.ts'
import { march, type Whereabouts } from './march.ts'
import { nextUnlessEnded, type PageScan, type PageSource } from './segment-pages.ts'

/** What a comparison works with: its pages, when to end, and where to report how far it is. */
export interface Stride {
  /** The record to begin from. */
  readonly from: SegmentRecord
  readonly master: PageSource
  readonly openReplica: (from: Cursor) => PageScan
  /** Asked between pages. */
  readonly isOver: () => boolean
  /** Called between pages; if a record is due, calls `settle` to make it. */
  readonly onPause: (settle: () => Promise<SegmentRecord>) => Promise<void>
  readonly onOrdersDiffer: () => void
}

export async function compareReplica(
  task: CompareTask,
  replicaTask: ReplicaTask,
  stride: Stride,
): Promise<void> {
  const suspects = new Triage(replicaTask)
  try {
    await suspects.reopen(stride.from)
    await compareWith(suspects, task, replicaTask, stride)
    await suspects.settle()
  } finally {
    // Writes under way when something fails are still counted.
    await suspects.drain()
  }
}

async function compareWith(
  suspects: Triage,
  ...[task, replicaTask, stride]: Parameters<typeof compareReplica>
): Promise<void> {
  const { from, master, isOver } = stride
  let { strategy, pass } = from
  let replica = stride.openReplica(from.replica)
  /** Items of the replica's pages that a march has left for the extras pass. */
  let left: readonly FoundItem[] = []

  if (pass === 'master' && strategy === 'march') await marchAlong()
  if (pass === 'master' && strategy === 'lookup') await lookUpAll()
  if (replicaTask.wasCutShort || !task.findExtras) return
  const fromItsBeginning = task.startingKey !== undefined
  if (strategy === 'march' && !fromItsBeginning) return
  if (isOver()) return leaveHere()
  if (pass === 'master' && fromItsBeginning) replica = stride.openReplica('start')
  pass = 'extras'
  await findExtras(replicaTask, suspects, left)
  left = []
  await findAllExtras()

  async function marchAlong(): Promise<void> {
    replica.begin()
    const marched = await march(replicaTask, suspects, {
      pages: { master, replica },
      mayGoOver: task.mayGoOver,
      isOver,
      onPause: (whereabouts) => pause(whereabouts),
    })
    if (marched.end !== 'orders-differ') return
    strategy = 'lookup'
    suspects.orderIsBelied()
    stride.onOrdersDiffer()
    if (replicaTask.findExtras) left = marched.unmatched.replica
    else replicaTask.count.state('elsewhere', marched.unmatched.replica.length)
    await lookUpOnReplica(replicaTask, suspects, marched.unmatched.master)
  }

  async function lookUpAll(): Promise<void> {
    for (;;) {
      await pause(betweenPages)
      if (isOver()) return leaveHere()
      const page = await nextUnlessEnded(master)
      if (page === 'ended') return endHere()
      if (page === undefined) return
      for (const error of page.nameless ?? []) await suspects.nameless(error)
      await lookUpOnReplica(replicaTask, suspects, itemsOf(page))
    }
  }

  async function findAllExtras(): Promise<void> {
    for (;;) {
      await pause(betweenPages)
      if (isOver()) return leaveHere()
      const page = await nextUnlessEnded(replica)
      if (page === 'ended') return endHere()
      if (page === undefined) return
      await findExtras(replicaTask, suspects, itemsOf(page))
    }
  }

  /**
   * A request was not sent because the run is ending: the message to stop may arrive after this.
   */
  async function endHere(): Promise<void> {
    await pause(betweenPages)
    leaveHere()
  }

  function leaveHere(): void {
    replicaTask.wasCutShort = true
  }

  function betweenPages(): Whereabouts {
    const { schema } = replicaTask
    return {
      cursors: { master: master.after, replica: replica.after },
      unmatched: {
        master: [],
        replica: left.map(({ page, item }) => keyTextOf(page, item, schema)),
      },
      untaken: { master: 0, replica: 0 },
    }
  }

  async function pause(whereabouts: () => Whereabouts): Promise<void> {
    await stride.onPause(async () => {
      await suspects.flush()
      const { cursors, unmatched, untaken } = whereabouts()
      const notYet = { offered: untaken.master, scanned: untaken.replica }
      return {
        strategy,
        pass,
        ...cursors,
        unmatched,
        ...suspects.open,
        tally: subtractReplicaTallies(replicaTask.count.soFar, {
          ...zeroReplicaTally(),
          ...notYet,
        }),
      }
    })
  }
}
