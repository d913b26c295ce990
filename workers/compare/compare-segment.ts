/**
 * Compares one segment, from where it was left to its end. The master's pages are read once and
 * compared with every replica; each replica has its own pace, and fails alone.
 */

import type { ReadableTable } from '../../lib/dynamo/item-table.ts'
import type { ScanSlice } from '../../lib/dynamo/scan.ts'
import type { ScanPage } from '../../lib/item/bytes/scan-answer.ts'
import type { Cursor } from '../../lib/model/files/segment-record.ts'
import type { TableIndex } from '../../lib/model/tables/table.ts'
import { type Tally, zeroTally } from '../../lib/model/tally.ts'
import type { CompareTask, SegmentReport } from '../../lib/protocol/tasks.ts'
import type { SegmentControl } from '../coordinator.ts'
import { MasterCounter } from '../counting.ts'
import { type ReplicaTask, replicaTaskOf } from '../replica-task.ts'
import { TaskEnd } from '../tasks/task-end.ts'
import type { Thread } from '../thread-context.ts'
import { compareReplica, type Stride } from './compare-replica.ts'
import { Advance } from './scan-advance.ts'
import { cursorAfter, PageScan, type PageSource, SharedPages } from './segment-pages.ts'

export async function compareSegment(
  task: CompareTask,
  thread: Thread,
  control: SegmentControl,
): Promise<SegmentReport> {
  const { replicas, from } = task
  const tally: Tally = {
    master: { ...task.master },
    replicas: { ...zeroTally(replicas).replicas, ...talliesOf(from) },
  }
  const pages = sharedMasterPages(task, thread, tally)
  const end = new TaskEnd()

  await Promise.all(
    replicas.map(async (replica) => {
      const replicaTask = replicaTaskOf(replica, task, thread, control, tally)
      await end.run(replicaTask, () =>
        compareReplica(task, replicaTask, strideOf(replica, replicaTask)),
      )
      control.partEnded(replica)
      pages.leave(replica)
    }),
  )
  await control.allTold()
  return end.report(tally)

  function strideOf(replica: TableIndex, replicaTask: ReplicaTask): Stride {
    return {
      from: from[replica] as Stride['from'],
      master: readerOf(pages, replica, replicaTask, task),
      openReplica: (cursor) => replicaScan(task, replicaTask, cursor),
      isOver: () => replicaTask.isOver(),
      async onPause(settle) {
        control.progress(tally)
        // A replica that was detached starts again from its last record.
        if (control.isDetached(replica) || !control.isRecordDue(replica)) return
        const record = await settle()
        if (replicaTask.wasCutShort) return
        await control.keep(replica, record)
      },
      onOrdersDiffer: () => control.ordersDiffer(replica),
    }
  }
}

/** Those whose keys cannot be told are on no page, and count all the same. */
const itemsIn = ({ count, nameless = [] }: ScanPage) => count + nameless.length

const talliesOf = (from: CompareTask['from']) =>
  Object.fromEntries(Object.entries(from).map(([replica, { tally }]) => [replica, { ...tally }]))

function sharedMasterPages(task: CompareTask, thread: Thread, tally: Tally): SharedPages {
  const slice = sliceOf(task, thread)
  const counter = new MasterCounter(tally.master)
  let wanted = task.first === undefined ? undefined : task.first - task.master.scanned
  const read = async (after: string | undefined) => {
    const some = wanted === undefined ? slice : { ...slice, wanted }
    const page = await thread.master.scanPage(some, after)
    if (wanted !== undefined) wanted -= itemsIn(page)
    counter.read(page.readUnits)
    for (const replica of task.replicas) thread.budget.scanned(replica, page.readUnits)
    page.shareAmong?.(task.replicas.length)
    return page
  }
  const from = task.from[task.replicas[0] ?? 0]?.master ?? 'start'
  const count = (page: ScanPage) => {
    counter.scanned(itemsIn(page))
  }
  const scan = new PageScan(read, from, count, advanceOf(thread.master, thread))
  scan.begin()
  return new SharedPages(scan.next, task.replicas)
}

/** The master's pages for one reader, with how far it has come. */
function readerOf(
  pages: SharedPages,
  replica: TableIndex,
  { count }: ReplicaTask,
  task: CompareTask,
): PageSource {
  const from = task.from[replica]?.master ?? 'start'
  const reader = {
    before: from,
    after: from,
    async next() {
      const page = await pages.next(replica)
      count.offered(page === undefined ? 0 : itemsIn(page))
      reader.before = reader.after
      reader.after = cursorAfter(page)
      return page
    },
  }
  return reader
}

function replicaScan(task: CompareTask, replicaTask: ReplicaTask, from: Cursor): PageScan {
  const { thread, count, replica, client } = replicaTask
  const slice = sliceOf(task, thread)
  const read = async (after: string | undefined) => {
    const page = await client.table.scanPage(slice, after)
    count.read(page.readUnits)
    thread.budget.scanned(replica, page.readUnits)
    return page
  }
  const onPage = (page: ScanPage) => count.scanned(page.count)
  return new PageScan(read, from, onPage, advanceOf(client.table, thread))
}

const advanceOf = ({ access }: ReadableTable, { setup }: Thread) =>
  new Advance(access, setup.timeouts.stallLimit)

function sliceOf({ segment, totalSegments }: CompareTask, { setup }: Thread): ScanSlice {
  const { consistentRead, scanLimit } = setup
  const slice = { segment, totalSegments, consistent: consistentRead }
  return scanLimit === undefined ? slice : { ...slice, limit: scanLimit }
}
