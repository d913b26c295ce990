/**
 * A server of generated tables in a process of its own, so that what it costs
 * is not counted with what is measured. Speaks enough DynamoDB for a run; what
 * is written to it is swallowed. Prints its endpoint when it listens.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32 } from 'node:zlib'
import { type GeneratedTable, itemsAt, parseTableName, positionOf } from './generated-table.ts'

/** A page of the service holds a mebibyte of item data; on the wire that is about this. */
const PAGE_BYTES = 1_600_000

interface Body {
  readonly TableName: string
  readonly Segment?: number
  readonly TotalSegments?: number
  readonly ExclusiveStartKey?: { readonly id: { readonly S: string } }
  readonly RequestItems?: Record<
    string,
    { readonly Keys: { readonly id: { readonly S: string } }[] }
  >
}

/** Pages of the last requests: both sides of a comparison ask for the same ones. */
const cache = new Map<string, Buffer>()
const CACHED_PAGES = 64

function scan(body: Body): Buffer {
  const from = body.ExclusiveStartKey && (positionOf(body.ExclusiveStartKey.id.S) as number) + 1
  const name = `${body.TableName} ${body.Segment}/${body.TotalSegments} ${from}`
  const known = cache.get(name)
  if (known !== undefined) return known
  const made = scanPage(parseTableName(body.TableName), body, from)
  cache.set(name, made)
  if (cache.size > CACHED_PAGES) cache.delete(cache.keys().next().value as string)
  return made
}

function scanPage(table: GeneratedTable, body: Body, from: number | undefined): Buffer {
  const { Segment = 0, TotalSegments = 1 } = body
  const end = Math.floor((table.items * (Segment + 1)) / TotalSegments)
  const texts: string[] = []
  let bytes = 0
  let at = from ?? Math.floor((table.items * Segment) / TotalSegments)
  for (; at < end && bytes < PAGE_BYTES; at++) {
    for (const text of itemsAt(table, at)) {
      texts.push(text)
      bytes += text.length
    }
  }
  const more =
    at < end ? `,"LastEvaluatedKey":{"id":{"S":"order-${String(at - 1).padStart(10, '0')}"}}` : ''
  const units = Math.max(0.5, Math.ceil((bytes * 0.65) / 4096) / 2)
  const capacity = `"ConsumedCapacity":{"CapacityUnits":${units},"TableName":"${body.TableName}"}`
  return Buffer.from(
    `{${capacity},"Count":${texts.length},"Items":[${texts.join(',')}]${more},"ScannedCount":${texts.length}}`,
  )
}

function batchGet(body: Body): Buffer {
  const [[name, { Keys }] = ['', { Keys: [] }]] = Object.entries(body.RequestItems ?? {})
  const table = parseTableName(name)
  const texts = Keys.flatMap(({ id }) => {
    const position = positionOf(id.S)
    if (position === undefined || position >= table.items) return []
    return itemsAt(table, position).filter((text) => text.includes(`"${id.S}"`))
  })
  return Buffer.from(
    `{"Responses":{"${name}":[${texts.join(',')}]},"UnprocessedKeys":{},"ConsumedCapacity":[{"CapacityUnits":${Keys.length}}]}`,
  )
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
        TableSizeBytes: Math.round(items * bytes * 0.65),
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
    default:
      return Buffer.from('{"ConsumedCapacity":{"CapacityUnits":1}}')
  }
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
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
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
process.on('disconnect', () => process.exit(0))
