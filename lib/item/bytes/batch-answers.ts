/** Answers about many keys, and to writes, read from their bytes. */
import type { ReadUnits, WriteUnits } from '../../model/units.ts'
import { type ItemPage, type KeyNames, noItems } from '../page.ts'
import { isNull, parsed, type ReadMember, readMembers, skipped, unitsOf } from './answer-members.ts'
import { badResponse, eachElement, eachMember, stringOf, textOf, valueEnd } from './json-bytes.ts'
import type { Body } from './response-body.ts'
import { walkItems } from './walk.ts'

export interface BatchGetPage extends ItemPage {
  /** Keys the service left unread, each as DynamoDB JSON text. */
  readonly unprocessed: readonly string[]
  readonly readUnits: ReadUnits
  /**
   * It says nothing of its keys: it has no list of items, and neither what was
   * left nor what it took. That is no word for their absence.
   */
  readonly isBare: boolean
}

/**
 * Reads a response about one table; the name it stands under does not matter.
 *
 * @throws TablesyncError with code `BAD_RESPONSE` where it is no answer to a BatchGetItem
 */
export function readBatchGetPage({ bytes }: Body, names: KeyNames): BatchGetPage {
  let page: ItemPage | undefined
  const unprocessed: string[] = []
  let readUnits = 0
  const readItems = (items: number) => {
    const walked = walkItems(bytes, items, names)
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
  return { bytes, count, spans, unprocessed, readUnits, isBare }
}

export interface BatchWriteAnswer {
  /** Requests the service left undone, each as the JSON text that it came in. */
  readonly unprocessed: readonly string[]
  readonly writeUnits: WriteUnits
  /** It says nothing of its items: whether they were written has to be read. */
  readonly isBare: boolean
}

/**
 * Reads the answer to writes to one table; the name it stands under does not matter.
 *
 * @throws TablesyncError with code `BAD_RESPONSE` where it is no answer to a BatchWriteItem
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

/** What a write says that it took. */
export function readWriteUnits({ bytes }: Body): WriteUnits {
  let writeUnits = 0
  const noteUnits = (capacity: unknown) => {
    writeUnits = unitsOf(capacity)
  }
  readMembers(bytes, new Map([['ConsumedCapacity', parsed(bytes, noteUnits)]]))
  return writeUnits
}

/** Reads what a member holds of the one table: nothing, where that is absent or null. */
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

/** Of a list of ConsumedCapacity values, one a table. */
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
