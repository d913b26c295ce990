/**
 * One segment, start to end: the master's pages read once and compared with
 * every replica, each at its own stride and with its own fate.
 */
import type { ScanOnePage, ScanSlice } from '../dynamo/scan.ts'
import type { ReadableTable } from '../dynamo/table.ts'
import type { TableIndex } from '../model/table.ts'
import { type Tally, zeroTally } from '../model/tally.ts'
import type { CompareTask, ReplicaFailure, SegmentReport } from '../protocol/messages.ts'
import { toWire } from '../protocol/wire-error.ts'
import { compareReplica, type Stride } from './compare-replica.ts'
import type { SegmentControl } from './control.ts'
import { type Investigation, investigationOf } from './investigation.ts'
import { readAhead, SharedPages } from './pages.ts'
import { SettledKeys } from './settled-keys.ts'
import type { Thread } from './thread.ts'

/** Failures are part of the report: what was counted before them is not lost. */
export async function compareSegment(
  task: CompareTask,
  thread: Thread,
  control: SegmentControl,
): Promise<SegmentReport> {
  const tally = zeroTally(task.replicas)
  const settled = new SettledKeys(task.replicas, (key) => control.progress(tally, key))
  const pages = sharedMasterPages(task, thread, tally)
  const failures: ReplicaFailure[] = []

  await Promise.all(
    task.replicas.map(async (replica) => {
      const investigation = investigationOf(replica, task, thread, control, tally)
      try {
        await compareReplica(task, investigation, strideOf(replica, investigation))
      } catch (error) {
        failures.push({ replica, error: toWire(error) })
      } finally {
        settled.leave(replica)
        pages.leave(replica)
      }
    }),
  )
  await control.allTold()
  return { tally, end: control.stopping.aborted ? 'stopped' : 'finished', failures }

  function strideOf(replica: TableIndex, investigation: Investigation): Stride {
    return {
      async nextMasterPage() {
        const page = await pages.next(replica)
        settled.take(replica, page)
        return page
      },
      replicaPages: (after) => replicaPages(task, investigation, after),
      isOver: () => investigation.isOver(),
      async onSettled(settle) {
        // Only an undivided scan can be started again by a key.
        if (task.totalSegments === 1) {
          await settle()
          // What waits for another look has to be known there before the key is.
          await control.allTold()
          settled.settle(replica)
        }
        control.progress(tally)
      },
      onOrdersDiffer: () => control.ordersDiffer(replica),
    }
  }
}

function sharedMasterPages(task: CompareTask, thread: Thread, tally: Tally): SharedPages {
  const scanPage: ScanOnePage = async (slice, after) => {
    const page = await thread.master.scanPage(slice, after)
    tally.master.readUnits += page.readUnits
    for (const replica of task.replicas) thread.budget.scanned(replica, page.readUnits)
    return page
  }
  const next = readAhead(scanPage, sliceOf(task, thread), task.startingKey)
  const counted = async () => {
    const page = await next()
    tally.master.scanned += page?.count ?? 0
    return page
  }
  return new SharedPages(counted, task.replicas)
}

function replicaPages(task: CompareTask, investigation: Investigation, after: string | undefined) {
  const { thread, tally, replica, door } = investigation
  const table: ReadableTable = door.table
  const scanPage: ScanOnePage = async (slice, from) => {
    const page = await table.scanPage(slice, from)
    tally.readUnits += page.readUnits
    thread.budget.scanned(replica, page.readUnits)
    return page
  }
  const next = readAhead(scanPage, sliceOf(task, thread), after)
  return async () => {
    const page = await next()
    tally.scanned += page?.count ?? 0
    return page
  }
}

function sliceOf({ segment, totalSegments }: CompareTask, { setup }: Thread): ScanSlice {
  const { consistentRead, scanLimit } = setup
  const slice = { segment, totalSegments, consistent: consistentRead }
  return scanLimit === undefined ? slice : { ...slice, limit: scanLimit }
}
