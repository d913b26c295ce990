/** Adds up the items of one segment of a table. */

import { KeyedSum } from '../../lib/fingerprints/keyed-sum.ts'
import type { ScanPage } from '../../lib/item/bytes/scan-answer.ts'
import { parseItem } from '../../lib/item/compare.ts'
import { isExpired } from '../../lib/item/expiry.ts'
import { canonicalKeyOf } from '../../lib/item/key.ts'
import { canonicalItem } from '../../lib/item/normalise.ts'
import type { ItemPage } from '../../lib/item/page.ts'
import { zeroTally } from '../../lib/model/tally.ts'
import type { FingerprintTask, SegmentReport } from '../../lib/protocol/tasks.ts'
import type { SegmentControl } from '../coordinator.ts'
import { type ReplicaTask, replicaTaskOf } from '../replica-task.ts'
import type { Thread } from '../thread-context.ts'
import { TaskEnd } from './task-end.ts'

export async function fingerprintSegment(
  task: FingerprintTask,
  thread: Thread,
  control: SegmentControl,
): Promise<SegmentReport> {
  const tally = zeroTally([task.replica])
  const replicaTask = replicaTaskOf(task.replica, task, thread, control, tally)
  const sum = new KeyedSum(task.key)
  const end = new TaskEnd()
  await end.run(replicaTask, () => addAll(task, replicaTask, sum, () => control.progress(tally)))
  return { ...end.report(tally), fingerprint: { items: sum.items, sum: sum.sum } }
}

async function addAll(
  { segment, totalSegments, ttl }: FingerprintTask,
  replicaTask: ReplicaTask,
  sum: KeyedSum,
  onProgress: () => void,
): Promise<void> {
  const { client, thread, count, schema } = replicaTask
  const { consistentRead: consistent, scanLimit: limit } = thread.setup
  const slice = { segment, totalSegments, consistent, ...(limit !== undefined && { limit }) }
  const at = ttl && Date.parse(ttl.at)
  let next: ReturnType<typeof client.table.scanPage> | undefined = client.table.scanPage(
    slice,
    undefined,
  )
  while (next !== undefined) {
    const page: ScanPage = await next
    const { lastEvaluatedKey: after } = page
    // The next page is on its way while this one is added up.
    next = after === undefined ? undefined : client.table.scanPage(slice, after)
    // It is awaited only after this page, and may fail before.
    next?.catch(() => {})
    count.read(page.readUnits)
    for (let item = 0; item < page.count; item++) {
      const parsed = parseItem(page, item)
      if (ttl !== undefined && isExpired(parsed, ttl.attribute, at as number)) continue
      sum.add(textOf(page, item, canonicalItem(parsed, thread.compared), schema))
    }
    count.scanned(page.count)
    count.state('sameAs', page.count)
    page.release?.()
    onProgress()
    if (replicaTask.isOver()) {
      replicaTask.wasCutShort = true
      return
    }
  }
}

/** The key counts whatever is compared, so that two items are never taken for one. */
const textOf = (page: ItemPage, item: number, text: string, schema: ReplicaTask['schema']) =>
  `${canonicalKeyOf(page, item, schema)}\u0000${text}`
