/** What one writes in an hour: scan, read both sides of each item, put it if it is missing. */
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Found, Job } from './job.ts'
import { scannedBySdk } from './sdk-scan.ts'
import { forEachAtOnce } from './signed-requests.ts'

export async function sdkScript({ endpoint, master, replica }: Job): Promise<Found> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const client = new DynamoDBClient({ region: 'local', endpoint, credentials })
  const scanned = scannedBySdk(client, master, { segment: 0, totalSegments: 1 })
  const items = await forEachAtOnce(scanned, async ({ id }) => {
    if (id === undefined) return
    const read = (TableName: string) =>
      client.send(new GetItemCommand({ TableName, Key: { id }, ConsistentRead: true }))
    const there = await read(replica)
    const { Item } = await read(master)
    if (there.Item !== undefined || Item === undefined) return
    await client.send(
      new PutItemCommand({
        TableName: replica,
        Item,
        ConditionExpression: 'attribute_not_exists(id)',
      }),
    )
  })
  client.destroy()
  return { items }
}
