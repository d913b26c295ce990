/** Replaces `@smithy/node-http-handler`: answers DescribeTable without a server. */
import { parseTableName } from '../tables/table-name.ts'

interface Request {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export class NodeHttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' }

  async handle({ headers, body }: Request) {
    const operation = String(headers['x-amz-target']).split('.')[1] ?? ''
    const { TableName } = JSON.parse(new TextDecoder().decode(body)) as { TableName: string }
    const answer = Buffer.from(described(operation, TableName))
    return { response: { statusCode: 200, headers: {}, body: answer } }
  }

  httpHandlerConfigs = () => ({})
  updateHttpClientConfig(): void {}
  destroy(): void {}
}

function described(operation: string, TableName: string): string {
  if (operation !== 'DescribeTable') return '{}'
  const { items: ItemCount, bytes } = parseTableName(TableName)
  return JSON.stringify({
    Table: {
      TableName,
      TableArn: `arn:aws:dynamodb:local:000000000000:table/${TableName}`,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      ItemCount,
      TableSizeBytes: ItemCount * bytes,
    },
  })
}
