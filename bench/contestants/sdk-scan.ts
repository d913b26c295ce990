/** The items of one segment, as the SDK scans and parses them. */
import { type AttributeValue, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { Slice } from './raw-pages.ts'

export async function* scannedBySdk(
  client: DynamoDBClient,
  TableName: string,
  { segment: Segment, totalSegments: TotalSegments }: Slice,
): AsyncGenerator<Record<string, AttributeValue>> {
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined
  do {
    const page = await client.send(
      new ScanCommand({
        TableName,
        Segment,
        TotalSegments,
        ...(ExclusiveStartKey && { ExclusiveStartKey }),
      }),
    )
    yield* page.Items ?? []
    ExclusiveStartKey = page.LastEvaluatedKey
  } while (ExclusiveStartKey !== undefined)
}
