/** The answer to a Scan, read from its bytes. */
import type { ReadUnits } from '../../model/units.ts'
import { type ItemPage, type KeyNames, noItems } from '../page.ts'
import { UnwalkedPage } from '../unwalked-page.ts'
import { keyText, otherCount, parsed, readMembers, unitsOf } from './answer-members.ts'
import { frameOf } from './frame.ts'
import { valueEnd } from './json-bytes.ts'
import type { Body } from './response-body.ts'
import { walkItems } from './walk.ts'

export interface ScanPage extends ItemPage {
  /** Where the scan goes on, as DynamoDB JSON text. Absent: the segment has ended. */
  readonly lastEvaluatedKey: string | undefined
  readonly readUnits: ReadUnits
  /** Items that the request has gone over: `ScannedCount`, where the answer has one. */
  readonly scanned: number
  /** Before the page is handed out: so many are going to release it. */
  shareAmong?(holders: number): void
}

/**
 * Reads what stands around the items; they themselves are walked once one of
 * them is asked for, or at once where the answer has to be read step by step.
 *
 * @param blame says of an error at that later walk whose answer it was
 * @throws SyntaxError where it is no answer to a Scan
 * @throws TablesyncError with code `BAD_RESPONSE` where it contradicts itself
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

/** An absent `Items` says that there are none only beside a member that is known. */
function readStepByStep(bytes: Uint8Array, names: KeyNames): ScanPage {
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
  const said = readMembers(
    bytes,
    new Map([
      ['Items', readItems],
      ['LastEvaluatedKey', readKey],
      ['Count', parsed(bytes, noteCount)],
      ['ScannedCount', parsed(bytes, noteScanned)],
      ['ConsumedCapacity', parsed(bytes, noteUnits)],
    ]),
  )
  if (said.size === 0) throw new SyntaxError('an answer that says nothing of a scan')
  const { count, spans } = page
  if (said.has('Count') && saidCount !== count) throw otherCount(saidCount, count)
  const scanned = typeof saidScanned === 'number' ? saidScanned : count
  return { bytes, count, spans, lastEvaluatedKey, readUnits, scanned }
}
