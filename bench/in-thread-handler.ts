/**
 * In the place of `@smithy/node-http-handler`: pages come from the thread that
 * asks for them, so that no server takes a part of the cores. Every page of a
 * segment has the same items: what they are does not matter to two tables that
 * are equal.
 */
import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { itemsAt, parseTableName } from './generated-table.ts'

interface Request {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

interface Body {
  readonly TableName: string
  readonly TotalSegments?: number
  readonly ExclusiveStartKey?: { readonly id: { readonly S: string } }
}

const ITEMS_A_PAGE = 5000
const CHUNK_BYTES = 64 << 10

/** As they come from a socket. */
const chunks: Buffer[] = []

function items(bytes: number): readonly Buffer[] {
  if (chunks.length > 0) return chunks
  const table = { variant: 'base', items: ITEMS_A_PAGE, bytes } as const
  const texts = Array.from({ length: ITEMS_A_PAGE }, (_, at) => itemsAt(table, at).join())
  const page = Buffer.from(`${HEAD}${texts.join()}]`)
  for (let at = 0; at < page.length; at += CHUNK_BYTES) {
    chunks.push(page.subarray(at, at + CHUNK_BYTES))
  }
  return chunks
}

const HEAD = `{"ConsumedCapacity":{"CapacityUnits":127},"Count":${ITEMS_A_PAGE},"Items":[`

export class NodeHttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' }

  async handle({ headers: sent, body }: Request) {
    const operation = String(sent['x-amz-target']).split('.')[1] ?? ''
    const asked = JSON.parse(new TextDecoder().decode(body)) as Body
    // The SDK asks for descriptions, and takes bytes.
    const answer = operation.startsWith('Describe')
      ? Buffer.from(described(operation, asked))
      : operation === 'Scan'
        ? scanned(asked)
        : new Streamed([Buffer.from('{"Responses":{},"UnprocessedKeys":{}}')])
    const headers = answer instanceof Streamed ? answer.headers : {}
    return { response: { statusCode: 200, headers, body: answer } }
  }

  httpHandlerConfigs = () => ({})
  updateHttpClientConfig(): void {}
  destroy(): void {}
}

/** A body that knows its headers, as an IncomingMessage does. */
class Streamed extends Readable {
  readonly headers: Readonly<Record<string, string>>

  constructor(parts: readonly Buffer[]) {
    super({ read() {} })
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    const sum = parts.reduce((so, part) => crc32(part, so), 0)
    this.headers = { 'content-length': String(length), 'x-amz-crc32': String(sum) }
    for (const part of parts) this.push(part)
    this.push(null)
  }
}

function scanned({ TableName, TotalSegments = 1, ExclusiveStartKey }: Body): Streamed {
  const { items: all, bytes } = parseTableName(TableName)
  const pages = Math.ceil(all / TotalSegments / ITEMS_A_PAGE)
  const page = Number(ExclusiveStartKey?.id.S ?? 0) + 1
  const last = page < pages ? `,"LastEvaluatedKey":{"id":{"S":"${page}"}}` : ''
  return new Streamed([...items(bytes), Buffer.from(`${last}}`)])
}

function described(operation: string, { TableName }: Body): string {
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
