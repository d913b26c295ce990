/**
 * Where the items of a Scan's answer end, found from behind: most pages need no
 * walk, since all of their bytes stand on the other table's page as well.
 */
import { asBuffer, skipBlanks, stringEnd, valueEnd } from './json-bytes.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const CLOSE_BRACKET = 0x5d
const CLOSE_BRACE = 0x7d

/** Brackets that are tried: the strings of a key may hold some. */
const MOST_TRIED = 16

const LIST_AND_MORE = Buffer.from('],')

/**
 * The position after the array at `at`; undefined where a walk has to tell.
 *
 * It is the last bracket behind which whole members lead to the end of the
 * answer. None within the strings of those members does: behind it comes the
 * rest of a string. None within an item does: the braces around it close first.
 * One of another list behind the items would; but within items a list has a
 * brace behind it, that of its type, so there is a comma behind this one alone.
 * That is looked for as it is written without blanks, so an answer with blanks
 * has to be walked.
 */
export function endOfItems(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at - 1] !== COLON || skipBlanks(bytes, at + 1) !== at + 1) return undefined
  let bracket = bytes.lastIndexOf(CLOSE_BRACKET)
  for (let tried = 0; tried < MOST_TRIED && bracket > at; tried++) {
    if (leadsToEnd(bytes, bracket + 1))
      return isFirstList(bytes, at, bracket) ? bracket + 1 : undefined
    bracket = bytes.lastIndexOf(CLOSE_BRACKET, bracket - 1)
  }
  return undefined
}

function isFirstList(bytes: Uint8Array, at: number, bracket: number): boolean {
  const first = asBuffer(bytes).indexOf(LIST_AND_MORE, at)
  return first === -1 || first >= bracket
}

function leadsToEnd(bytes: Uint8Array, at: number): boolean {
  let i = at
  while (bytes[i] === COMMA) {
    const name = skipBlanks(bytes, i + 1)
    if (bytes[name] !== QUOTE) return false
    const colon = skipBlanks(bytes, stringEnd(bytes, name))
    if (bytes[colon] !== COLON) return false
    i = skipBlanks(bytes, valueEnd(bytes, skipBlanks(bytes, colon + 1)))
  }
  return bytes[i] === CLOSE_BRACE && skipBlanks(bytes, i + 1) === bytes.length
}
