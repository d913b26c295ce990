/**
 * Reads what stands around the items of a Scan's answer without walking through the items. Most
 * pages need no walk, because the other table's page has all of their bytes as well.
 */
import type { ReadUnits } from '../../model/units.ts'
import { theKernel } from '../kernel/kernel.ts'
import { keyText, unitsOf } from './answer-members.ts'
import { skipBlanks, stringEnd, stringOf, textOf, valueEnd } from './json-bytes.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const CLOSE_BRACE = 0x7d

/** How many brackets are tried: the strings of a key may contain some. */
const MOST_TRIED = 16

export interface Frame {
  /** The number of items, as the answer says it. */
  readonly count: number
  /** Where the first item begins, and where the bracket after the last item is. */
  readonly start: number
  readonly end: number
  readonly lastEvaluatedKey: string | undefined
  readonly readUnits: ReadUnits
  /** `ScannedCount`. Undefined: the answer has none. */
  readonly scanned: number | undefined
  /** Whether the answer has members of other names. */
  readonly hasOthers: boolean
  /** Where each item begins, if that had to be found. */
  readonly starts: Int32Array | undefined
}

/**
 * Undefined: the answer is not as DynamoDB writes it (without blanks and with a count), or is no
 * answer at all. The caller then has to read it step by step.
 *
 * The items end at the last bracket after which whole members lead to the end of the answer. No
 * bracket within the strings of those members qualifies: the rest of a string follows it. No
 * bracket within an item qualifies: the braces around it close first. A bracket of another list
 * after the items does qualify, though DynamoDB sends no such list: the items then end before it,
 * and the walk will notice. If a member is missing that may stand before such a list, the items are
 * counted.
 */
export function frameOf(answer: Buffer): Frame | undefined {
  try {
    const members = new FrameMembers()
    const start = itemsStart(answer, members)
    const end = start === undefined ? undefined : itemsEnd(answer, start, members)
    const { count, lastEvaluatedKey, readUnits = 0, scanned } = members
    if (start === undefined || end === undefined) return undefined
    if (!Number.isSafeInteger(count) || count < 0 || (count === 0) !== (start === end)) {
      return undefined
    }
    // Without a key the segment ends here, so the absence of the key has to be certain.
    const isLacking = lastEvaluatedKey === undefined || members.readUnits === undefined
    const mustCount = isLacking && count > 0
    const starts = mustCount ? theKernel().starts(answer, { start, end }, count) : undefined
    // No member hides behind items that are all that is there.
    if (mustCount && starts === undefined) return undefined
    const { hasOthers } = members
    return { count, start, end, lastEvaluatedKey, readUnits, scanned, hasOthers, starts }
  } catch {
    // The reader that goes step by step will say what is wrong with the answer.
    return undefined
  }
}

/** Collects what the members around the items say. */
class FrameMembers {
  count = Number.NaN
  lastEvaluatedKey: string | undefined
  readUnits: ReadUnits | undefined
  scanned: number | undefined
  hasOthers = false

  note(name: string, bytes: Buffer, value: number, end: number): void {
    switch (name) {
      case 'LastEvaluatedKey':
        this.lastEvaluatedKey = keyText(bytes, value, end)
        return
      case 'Count':
        this.count = Number(textOf(bytes, value, end))
        return
      case 'ScannedCount':
        this.scanned = Number(textOf(bytes, value, end))
        return
      case 'ConsumedCapacity':
        this.readUnits = unitsOf(JSON.parse(textOf(bytes, value, end)))
        return
      default:
        this.hasOthers = true
    }
  }
}

function itemsStart(answer: Buffer, members: FrameMembers): number | undefined {
  let at = skipBlanks(answer, 0)
  if (answer[at] !== OPEN_BRACE) return undefined
  do {
    const member = memberAt(answer, at + 1)
    if (member === undefined) return undefined
    const { name, value } = member
    if (name === 'Items') {
      // If there are blanks, the search for a comma after a list might miss one.
      const isPlain = answer[value - 1] === COLON && skipBlanks(answer, value + 1) === value + 1
      return isPlain && answer[value] === OPEN_BRACKET ? value + 1 : undefined
    }
    const end = valueEnd(answer, value)
    members.note(name, answer, value, end)
    at = skipBlanks(answer, end)
  } while (answer[at] === COMMA)
  return undefined
}

function itemsEnd(answer: Buffer, start: number, members: FrameMembers): number | undefined {
  let bracket = answer.lastIndexOf(CLOSE_BRACKET)
  for (let tried = 0; tried < MOST_TRIED && bracket >= start; tried++) {
    if (eachMemberToEnd(answer, bracket + 1, () => {})) {
      eachMemberToEnd(answer, bracket + 1, (...member) => members.note(...member))
      return bracket
    }
    bracket = answer.lastIndexOf(CLOSE_BRACKET, bracket - 1)
  }
  return undefined
}

/** Whether whole members lead from `at` to the end of the answer. */
function eachMemberToEnd(bytes: Buffer, at: number, visit: FrameMembers['note']): boolean {
  let i = at
  while (bytes[i] === COMMA) {
    const member = memberAt(bytes, i + 1)
    if (member === undefined) return false
    const end = valueEnd(bytes, member.value)
    visit(member.name, bytes, member.value, end)
    i = skipBlanks(bytes, end)
  }
  return bytes[i] === CLOSE_BRACE && skipBlanks(bytes, i + 1) === bytes.length
}

/** The member of an object whose name begins at or after `at`. */
function memberAt(bytes: Buffer, at: number): { name: string; value: number } | undefined {
  const start = skipBlanks(bytes, at)
  if (bytes[start] !== QUOTE) return undefined
  const end = stringEnd(bytes, start)
  const colon = skipBlanks(bytes, end)
  if (bytes[colon] !== COLON) return undefined
  return { name: stringOf(bytes, start, end), value: skipBlanks(bytes, colon + 1) }
}
