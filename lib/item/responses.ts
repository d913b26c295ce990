/** Responses of item operations, read from their bytes. */
import type { ReadUnits, WriteUnits } from '../model/units.ts'
import { keyText, unitsOf } from './answer-members.ts'
import type { Body } from './body.ts'
import { frameOf } from './frame.ts'
import { eachElement, eachMember, skipBlanks, stringOf, textOf, valueEnd } from './json-bytes.ts'
import type { ItemPage, KeyNames } from './page.ts'
import { UnwalkedPage } from './unwalked-page.ts'
import { walkItems } from './walk.ts'

export interface ScanPage extends ItemPage {
  /** Where the scan goes on, as DynamoDB JSON text. Absent: the segment has ended. */
  readonly lastEvaluatedKey: string | undefined
  readonly readUnits: ReadUnits
  /** Before the page is handed out: so many are going to release it. */
  shareAmong?(holders: number): void
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
 * Reads what stands around the items; they themselves are walked once one of
 * them is asked for, or at once where the answer has to be read step by step.
 *
 * @param blame says of an error at that later walk whose answer it was
 * @throws SyntaxError where it is no answer to a Scan
 */
export function readScanPage(
  body: Body,
  names: KeyNames,
  blame?: (error: unknown) => unknown,
): ScanPage {
  // What may have been garbled is walked, so that it can be asked for again.
  const frame = body.isVerified ? frameOf(body.bytes) : undefined
  return frame === undefined
    ? readStepByStep(body.bytes, names)
    : new UnwalkedPage(body, frame, names, blame)
}

function readStepByStep(bytes: Uint8Array, names: KeyNames): ScanPage {
  let page: ItemPage | undefined
  let lastEvaluatedKey: string | undefined
  let readUnits = 0
  eachMember(bytes, startOf(bytes), (nameStart, nameEnd, value) => {
    const name = stringOf(bytes, nameStart, nameEnd)
    if (name === 'Items') {
      const walked = walkItems(bytes, value, names)
      page = walked.page
      return walked.end
    }
    const end = valueEnd(bytes, value)
    if (name === 'LastEvaluatedKey') lastEvaluatedKey = keyText(bytes, value, end)
    if (name === 'ConsumedCapacity') readUnits = unitsOf(JSON.parse(textOf(bytes, value, end)))
    return end
  })
  if (page === undefined) throw lacking('Items')
  const { count, spans } = page
  return { bytes, count, spans, lastEvaluatedKey, readUnits }
}

/**
 * Reads a response about one table; the name it stands under does not matter.
 *
 * @throws SyntaxError where it is no answer to a BatchGetItem
 */
export function readBatchGetPage({ bytes }: Body, names: KeyNames): BatchGetPage {
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
  const { count, spans } = page
  return { bytes, count, spans, unprocessed, readUnits }
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
export function readBatchWrite({ bytes }: Body): BatchWriteAnswer {
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
export function readWriteUnits({ bytes }: Body): WriteUnits {
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

const startOf = (bytes: Uint8Array) => skipBlanks(bytes, 0)
