/**
 * Reads the head of an answer, and the lines after its last chunk (RFC 9112). Refuses what can be
 * read in two ways: everything that llhttp refuses, and more.
 */
import type { Bytes, Milliseconds } from '../model/units.ts'
import { misread } from './misread.ts'

export interface Head {
  readonly statusCode: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** Of the body. Undefined: the body ends with the connection. */
  readonly length: Bytes | 'chunked' | undefined
  /** Whether the connection may be reused, and for how long, if the other end says so. */
  readonly isKept: boolean
  readonly keptFor: Milliseconds | undefined
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f]/
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):(.*)$/

/** Headers that say where a body ends. */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding'])

/** Answers with these codes have no body, whatever the headers say (RFC 9112, section 6.3). */
const BODILESS = new Set([204, 304])

/** Reads a head line by line, and refuses a bad line as soon as it comes. */
export class HeadReader {
  #status: { readonly minor: string; readonly code: number } | undefined
  #headers: Record<string, string> = {}

  /** Whether no line has come yet. */
  get isEmpty(): boolean {
    return this.#status === undefined
  }

  /**
   * @param line without its end, and not empty
   * @throws Error with code `HPE_UNEXPECTED`
   */
  add(line: string): void {
    if (this.#status === undefined) {
      const [, minor = '', code, reason = ''] = STATUS_LINE.exec(line) ?? []
      if (code === undefined || hasControls(reason)) throw misread('no line of status')
      // HTTP/1.0 has no interim answers.
      if (minor === '0' && code.startsWith('1')) throw misread('an interim answer of HTTP/1.0')
      this.#status = { minor, code: Number(code) }
      return
    }
    const { name, value } = headerOf(line)
    if (FRAMING.has(name)) this.#checkFraming(name, value, line)
    const before = this.#headers[name]
    // A header repeated with the same value adds nothing.
    this.#headers[name] = before === undefined || before === value ? value : `${before}, ${value}`
  }

  /** Refuses a second statement of the body's length. */
  #checkFraming(name: string, value: string, line: string): void {
    for (const one of FRAMING) {
      // Some proxies repeat that the body is chunked.
      const isRepeated = name === 'transfer-encoding' && one === name
      if (Object.hasOwn(this.#headers, one) && !isRepeated) throw misread(`${name} after ${one}`)
    }
    const isKnown =
      name === 'transfer-encoding' ? value.toLowerCase() === 'chunked' : /^\d{1,15}$/.test(value)
    // Some parsers take a tab for a part of the value.
    if (!isKnown || line.endsWith('\t')) throw misread(`${name} of a value that is not known`)
  }

  /** Called after the last line: returns what the head says. Another head may follow. */
  end(): Head {
    const headers = this.#headers
    const { minor, code: statusCode } = this.#status ?? { minor: '0', code: 0 }
    this.#headers = {}
    this.#status = undefined
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
}

/**
 * Parses one line of a head, or after the last chunk; `name` is in lower case.
 *
 * @throws Error with code `HPE_UNEXPECTED`
 */
function headerOf(line: string): { readonly name: string; readonly value: string } {
  const [, name, rest = ''] = HEADER.exec(line) ?? []
  if (name === undefined || hasControls(rest)) throw misread('a line that is no header')
  return { name: name.toLowerCase(), value: withoutBlanks(rest) }
}

/** Removes blanks and tabs at both ends. */
function withoutBlanks(text: string): string {
  const isBlank = (at: number) => text[at] === ' ' || text[at] === '\t'
  let [from, to] = [0, text.length]
  while (from < to && isBlank(from)) from++
  while (to > from && isBlank(to - 1)) to--
  return text.slice(from, to)
}

/**
 * Checks a line after the last chunk. Its content is not used.
 *
 * @throws Error with code `HPE_UNEXPECTED`
 */
export function checkTrailer(line: string): void {
  if (FRAMING.has(headerOf(line).name)) throw misread('a length behind its body')
}

/** Text in a head may have tabs, but no other control characters (RFC 9110, section 5.5). */
function hasControls(text: string): boolean {
  return CONTROLS.test(text)
}

function lengthOf(statusCode: number, headers: Readonly<Record<string, string>>): Head['length'] {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers
  if (statusCode < 200 || BODILESS.has(statusCode)) return 0
  if (encoding !== undefined) return 'chunked'
  return length === undefined ? undefined : Number(length)
}
