/** Lines of JSON that begin with a checksum of the rest, so that a reader sees damage. */
import { crc32 } from 'node:zlib'

/** @param value an object with at least one field */
export function checkedLine(value: object): string {
  return checkedText(JSON.stringify(value))
}

/** @param text the JSON text of an object with at least one field */
export function checkedText(text: string): string {
  return `{"crc":"${sumOf(text)}",${text.slice(1)}`
}

/** The value of a line. Undefined: the line is torn, or is not what was written. */
export function readCheckedLine(line: string): unknown {
  const [, sum, rest] = /^\{"crc":"([0-9a-f]{8})",(.*)$/s.exec(line) ?? []
  if (rest === undefined || sumOf(`{${rest}`) !== sum) return undefined
  return JSON.parse(`{${rest}`)
}

/** The checksum that a checked line begins with. */
export const checksumIn = (line: string): string =>
  line.slice('{"crc":"'.length, '{"crc":"'.length + 8)

const sumOf = (text: string) => crc32(text).toString(16).padStart(8, '0')
