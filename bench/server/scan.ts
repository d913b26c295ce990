/** Answers to Scan. */
import { positionOf } from '../tables/items-at.ts'
import { billed, readUnits } from './billing.ts'
import type { Repairs } from './repairs.ts'
import type { Body } from './requests.ts'
import { servedTable } from './served-tables.ts'

/** A page of the service holds a mebibyte of item data: about this many bytes on the wire. */
const PAGE_BYTES = Number(process.env['TABLESYNC_BENCH_PAGE_BYTES'] ?? 1_600_000)

/** Pages of the last requests: both sides of a comparison ask for the same ones. */
const cache = new Map<string, Buffer>()
const CACHED_PAGES = 64

export function scan(body: Body): Buffer {
  const from = body.ExclusiveStartKey && (positionOf(body.ExclusiveStartKey.id.S) as number) + 1
  const name = `${body.TableName} ${body.Segment}/${body.TotalSegments} ${from}`
  const known = cache.get(name)
  if (known !== undefined) {
    billed.scan += unitsOf(known)
    return known
  }
  const table = servedTable(body.TableName)
  const made = scanPage(table, body, from)
  billed.scan += unitsOf(made)
  // Once a table has repairs its pages may change: do not cache them.
  if (!table.hasAny) cache.set(name, made)
  if (cache.size > CACHED_PAGES) cache.delete(cache.keys().next().value as string)
  return made
}

/** An answer states at its beginning what it took. */
const unitsOf = (answer: Buffer) =>
  Number(/"CapacityUnits":([0-9.]+)/.exec(answer.toString('latin1', 0, 80))?.[1])

function scanPage(repairs: Repairs, body: Body, from: number | undefined): Buffer {
  const { Segment = 0, TotalSegments = 1 } = body
  const { items, pageBytes = PAGE_BYTES } = repairs.table
  const end = Math.floor((items * (Segment + 1)) / TotalSegments)
  const texts: string[] = []
  let bytes = 0
  let at = from ?? Math.floor((items * Segment) / TotalSegments)
  for (; at < end && bytes < pageBytes; at++) {
    for (const { text } of repairs.itemsAt(at)) {
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
