/**
 * Serves generated tables in a process of its own, so that its cost is not counted with what is
 * measured. Speaks enough DynamoDB for a run, and bills as the service does. Of a write it keeps
 * only that it happened: a repaired item becomes that of the `base`. Prints its endpoint when it
 * listens, and answers GET with what it has billed and done.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { parseTableName, positionOf, tableName } from './generated-table.ts'
import { Repairs } from './repairs.ts'

/** A page of the service holds a mebibyte of item data: about this many bytes on the wire. */
const PAGE_BYTES = Number(process.env['TABLESYNC_BENCH_PAGE_BYTES'] ?? 1_600_000)

/** Read units so far: of scans, of eventually consistent lookups, of strongly consistent ones. */
const billed = { scan: 0, lookup: 0, recheck: 0 }

let requests = 0

/** On the wire an item takes more than the service counts: types, quotes, brackets. */
const COUNTED_SHARE = 0.65

interface Key {
  readonly id: { readonly S: string }
}

interface Body {
  readonly TableName: string
  readonly ConsistentRead?: boolean
  readonly Segment?: number
  readonly TotalSegments?: number
  readonly ExclusiveStartKey?: Key
  readonly Key?: Key
  readonly Item?: Key
  readonly RequestItems?: Record<string, { readonly Keys: Key[]; readonly ConsistentRead: boolean }>
}

interface BatchWriteBody {
  readonly RequestItems: Record<string, { readonly PutRequest: { readonly Item: Key } }[]>
}

const repairs = new Map<string, Repairs>()

function repairsOf(name: string): Repairs {
  const known = repairs.get(name) ?? new Repairs(parseTableName(name))
  repairs.set(name, known)
  return known
}

const readUnits = (bytes: number, isConsistent = false) =>
  Math.max(1, Math.ceil((bytes * COUNTED_SHARE) / 4096)) / (isConsistent ? 1 : 2)
const writeUnits = (bytes: number) => Math.max(1, Math.ceil((bytes * COUNTED_SHARE) / 1024))

/** Pages of the last requests: both sides of a comparison ask for the same ones. */
const cache = new Map<string, Buffer>()
const CACHED_PAGES = 64

function scan(body: Body): Buffer {
  const from = body.ExclusiveStartKey && (positionOf(body.ExclusiveStartKey.id.S) as number) + 1
  const name = `${body.TableName} ${body.Segment}/${body.TotalSegments} ${from}`
  const known = cache.get(name)
  if (known !== undefined) {
    billed.scan += unitsOf(known)
    return known
  }
  const made = scanPage(repairsOf(body.TableName), body, from)
  billed.scan += unitsOf(made)
  // Once a table has repairs its pages may change: do not cache them.
  if (!repairsOf(body.TableName).hasAny) cache.set(name, made)
  if (cache.size > CACHED_PAGES) cache.delete(cache.keys().next().value as string)
  return made
}

/** An answer states at its beginning what it took. */
const unitsOf = (answer: Buffer) =>
  Number(/"CapacityUnits":([0-9.]+)/.exec(answer.toString('latin1', 0, 80))?.[1])

function scanPage(table: Repairs, body: Body, from: number | undefined): Buffer {
  const { Segment = 0, TotalSegments = 1 } = body
  const end = Math.floor((table.table.items * (Segment + 1)) / TotalSegments)
  const texts: string[] = []
  let bytes = 0
  let at = from ?? Math.floor((table.table.items * Segment) / TotalSegments)
  for (; at < end && bytes < PAGE_BYTES; at++) {
    for (const text of table.itemsAt(at)) {
      texts.push(text)
      bytes += text.length
    }
  }
  const more =
    at < end ? `,"LastEvaluatedKey":{"id":{"S":"order-${String(at - 1).padStart(10, '0')}"}}` : ''
  const units = readUnits(bytes, body.ConsistentRead)
  const capacity = `"ConsumedCapacity":{"CapacityUnits":${units},"TableName":"${body.TableName}"}`
  return Buffer.from(
    `{${capacity},"Count":${texts.length},"Items":[${texts.join(',')}]${more},"ScannedCount":${texts.length}}`,
  )
}

function batchGet(body: Body): Buffer {
  const [[name, { Keys, ConsistentRead }] = ['', { Keys: [], ConsistentRead: false }]] =
    Object.entries(body.RequestItems ?? {})
  const { table: scanned } = repairsOf(name)
  // A shuffled table has the items of the base, only in another order.
  const isShuffled = scanned.variant === 'shuffled'
  const table = repairsOf(isShuffled ? tableName({ ...scanned, variant: 'base' }) : name)
  let units = 0
  const texts = Keys.map(({ id }) => {
    const position = positionOf(id.S) ?? Number.POSITIVE_INFINITY
    const text =
      position < table.table.items
        ? table.itemsAt(position).find((item) => item.includes(`"${id.S}"`))
        : undefined
    units += readUnits(text?.length ?? 0, ConsistentRead)
    return text
  }).filter((text) => text !== undefined)
  billed[ConsistentRead ? 'recheck' : 'lookup'] += units
  return Buffer.from(
    `{"Responses":{"${name}":[${texts.join(',')}]},"UnprocessedKeys":{},"ConsumedCapacity":[{"CapacityUnits":${units}}]}`,
  )
}

function write(operation: string, body: Body): Buffer {
  const table = repairsOf(body.TableName)
  const id = (body.Item ?? body.Key)?.id.S ?? ''
  if (operation === 'DeleteItem') table.delete(id)
  else table.write(id)
  return Buffer.from(`{"ConsumedCapacity":{"CapacityUnits":${writeUnits(table.table.bytes)}}}`)
}

function batchWrite({ RequestItems }: BatchWriteBody): Buffer {
  let units = 0
  for (const [name, requests] of Object.entries(RequestItems)) {
    const table = repairsOf(name)
    for (const { PutRequest } of requests) table.write(PutRequest.Item.id.S)
    units += requests.length * writeUnits(table.table.bytes)
  }
  return Buffer.from(`{"UnprocessedItems":{},"ConsumedCapacity":[{"CapacityUnits":${units}}]}`)
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

function answer(operation: string, body: Body): Buffer {
  switch (operation) {
    case 'Scan':
      return scan(body)
    case 'BatchGetItem':
      return batchGet(body)
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

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    if (request.method === 'GET') {
      const { user, system } = process.cpuUsage()
      response.end(JSON.stringify({ ...billed, requests, cpuMs: (user + system) / 1000 }))
      return
    }
    requests++
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? ''
    const made = answer(operation, JSON.parse(Buffer.concat(chunks).toString()))
    response.writeHead(200, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': made.length,
      'x-amz-crc32': crc32(made),
    })
    response.end(made)
  })
})
// A contestant may process a page for longer than Node.js keeps an idle connection.
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.on('disconnect', () => process.exit(0))
