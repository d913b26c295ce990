/**
 * Lookup: reads items of one side by key on the other. This is the second strategy, and the
 * fallback of the march.
 */
import { type FoundItem, isUnread, refusalOf, type Unread } from '../../lib/dynamo/lookup-result.ts'
import { canonicalKeyOf, type KeyText, keyTextOf } from '../../lib/item/key.ts'
import { withOrigin } from '../../lib/item/key-origin.ts'
import { type ItemPage, itemEnd, itemStart } from '../../lib/item/page.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import type { Bytes } from '../../lib/model/units.ts'
import { settleAll } from '../concurrency/settle-all.ts'
import type { ReplicaTask } from '../replica-task.ts'
import type { Triage } from '../suspects/triage.ts'

/** A batch ends at this weight, so that its answer stays small whatever the size of items. */
const BATCH_BYTES: Bytes = 2 << 20

/** Looks up master items on the replica. */
export async function lookUpOnReplica(
  replicaTask: ReplicaTask,
  suspects: Triage,
  items: Iterable<FoundItem>,
): Promise<void> {
  const { schema, client, thread, count, replica } = replicaTask
  const { consistentRead, batchReadLimit } = thread.setup
  await eachBatch(items, batchReadLimit, async (batch) => {
    const keys = batch.map(({ page, item }) => originalKeyOf(page, item, schema))
    const onReplica = await inTurn(replicaTask, () =>
      client.table.lookUp(keys, { consistent: consistentRead }),
    )
    count.read(onReplica.readUnits)
    thread.budget.scanned(replica, onReplica.readUnits)
    for (const [index, master] of batch.entries()) {
      const there = onReplica.at(canonicalKeyOf(master.page, master.item, schema))
      const key = keys[index] as string
      const refusal = refusalOf(master)
      if (refusal !== undefined || isUnread(there)) {
        const unread = refusal ?? (there as Unread)
        await suspects.unread({ key, looks: 'missing', ground: 'key' }, unread)
      } else if (there === undefined) {
        await suspects.add({ looks: 'missing', ground: 'key', key, master, replica: undefined })
      } else if (thread.comparer.equal(master.page, master.item, there.page, there.item)) {
        await suspects.equal(key, { master, replica: there })
      } else {
        await suspects.add({ looks: 'differing', ground: 'key', key, master, replica: there })
      }
    }
  })
}

/** Looks up replica items on the master, to find those that the master lacks. */
export async function findExtras(
  replicaTask: ReplicaTask,
  suspects: Triage,
  items: Iterable<FoundItem>,
): Promise<void> {
  const { schema, master, thread, count, masterCount, replica } = replicaTask
  const { consistentRead, batchReadLimit } = thread.setup
  await eachBatch(items, batchReadLimit, async (batch) => {
    const keys = batch.map(({ page, item }) => keyTextOf(page, item, schema))
    const onMaster = await inTurn(replicaTask, () =>
      master.lookUp(keys, { consistent: consistentRead, keysOnly: true }),
    )
    masterCount.read(onMaster.readUnits)
    thread.budget.scanned(replica, onMaster.readUnits)
    for (const [index, extra] of batch.entries()) {
      const there = onMaster.at(canonicalKeyOf(extra.page, extra.item, schema))
      const key = keys[index] as string
      if (isUnread(there)) {
        await suspects.unread({ key, looks: 'extra', ground: 'key' }, there)
      } else if (there === undefined) {
        const alone = { master: undefined, replica: extra }
        await suspects.add({ looks: 'extra', ground: 'key', key, ...alone })
      } else {
        count.state('elsewhere')
      }
    }
  })
}

/** The key of an item, with that of the master's where the run has changed it. */
function originalKeyOf(page: ItemPage, item: number, schema: KeySchema): KeyText {
  const key = keyTextOf(page, item, schema)
  const origin = page.origins?.[item]
  return origin === undefined ? key : withOrigin(key, origin)
}

/** Every item of a page. */
export function* itemsOf(page: ItemPage): Generator<FoundItem> {
  for (let item = 0; item < page.count; item++) yield { page, item }
}

/** Hands out the items in batches, several under way at once; settles when all have ended. */
async function eachBatch(
  items: Iterable<FoundItem>,
  limit: number,
  handle: (batch: FoundItem[]) => Promise<void>,
): Promise<void> {
  const jobs: Promise<void>[] = []
  let batch: FoundItem[] = []
  let bytes = 0
  for (const found of items) {
    batch.push(found)
    bytes += itemEnd(found.page, found.item) - itemStart(found.page, found.item)
    if (batch.length < limit && bytes < BATCH_BYTES) continue
    jobs.push(handle(batch))
    batch = []
    bytes = 0
  }
  if (batch.length > 0) jobs.push(handle(batch))
  await settleAll(jobs)
}

/** The queue holds only requests: a job in it that waits for suspects could wait for itself. */
const inTurn = <T>({ client }: ReplicaTask, request: () => Promise<T>): Promise<T> =>
  client.lookups(request)
