/** Reads answers about many keys, and answers to writes, from their bytes. */
import type { ReadUnits, WriteUnits } from '../../model/units.ts'
import { theKernel } from '../kernel/kernel.ts'
import { type ItemPage, type KeyNames, noItems, STRIDE } from '../page.ts'
import { isNull, parsed, type ReadMember, readMembers, skipped, unitsOf } from './answer-members.ts'
import { badResponse, eachElement, eachMember, stringOf, textOf, valueEnd } from './json-bytes.ts'
import type { Body } from './response-body.ts'
import { walkItems } from './walk.ts'

/** The most items of an answer (API reference, BatchGetItem). */
const MOST_ITEMS = 100

export interface BatchGetPage extends ItemPage {
  /** Keys that the service left unread, each as DynamoDB JSON text. */
  readonly unprocessed: readonly string[]
  readonly readUnits: ReadUnits
  /**
   * The answer says nothing about its keys: it has no list of items, no unprocessed keys and no
   * consumed capacity. That does not mean that the items are absent.
   */
  readonly isBare: boolean
}

/**
 * Reads a response about one table. The table's name in the response does not matter.
 *
 * @throws TablesyncError with code `BAD_RESPONSE` if it is not an answer to a BatchGetItem
 */
export function readBatchGetPage({ bytes }: Body, names: KeyNames): BatchGetPage {
  let page: ItemPage | undefined
  const unprocessed: string[] = []
  let readUnits = 0
  const readItems = (items: number) => {
    const quick = theKernel().walkList(bytes, { start: items, most: MOST_ITEMS }, names)
    const walked = quick === undefined ? walkItems(bytes, items, names) : pageOf(bytes, quick)
    page = walked.page
    return walked.end
  }
  const readKeys = (request: number) => readUnprocessed(bytes, request, unprocessed)
  const noteUnits = (capacities: unknown) => {
    readUnits = sumOfUnits(capacities)
  }
  const said = readMembers(
    bytes,
    new Map([
      ['Responses', ofOneTable(bytes, readItems)],
      ['UnprocessedKeys', ofOneTable(bytes, readKeys)],
      ['ConsumedCapacity', parsed(bytes, noteUnits)],
    ]),
  )
  const { count, spans } = page ?? noItems(bytes)
  const isBare = page === undefined && !said.has('UnprocessedKeys') && !said.has('ConsumedCapacity')
  return { bytes, count, spans, parsed: [], unprocessed, readUnits, isBare }
}

const pageOf = (bytes: Uint8Array, { spans, end }: { spans: Int32Array; end: number }) => ({
  page: { bytes, count: spans.length / STRIDE, spans },
  end,
})

export interface BatchWriteAnswer {
  /** Requests that the service left undone, each as its JSON text. */
  readonly unprocessed: readonly string[]
  readonly writeUnits: WriteUnits
  /** The answer says nothing about its items: only a read can tell whether they were written. */
  readonly isBare: boolean
}

/**
 * Reads the answer to writes to one table. The table's name in the answer does not matter.
 *
 * @throws TablesyncError with code `BAD_RESPONSE` if it is not an answer to a BatchWriteItem
 */
export function readBatchWrite({ bytes }: Body): BatchWriteAnswer {
  const unprocessed: string[] = []
  let writeUnits = 0
  const readRequests = (requests: number) =>
    eachElement(bytes, requests, (request) => {
      const end = valueEnd(bytes, request)
      unprocessed.push(textOf(bytes, request, end))
      return end
    })
  const noteUnits = (capacities: unknown) => {
    writeUnits = sumOfUnits(capacities)
  }
  const said = readMembers(
    bytes,
    new Map([
      ['UnprocessedItems', ofOneTable(bytes, readRequests)],
      ['ItemCollectionMetrics', skipped(bytes)],
      ['ConsumedCapacity', parsed(bytes, noteUnits)],
    ]),
  )
  return { unprocessed, writeUnits, isBare: said.size === 0 }
}

/** The units that a write took, as its answer says. */
export function readWriteUnits({ bytes }: Body): WriteUnits {
  let writeUnits = 0
  const noteUnits = (capacity: unknown) => {
    writeUnits = unitsOf(capacity)
  }
  readMembers(bytes, new Map([['ConsumedCapacity', parsed(bytes, noteUnits)]]))
  return writeUnits
}

/** Reads what a member holds about the one table. Reads nothing if that is absent or null. */
const ofOneTable =
  (bytes: Uint8Array, read: ReadMember): ReadMember =>
  (at) => {
    let isMet = false
    return eachMember(bytes, at, (_start, _end, value) => {
      if (isNull(bytes, value)) return valueEnd(bytes, value)
      if (isMet) throw badResponse('Expected a response about one table, got one about two')
      isMet = true
      return read(value)
    })
  }

/** The sum of a list of ConsumedCapacity values, one for each table. */
function sumOfUnits(capacities: unknown): number {
  return Array.isArray(capacities)
    ? capacities.reduce((sum: number, capacity) => sum + unitsOf(capacity), 0)
    : 0
}

function readUnprocessed(bytes: Uint8Array, at: number, into: string[]): number {
  return eachMember(bytes, at, (nameStart, nameEnd, value) => {
    const isKeys = stringOf(bytes, nameStart, nameEnd) === 'Keys' && !isNull(bytes, value)
    if (!isKeys) return valueEnd(bytes, value)
    return eachElement(bytes, value, (key) => {
      const end = valueEnd(bytes, key)
      into.push(textOf(bytes, key, end))
      return end
    })
  })
}
