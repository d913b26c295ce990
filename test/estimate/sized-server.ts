/**
 * Tables whose items have sizes, and that charge as the service does: pages of 1 MB, half a unit
 * for each 4 KB of a page, a unit for each 4 KB of an item that is read strongly consistent.
 */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SizedTable {
  /** Bytes of the item with this number, as the service counts them. Null: there is none. */
  readonly sizeOf: (item: number) => number | null
  readonly items: number
  /** A letter that the items are filled with. */
  readonly fillOf?: (item: number) => string
  /** What DescribeTable says. */
  readonly said: { readonly items: number; readonly bytes: number }
}

type Lookups = Readonly<
  Record<string, { readonly Keys: readonly object[]; readonly ConsistentRead?: boolean }>
>

const PAGE = 1 << 20
const ID = /item-(\d{8})/

const idOf = (item: number) => `item-${String(item).padStart(8, '0')}`

/** Names and the key take part in the size. */
const OVERHEAD = Buffer.byteLength('id') + idOf(0).length + Buffer.byteLength('v')

export class SizedServer {
  readonly #tables: ReadonlyMap<string, SizedTable>
  /** Read units that were charged, by table. */
  readonly charged = new Map<string, number>()
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
      answer(response, this.#answerOf(operation, JSON.parse(Buffer.concat(chunks).toString())))
    })
  })

  constructor(tables: Readonly<Record<string, SizedTable>>) {
    this.#tables = new Map(Object.entries(tables))
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #charge(table: string, units: number): number {
    this.charged.set(table, (this.charged.get(table) ?? 0) + units)
    return units
  }

  #answerOf(operation: string, body: Readonly<Record<string, unknown>>): string {
    switch (operation) {
      case 'DescribeTable':
        return this.#described(body['TableName'] as string)
      case 'Scan':
        return this.#scanned(body)
      case 'BatchGetItem':
        return this.#looked(body['RequestItems'] as Lookups)
      default:
        return '{}'
    }
  }

  #described(name: string): string {
    const { said } = this.#tables.get(name) as SizedTable
    return JSON.stringify({
      Table: {
        TableName: name,
        TableStatus: 'ACTIVE',
        ItemCount: said.items,
        TableSizeBytes: said.bytes,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      },
    })
  }

  #scanned(body: Readonly<Record<string, unknown>>): string {
    const name = body['TableName'] as string
    const table = this.#tables.get(name) as SizedTable
    const total = Number(body['TotalSegments'] ?? 1)
    const segment = Number(body['Segment'] ?? 0)
    const after = JSON.stringify(body['ExclusiveStartKey'] ?? '')
    const from = Math.ceil((segment * table.items) / total)
    const to = Math.ceil(((segment + 1) * table.items) / total)
    const limit = Number(body['Limit'] ?? Number.POSITIVE_INFINITY)
    const items: string[] = []
    let bytes = 0
    let at = after === '""' ? from : Number(ID.exec(after)?.[1]) + 1
    let last = -1
    for (; at < to && bytes < PAGE && items.length < limit; at++) {
      const size = table.sizeOf(at)
      if (size === null) continue
      items.push(itemText(at, size, table))
      bytes += size
      last = at
    }
    const perBlock = body['ConsistentRead'] === true ? 1 : 0.5
    const units = this.#charge(name, Math.max(1, Math.ceil(bytes / 4096)) * perBlock)
    const next = at < to && last >= 0 ? `,"LastEvaluatedKey":{"id":{"S":"${idOf(last)}"}}` : ''
    return `{"Items":[${items.join(',')}],"Count":${items.length},"ScannedCount":${items.length}${next},"ConsumedCapacity":{"TableName":"${name}","CapacityUnits":${units}}}`
  }

  #looked(requests: Lookups): string {
    const [name = ''] = Object.keys(requests)
    const { Keys = [], ConsistentRead } = requests[name] ?? {}
    const table = this.#tables.get(name) as SizedTable
    const perBlock = ConsistentRead === true ? 1 : 0.5
    let units = 0
    const found = Keys.flatMap((key) => {
      const item = Number(ID.exec(JSON.stringify(key))?.[1] ?? Number.NaN)
      const size = item < table.items ? table.sizeOf(item) : null
      units += Math.max(1, Math.ceil((size ?? 0) / 4096)) * perBlock
      return size === null ? [] : [itemText(item, size, table)]
    })
    this.#charge(name, units)
    return `{"Responses":{"${name}":[${found.join(',')}]},"UnprocessedKeys":{},"ConsumedCapacity":[{"TableName":"${name}","CapacityUnits":${units}}]}`
  }
}

const itemText = (item: number, size: number, { fillOf = () => 'x' }: SizedTable) =>
  `{"id":{"S":"${idOf(item)}"},"v":{"S":"${fillOf(item).repeat(Math.max(0, size - OVERHEAD))}"}}`

function answer(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
  response.end(text)
}
