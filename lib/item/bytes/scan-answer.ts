/** Reads the answer to a Scan from its bytes. */
import type { TablesyncError } from '../../errors.ts'
import type { ReadUnits } from '../../model/units.ts'
import { type ItemPage, type KeyNames, noItems } from '../page.ts'
import { UnwalkedPage } from '../unwalked-page.ts'
import {
  keyText,
  otherCount,
  parsed,
  readMembers,
  refuseGarbledName,
  unitsOf,
} from './answer-members.ts'
import { frameOf } from './frame.ts'
import { valueEnd } from './json-bytes.ts'
import type { Body } from './response-body.ts'
import { walkItems } from './walk.ts'

export interface ScanPage extends ItemPage {
  /** Where the scan continues, as DynamoDB JSON text. Undefined: the segment has ended. */
  readonly lastEvaluatedKey: string | undefined
  readonly readUnits: ReadUnits
  /** How many items the request went over: `ScannedCount`, or the items' count if it is absent. */
  readonly scanned: number
  /** Of items that could not be changed, and whose keys cannot be told. Absent: there are none. */
  readonly nameless?: readonly TablesyncError[]
  /** Called before the page is handed out: so many holders will release it. */
  shareAmong?(holders: number): void
}

/**
 * Reads what stands around the items. The items themselves are walked when one of them is first
 * needed; at once if no checksum vouches for them, so that a garbled answer can be requested again.
 *
 * @param wanted how many items are wanted; absent: all of the segment
 * @param blame turns an error of a later walk into one that says whose answer it was
 * @throws SyntaxError if it is not an answer to a Scan
 * @throws TablesyncError with code `BAD_RESPONSE` if it contradicts itself
 */
export function readScanPage(
  body: Body,
  names: KeyNames,
  ...[blame, wanted]: [blame?: (error: unknown) => unknown, wanted?: number]
): ScanPage {
  const frame = frameOf(body.bytes)
  if (frame === undefined || (!body.isVerified && frame.hasOthers)) {
    return endingAfter(readStepByStep(body, names), wanted)
  }
  const page = new UnwalkedPage(body, endingAfter(frame, wanted), names, blame)
  if (!body.isVerified) page.check()
  return page
}

/** The scan ends with a page that has all the items that are wanted. */
function endingAfter<
  Page extends { readonly count: number; readonly lastEvaluatedKey: string | undefined },
>(page: Page, wanted = Number.POSITIVE_INFINITY): Page {
  return page.count < wanted ? page : { ...page, lastEvaluatedKey: undefined }
}

/** An absent `Items` means that there are none only if another known member is present. */
function readStepByStep({ bytes, isVerified }: Body, names: KeyNames): ScanPage {
  let page: ItemPage = noItems(bytes)
  let lastEvaluatedKey: string | undefined
  let readUnits = 0
  let saidCount: unknown
  let saidScanned: unknown
  const readItems = (value: number) => {
    const walked = walkItems(bytes, value, names)
    page = walked.page
    return walked.end
  }
  const readKey = (value: number) => {
    const end = valueEnd(bytes, value)
    lastEvaluatedKey = keyText(bytes, value, end)
    return end
  }
  const noteCount = (count: unknown) => {
    saidCount = count
  }
  const noteScanned = (count: unknown) => {
    saidScanned = count
  }
  const noteUnits = (capacity: unknown) => {
    readUnits = unitsOf(capacity)
  }
  const readers = new Map([
    ['Items', readItems],
    ['LastEvaluatedKey', readKey],
    ['Count', parsed(bytes, noteCount)],
    ['ScannedCount', parsed(bytes, noteScanned)],
    ['ConsumedCapacity', parsed(bytes, noteUnits)],
  ])
  const said = readMembers(bytes, readers, isVerified ? undefined : refuseGarbledName)
  if (said.size === 0) throw new SyntaxError('an answer that says nothing of a scan')
  const { count, spans } = page
  if (said.has('Count') && saidCount !== count) throw otherCount(saidCount, count)
  const scanned = typeof saidScanned === 'number' ? saidScanned : count
  return { bytes, count, spans, lastEvaluatedKey, readUnits, scanned }
}
