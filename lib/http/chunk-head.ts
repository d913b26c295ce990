import type { Bytes } from '../model/units.ts'
import { misread } from './misread.ts'

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const QUOTED = '"(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])*"'
/** A length and optional extensions, which are ignored (RFC 9112, section 7.1). */
const CHUNK_HEAD = new RegExp(`^([0-9a-fA-F]{1,8})(?:;${TOKEN}(?:=(?:${TOKEN}|${QUOTED}))?)*\r\n$`)

/**
 * Returns the length of the chunk that this line begins. The last chunk has length 0.
 *
 * @throws Error with code `HPE_UNEXPECTED`
 */
export function chunkLength(line: string): Bytes {
  const [, length] = CHUNK_HEAD.exec(line) ?? []
  if (length === undefined) throw misread('a chunk without a length')
  return Number.parseInt(length, 16)
}
