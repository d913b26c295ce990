/** Reads the members of an answer, and holds what several readers need. */
import type { ReadUnits, WriteUnits } from '../../model/units.ts'
import {
  badResponse,
  eachMember,
  malformed,
  skipBlanks,
  stringOf,
  textOf,
  valueEnd,
} from './json-bytes.ts'

/** Reads the value that begins at a place; returns the place after it. */
export type ReadMember = (value: number) => number

/**
 * Reads the members of an answer, each with the reader for its name. Members that the API model
 * calls optional may be absent or null (API reference, Scan, BatchGetItem and BatchWriteItem: no
 * member of their answers is required).
 *
 * @param heedOther called with the name of each member that has no reader
 * @returns the names of the members that were read: those that are present and not null
 * @throws TablesyncError with code `BAD_RESPONSE` if it is no object, or a member to read comes
 * twice
 */
export function readMembers(
  bytes: Uint8Array,
  readers: ReadonlyMap<string, ReadMember>,
  heedOther: (name: string, known: Iterable<string>) => void = () => {},
): ReadonlySet<string> {
  const said = new Set<string>()
  const met = new Set<string>()
  const end = eachMember(bytes, skipBlanks(bytes, 0), (nameStart, nameEnd, value) => {
    const name = stringOf(bytes, nameStart, nameEnd)
    const read = readers.get(name)
    if (read === undefined) {
      heedOther(name, readers.keys())
      return valueEnd(bytes, value)
    }
    if (met.has(name)) throw badResponse(`Expected one ${name} in a response, got two`)
    met.add(name)
    if (isNull(bytes, value)) return value + NULL.length
    said.add(name)
    return read(value)
  })
  const after = skipBlanks(bytes, end)
  if (after < bytes.length) throw malformed(bytes, after, 'the end')
  return said
}

/**
 * Without a checksum, a member that is nearly called like a known one is taken for it, garbled. An
 * answer without its last key would end its segment.
 *
 * @throws TablesyncError with code `BAD_RESPONSE`
 */
export function refuseGarbledName(name: string, known: Iterable<string>): void {
  for (const one of known) {
    if (one.length !== name.length) continue
    const differing = [...one].filter((character, at) => character !== name[at]).length
    if (differing <= 2) throw badResponse(`Expected ${one} in a response, got ${name}`)
  }
}

/** Skips a member: only its presence counts. */
export const skipped =
  (bytes: Uint8Array): ReadMember =>
  (value) =>
    valueEnd(bytes, value)

/** Parses a member, and passes its value to `take`. */
export const parsed =
  (bytes: Uint8Array, take: (value: unknown) => void): ReadMember =>
  (value) => {
    const end = valueEnd(bytes, value)
    take(JSON.parse(textOf(bytes, value, end)))
    return end
  }

const NULL = Buffer.from('null')

export function isNull(bytes: Uint8Array, at: number): boolean {
  return NULL.every((byte, index) => bytes[at + index] === byte)
}

/** `CapacityUnits` of a ConsumedCapacity value. 0: the engine gave none, or an impossible one. */
export function unitsOf(capacity: unknown): ReadUnits | WriteUnits {
  const units = (capacity as { CapacityUnits?: unknown } | null)?.CapacityUnits
  return typeof units === 'number' && units >= 0 && units <= MOST_UNITS ? units : 0
}

/** More than any request takes. */
const MOST_UNITS = 1e9

/**
 * A key as DynamoDB JSON text. Undefined: the key is null or has no attributes, as written by
 * engines that never leave the member out.
 */
export function keyText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const text = textOf(bytes, start, end)
  if (text === 'null' || /^\{\s*\}$/.test(text)) return undefined
  if (!text.startsWith('{')) throw malformed(bytes, start, 'a key')
  return text
}

export const otherCount = (said: unknown, came: number) =>
  badResponse(`Expected the ${JSON.stringify(said)} items that a response says it has, got ${came}`)
