/** Responses of item operations, read from their bytes. */
import type { ReadUnits, WriteUnits } from '../model/units.ts'
import { endOfItems } from './end-of-items.ts'
import { eachElement, eachMember, skipBlanks, stringOf, textOf, valueEnd } from './json-bytes.ts'
import { type ItemPage, type KeyNames, walkItems } from './page.ts'
import { UnwalkedPage } from './unwalked-page.ts'

export interface ScanPage extends ItemPage {
  /** Where the scan goes on, as DynamoDB JSON text. Absent: the segment has ended. */
  readonly lastEvaluatedKey: string | undefined
  readonly readUnits: ReadUnits
}

export interface BatchGetPage extends ItemPage {
  /** Keys the service left unread, each as DynamoDB JSON text. */
  readonly unprocessed: readonly string[]
  readonly readUnits: ReadUnits
}

const NO_ITEMS = new Int32Array(0)

/** An answer without it is none: that nothing was found, or left over, DynamoDB says in so many words. */
function lacking(name: string): SyntaxError {
  return new SyntaxError(`an answer without ${name}`)
}

/**
 * Reads what stands around the items, and of these only how many there are:
 * they are walked once one of them is asked for.
 *
 * @throws SyntaxError where it is no answer to a Scan
 */
export function readScanPage(bytes: Uint8Array, names: KeyNames): ScanPage {
  let items: number | undefined
  let end: number | undefined
  let page: ItemPage | undefined
  let count: number | undefined
  let lastEvaluatedKey: string | undefined
  let readUnits = 0
  eachMember(bytes, startOf(bytes), (nameStart, nameEnd, value) => {
    const name = stringOf(bytes, nameStart, nameEnd)
    if (name === 'Items') {
      items = value
      end = endOfItems(bytes, value)
      if (end !== undefined) return end
      const walked = walkItems(bytes, value, names)
      page = walked.page
      return walked.end
    }
    const after = valueEnd(bytes, value)
    if (name === 'LastEvaluatedKey') lastEvaluatedKey = keyText(bytes, value, after)
    if (name === 'Count') count = JSON.parse(textOf(bytes, value, after)) as number
    if (name === 'ConsumedCapacity') readUnits = unitsOf(JSON.parse(textOf(bytes, value, after)))
    return after
  })
  if (items === undefined) throw lacking('Items')
  if (end !== undefined && Number.isInteger(count)) {
    const extent = { start: skipBlanks(bytes, items + 1), end: end - 1 }
    const walk = () => walkItems(bytes, items as number, names).page
    return new UnwalkedPage(
      { bytes, count: count as number, extent, lastEvaluatedKey, readUnits },
      walk,
    )
  }
  page ??= walkItems(bytes, items, names).page
  return { ...page, lastEvaluatedKey, readUnits }
}

/**
 * Reads a response about one table; the name it stands under does not matter.
 *
 * @throws SyntaxError where it is no answer to a BatchGetItem
 */
export function readBatchGetPage(bytes: Uint8Array, names: KeyNames): BatchGetPage {
  let page: ItemPage | undefined
  const unprocessed: string[] = []
  let readUnits = 0
  eachMember(bytes, startOf(bytes), (nameStart, nameEnd, value) => {
    const name = stringOf(bytes, nameStart, nameEnd)
    if (name === 'Responses') {
      page ??= { bytes, count: 0, spans: NO_ITEMS }
      return eachMember(bytes, value, (_start, _end, items) => {
        const walked = walkItems(bytes, items, names)
        page = walked.page
        return walked.end
      })
    }
    if (name === 'UnprocessedKeys') {
      return eachMember(bytes, value, (_start, _end, request) =>
        readUnprocessed(bytes, request, unprocessed),
      )
    }
    const end = valueEnd(bytes, value)
    if (name === 'ConsumedCapacity') readUnits = sumOfUnits(bytes, value, end)
    return end
  })
  if (page === undefined) throw lacking('Responses')
  return { ...page, unprocessed, readUnits }
}

export interface BatchWriteAnswer {
  /** Requests the service left undone, each as the JSON text that it came in. */
  readonly unprocessed: readonly string[]
  readonly writeUnits: WriteUnits
}

/**
 * Reads the answer to writes to one table; the name it stands under does not matter.
 *
 * @throws SyntaxError where it is no answer to a BatchWriteItem
 */
export function readBatchWrite(bytes: Uint8Array): BatchWriteAnswer {
  const unprocessed: string[] = []
  let isAnswer = false
  let writeUnits = 0
  eachMember(bytes, startOf(bytes), (nameStart, nameEnd, value) => {
    const name = stringOf(bytes, nameStart, nameEnd)
    if (name === 'UnprocessedItems') {
      isAnswer = true
      return eachMember(bytes, value, (_start, _end, requests) =>
        eachElement(bytes, requests, (request) => {
          const end = valueEnd(bytes, request)
          unprocessed.push(textOf(bytes, request, end))
          return end
        }),
      )
    }
    const end = valueEnd(bytes, value)
    if (name === 'ConsumedCapacity') writeUnits = sumOfUnits(bytes, value, end)
    return end
  })
  if (!isAnswer) throw lacking('UnprocessedItems')
  return { unprocessed, writeUnits }
}

/** What a write says that it took. */
export function readWriteUnits(bytes: Uint8Array): WriteUnits {
  let writeUnits = 0
  eachMember(bytes, startOf(bytes), (nameStart, nameEnd, value) => {
    const end = valueEnd(bytes, value)
    if (stringOf(bytes, nameStart, nameEnd) === 'ConsumedCapacity') {
      writeUnits = unitsOf(JSON.parse(textOf(bytes, value, end)))
    }
    return end
  })
  return writeUnits
}

/** Of a list of ConsumedCapacity values, one a table. */
function sumOfUnits(bytes: Uint8Array, start: number, end: number): number {
  const capacities: unknown = JSON.parse(textOf(bytes, start, end))
  return Array.isArray(capacities)
    ? capacities.reduce((sum: number, capacity) => sum + unitsOf(capacity), 0)
    : 0
}

/** `CapacityUnits` of a ConsumedCapacity value; 0 where the engine gave none, or none that can be. */
function unitsOf(capacity: unknown): number {
  const units = (capacity as { CapacityUnits?: unknown } | null)?.CapacityUnits
  return typeof units === 'number' && units >= 0 && units <= MOST_UNITS ? units : 0
}

/** More than any request takes. */
const MOST_UNITS = 1e9

function readUnprocessed(bytes: Uint8Array, at: number, into: string[]): number {
  return eachMember(bytes, at, (nameStart, nameEnd, value) => {
    if (stringOf(bytes, nameStart, nameEnd) !== 'Keys') return valueEnd(bytes, value)
    return eachElement(bytes, value, (key) => {
      const end = valueEnd(bytes, key)
      into.push(textOf(bytes, key, end))
      return end
    })
  })
}

function keyText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const text = textOf(bytes, start, end)
  return text === 'null' ? undefined : text
}

const startOf = (bytes: Uint8Array) => skipBlanks(bytes, 0)
