/** Compares as `parsing.ts` does, pages that the SDK has scanned and parsed: an ordinary program. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Found, Job } from './job.ts'
import { compareAll } from './parsing.ts'
import { scannedBySdk } from './sdk-scan.ts'

export async function comparesBySdk({ endpoint, master, replica }: Job): Promise<Found> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ region: 'local', endpoint, credentials })
  const items = await compareAll(master, replica, (table, slice) =>
    scannedBySdk(client, table, slice),
  )
  client.destroy()
  return { items }
}
