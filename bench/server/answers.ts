/** Answers by operation: enough of DynamoDB for a run. */
import { parseTableName } from '../tables/table-name.ts'
import { COUNTED_SHARE } from './billing.ts'
import { batchGet, getItem } from './lookups.ts'
import type { BatchGetBody, BatchWriteBody, Body } from './requests.ts'
import { scan } from './scan.ts'
import { batchWrite, write } from './writes.ts'

export function answer(operation: string, body: Body): Buffer {
  switch (operation) {
    case 'Scan':
      return scan(body)
    case 'BatchGetItem':
      return batchGet(body as unknown as BatchGetBody)
    case 'GetItem':
      return getItem(body)
    case 'DescribeTable':
      return describe(body)
    case 'BatchWriteItem':
      return batchWrite(body as unknown as BatchWriteBody)
    case 'DescribeTimeToLive':
    case 'DescribeContinuousBackups':
    case 'ListTagsOfResource':
      return Buffer.from('{}')
    default:
      return write(operation, body)
  }
}

function describe({ TableName }: Body): Buffer {
  const { items, bytes } = parseTableName(TableName)
  return Buffer.from(
    JSON.stringify({
      Table: {
        TableName,
        TableArn: `arn:aws:dynamodb:local:000000000000:table/${TableName}`,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        ItemCount: items,
        TableSizeBytes: Math.round(items * bytes * COUNTED_SHARE),
      },
    }),
  )
}
