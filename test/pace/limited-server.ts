/**
 * Endless tables with a hard limit: each page takes some units, and requests beyond the limit are
 * throttled as the service does it.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const UNITS_PER_PAGE = 12.5

const ITEMS_PER_PAGE = 4

/** Unused capacity is kept for this long. */
const BURST_SECONDS = 1

interface ScanBody {
  readonly TableName: string
  readonly Segment?: number
  readonly ExclusiveStartKey?: { readonly id: { readonly N: string } }
}

export interface LimitedTable {
  /** Units per second. */
  limit: number
  /** Key ranges, by segment, that are throttled although the table has capacity left. */
  hot: Set<number>
  /** At which `performance.now()`, and for which segment. */
  readonly served: { readonly at: number; readonly segment: number }[]
  readonly throttled: { readonly at: number; readonly segment: number }[]
  readonly description: object
}

interface Counted extends LimitedTable {
  left: number
  filled: number
}

export class LimitedServer {
  /** Whether an access key id is valid; others are refused as expired. */
  admits: (accessKeyId: string) => boolean = () => true
  readonly #tables = new Map<string, Counted>()
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
      const signer = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? ''
      if (!this.admits(signer)) return expired(response)
      this.#answer(operation, JSON.parse(Buffer.concat(chunks).toString()), response)
    })
  }).listen(0, '127.0.0.1')

  /** @param description what DescribeTable returns beside the key */
  table(name: string, limit: number, description: object = {}): LimitedTable {
    const now = performance.now()
    const table = { limit, hot: new Set<number>(), served: [], throttled: [], description }
    const counted = { ...table, left: limit * BURST_SECONDS, filled: now }
    this.#tables.set(name, counted)
    return counted
  }

  async endpoint(): Promise<string> {
    if (!this.#server.listening) await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #answer(operation: string, body: ScanBody, response: ServerResponse): void {
    const [status, value] = this.#answerOf(operation, body, this.#tables.get(body.TableName))
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(JSON.stringify(value))
  }

  #answerOf(operation: string, body: ScanBody, table: Counted | undefined): [number, object] {
    if (operation === 'DescribeTable') {
      return [
        200,
        {
          Table: {
            TableName: body.TableName,
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
            ...table?.description,
          },
        },
      ]
    }
    if (operation === 'BatchGetItem') return [200, { Responses: {}, UnprocessedKeys: {} }]
    if (operation !== 'Scan' || table === undefined) return [200, {}]
    const now = performance.now()
    const earned = (table.limit * (now - table.filled)) / 1000
    table.left = Math.min(table.left + earned, table.limit * BURST_SECONDS)
    table.filled = now
    const segment = body.Segment ?? 0
    const isHot = table.hot.has(segment)
    if (table.left < 0 || isHot) {
      table.throttled.push({ at: now, segment })
      const reason = isHot
        ? 'TableReadKeyRangeThroughputExceeded'
        : 'TableReadProvisionedThroughputExceeded'
      return [
        400,
        {
          __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
          message: 'slow down',
          ThrottlingReasons: [{ reason, resource: body.TableName }],
        },
      ]
    }
    table.left -= UNITS_PER_PAGE
    table.served.push({ at: now, segment })
    const first = Number(body.ExclusiveStartKey?.id.N ?? segment * 1e9) + 1
    const items = Array.from({ length: ITEMS_PER_PAGE }, (_, at) => ({
      id: { N: `${first + at}` },
    }))
    return [
      200,
      {
        Items: items,
        LastEvaluatedKey: items.at(-1),
        ConsumedCapacity: { CapacityUnits: UNITS_PER_PAGE },
      },
    ]
  }
}

function expired(response: ServerResponse): void {
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
  response.end('{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"expired"}')
}

/** Units per second that were served between two moments. */
export function meanUse({ served }: LimitedTable, from: number, to: number): number {
  const pages = served.filter(({ at }) => at >= from && at < to).length
  return (pages * UNITS_PER_PAGE * 1000) / (to - from)
}
