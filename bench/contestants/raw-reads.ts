/** Reads each key of a repair once on either side, strongly consistent, 100 to a request. */
import { differenceAt } from '../tables/difference-at.ts'
import { parseTableName } from '../tables/table-name.ts'
import type { Found, Job } from './job.ts'
import { forEachAtOnce, openSignedRequests } from './signed-requests.ts'

const BATCH = 100

export async function rawRead({ endpoint, master, replica }: Job): Promise<Found> {
  const requests = await openSignedRequests(endpoint)
  let items = 0
  await forEachAtOnce(batchesOf(replica), async (keys) => {
    items += keys.length
    // The replica first, as tablesync does.
    for (const table of [replica, master]) {
      const read = `{"Keys":[${keys.join(',')}],"ConsistentRead":true}`
      const body = `{"RequestItems":{"${table}":${read}},"ReturnConsumedCapacity":"TOTAL"}`
      await requests.send('BatchGetItem', body)
    }
  })
  requests.close()
  return { items }
}

/** The keys of what a repair writes: all of an empty table, else those that differ. */
function* batchesOf(replica: string): Generator<string[]> {
  const table = parseTableName(replica)
  let batch: string[] = []
  for (let position = 0; position < table.items; position++) {
    const isWritten = table.variant === 'empty' || differenceAt(table, position) === 'differing'
    if (!isWritten) continue
    batch.push(`{"id":{"S":"order-${String(position).padStart(10, '0')}"}}`)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
