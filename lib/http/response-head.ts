/** What stands before the body of an answer (RFC 9112). Strict: what may be read in two ways is refused. */
import type { Bytes, Milliseconds } from '../model/units.ts'
import { misread } from './misread.ts'

export interface Head {
  readonly statusCode: number
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>
  /** Of the body; undefined: it goes on to the end of the connection. */
  readonly length: Bytes | 'chunked' | undefined
  /** Whether the connection may be used once more, and how long the other end keeps it, where it says so. */
  readonly isKept: boolean
  readonly keptFor: Milliseconds | undefined
}

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: .*)?$/
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/

/** Of these there is no body, whatever the headers say (RFC 9112, section 6.3). */
const BODILESS = new Set([204, 304])

/**
 * @param text the lines of the head, and the empty one after them
 * @throws Error with code `HPE_UNEXPECTED`
 */
export function headOf(text: string): Head {
  const [first = '', ...lines] = text.split(/\r?\n/).slice(0, -2)
  const [, minor, status] = STATUS_LINE.exec(first) ?? []
  if (status === undefined) throw misread('no line of status')
  const headers = headersOf(lines)
  const statusCode = Number(status)
  const connection = (headers['connection'] ?? '').toLowerCase()
  const length = lengthOf(statusCode, headers)
  const [, seconds] = /timeout=(\d{1,6})/.exec(headers['keep-alive'] ?? '') ?? []
  return {
    statusCode,
    headers,
    length,
    isKept:
      length !== undefined &&
      (minor === '1' ? !connection.includes('close') : connection.includes('keep-alive')),
    keptFor: seconds === undefined ? undefined : Number(seconds) * 1000,
  }
}

function headersOf(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const [, name, value = ''] = HEADER.exec(line) ?? []
    if (name === undefined) throw misread('a line that is no header')
    const key = name.toLowerCase()
    const before = headers[key]
    const now = value.trim()
    // Twice the same says no more than once; of a length two are one too many.
    if (before !== undefined && before !== now && key === 'content-length') {
      throw misread('two lengths')
    }
    headers[key] = before === undefined || before === now ? now : `${before}, ${now}`
  }
  return headers
}

function lengthOf(statusCode: number, headers: Readonly<Record<string, string>>): Head['length'] {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers
  if (statusCode < 200 || BODILESS.has(statusCode)) return 0
  if (encoding !== undefined) {
    if (encoding.toLowerCase() !== 'chunked') throw misread('an encoding that is not known')
    return 'chunked'
  }
  if (length === undefined) return undefined
  if (!/^\d{1,15}$/.test(length)) throw misread('a length that is none')
  return Number(length)
}
