/**
 * Replaces `lib/http/connection-pool.ts`: the thread that asks for a page makes it itself, so that
 * no server takes a share of the cores. Pages are copied to where a socket would have been read to.
 * Every page of a segment has the same items: for two equal tables their content does not matter.
 */
import { crc32 } from 'node:zlib'
import type { Answer } from '../../lib/http/answer.ts'
import type { Connections } from '../../lib/http/connection-pool.ts'
import { PageBuffers } from '../../lib/http/page-buffers.ts'
import { itemsAt } from '../tables/items-at.ts'
import { parseTableName } from '../tables/table-name.ts'

interface Asked {
  readonly TableName: string
  readonly Segment?: number
  readonly TotalSegments?: number
  readonly Limit?: number
  readonly ExclusiveStartKey?: { readonly id: { readonly S: string } }
}

const ITEMS_A_PAGE = 5000
const HEAD = `{"ConsumedCapacity":{"CapacityUnits":127},"Count":${ITEMS_A_PAGE},"Items":[`

let items: Buffer | undefined

function itemsOf(bytes: number): Buffer {
  const table = { variant: 'base', items: ITEMS_A_PAGE, bytes } as const
  const texts = Array.from({ length: ITEMS_A_PAGE }, (_, at) => itemsAt(table, at)[0]?.text)
  return Buffer.from(`${HEAD}${texts.join()}]`)
}

export function openConnections(): Connections {
  const buffers = new PageBuffers()
  return {
    async post(headers, body) {
      const operation = String(headers['x-amz-target']).split('.')[1]
      if (operation === 'Scan') return scanned(JSON.parse(body.toString()) as Asked, buffers)
      return answer([Buffer.from('{"Responses":{},"UnprocessedKeys":{}}')], buffers)
    },
    close() {},
  }
}

function scanned(
  { TableName, Segment = 0, TotalSegments = 1, Limit, ExclusiveStartKey }: Asked,
  buffers: PageBuffers,
): Answer {
  const table = parseTableName(TableName)
  const { items: all, bytes } = table
  // A look before the run: no two segments may begin with the same item.
  if (Limit !== undefined) {
    return answer([Buffer.from(`{"Items":[${itemsAt(table, Segment)[0]?.text}]}`)], buffers)
  }
  items ??= itemsOf(bytes)
  const pages = Math.ceil(all / TotalSegments / ITEMS_A_PAGE)
  const page = Number(ExclusiveStartKey?.id.S ?? 0) + 1
  const last = page < pages ? `,"LastEvaluatedKey":{"id":{"S":"${page}"}}` : ''
  return answer([items, Buffer.from(`${last}}`)], buffers)
}

function answer(parts: readonly Buffer[], buffers: PageBuffers): Answer {
  const body = buffers.take(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) at += part.copy(body.bytes, at)
  return { statusCode: 200, headers: { 'x-amz-crc32': String(sumOf(parts)) }, body }
}

/** Checksums are kept, as the items are, so that making an answer costs little. */
const sums = new Map<string, number>()

function sumOf(parts: readonly Buffer[]): number {
  const end = String(parts.at(-1))
  const known = sums.get(end)
  if (known !== undefined) return known
  const sum = parts.reduce((so, part) => crc32(part, so), 0)
  sums.set(end, sum)
  return sum
}
