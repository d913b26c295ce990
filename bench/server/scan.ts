/** Answers to Scan. */
import { positionOf } from '../tables/items-at.ts'
import { billed, readUnits } from './billing.ts'
import { evenBytes, evenItems } from './even-pages.ts'
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
  const name = `${pagesOf(body.TableName)} ${body.Segment}/${body.TotalSegments} ${from}`
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

/** The pages of an even copy are those of its base: these are made once for both. */
function pagesOf(table: string): string {
  return servedTable(table).table.isEven ? table.replace('.copy.', '.base.') : table
}

/** An answer states at its beginning what it took. */
const unitsOf = (answer: Buffer) =>
  Number(/"CapacityUnits":([0-9.]+)/.exec(answer.toString('latin1', 0, 80))?.[1])

function scanPage(repairs: Repairs, body: Body, from: number | undefined): Buffer {
  const { Segment = 0, TotalSegments = 1 } = body
  const { items } = repairs.table
  const end = Math.floor((items * (Segment + 1)) / TotalSegments)
  const start = from ?? Math.floor((items * Segment) / TotalSegments)
  const page = repairs.table.isEven ? evenPage(repairs, start, end) : pageOf(repairs, start, end)
  const { count, bytes, next } = page
  const last = String(next - 1).padStart(10, '0')
  const more = next < end ? `,"LastEvaluatedKey":{"id":{"S":"order-${last}"}}` : ''
  const units = readUnits(bytes, body.ConsistentRead)
  const capacity = `"ConsumedCapacity":{"CapacityUnits":${units},"TableName":"${body.TableName}"}`
  return Buffer.concat([
    Buffer.from(`{${capacity},"Count":${count},"Items":[`),
    page.items,
    Buffer.from(`]${more},"ScannedCount":${count}}`),
  ])
}

interface Page {
  /** With commas between them. */
  readonly items: Buffer
  readonly count: number
  /** Of the items, without the commas. */
  readonly bytes: number
  /** The position behind the page. */
  readonly next: number
}

function pageOf(repairs: Repairs, start: number, end: number): Page {
  const { pageBytes = PAGE_BYTES } = repairs.table
  const texts: string[] = []
  let bytes = 0
  let at = start
  for (; at < end && bytes < pageBytes; at++) {
    for (const { text } of repairs.itemsAt(at)) {
      texts.push(text)
      bytes += text.length
    }
  }
  return { items: Buffer.from(texts.join(',')), count: texts.length, bytes, next: at }
}

function evenPage({ table }: Repairs, start: number, end: number): Page {
  const { pageBytes = PAGE_BYTES } = table
  const each = evenBytes(table)
  const count = Math.min(end - start, Math.ceil(pageBytes / each))
  return { items: evenItems(table, start, count), count, bytes: count * each, next: start + count }
}
