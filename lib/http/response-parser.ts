/** Parses the answers that come in on one connection, one after the other. */
import type { Bytes, Milliseconds } from '../model/units.ts'
import type { Answer } from './answer.ts'
import { chunkLength } from './chunk-head.ts'
import { FillingBody } from './filling-body.ts'
import { misread } from './misread.ts'
import type { PageBuffers } from './page-buffers.ts'
import { checkTrailer, type Head, HeadReader } from './response-head.ts'

/** Heads of DynamoDB's answers take a few hundred bytes. */
const MOST_HEAD_BYTES: Bytes = 16 << 10

/** A connection is given up this long before the other end closes it, as it has announced. */
const SOONER: Milliseconds = 1000

const HEAD_END = Buffer.from('\r\n\r\n')
const LF = 0x0a
const CR = 0x0d

/** What comes next. `line-end`: that of a chunk. `trailers`: lines after the last chunk. */
type Expected =
  | 'nothing'
  | 'head'
  | 'sized'
  | 'to-end'
  | 'chunk-head'
  | 'chunk'
  | 'line-end'
  | 'trailers'

export class ResponseParser {
  readonly #buffers: PageBuffers
  readonly #onAnswer: (answer: Answer) => void
  #expected: Expected = 'nothing'
  readonly #headLines = new HeadReader()
  /** Parts of a line whose end has not come yet. */
  #begun: Buffer[] = []
  #begunBytes: Bytes = 0
  #head: Head | undefined
  #body: FillingBody | undefined
  /** Missing bytes of the body, or of the chunk. */
  #missing: Bytes = 0
  #isKept = true
  #goodUntil = Number.POSITIVE_INFINITY

  constructor(buffers: PageBuffers, onAnswer: (answer: Answer) => void) {
    this.#buffers = buffers
    this.#onAnswer = onAnswer
  }

  /** Whether the connection may take another request. */
  get mayGoOn(): boolean {
    return this.#isKept && performance.now() < this.#goodUntil
  }

  /** Where the next bytes belong, if that is known: bytes read into it need not be copied. */
  get room(): Buffer | undefined {
    return this.#expected === 'sized' ? this.#body?.room : undefined
  }

  /** Called when bytes were read into `room`. False: they are not all of the body. */
  filled(length: Bytes): boolean {
    if (this.#expected !== 'sized' || length > this.#missing) return false
    this.#body?.filled(length)
    this.#missing -= length
    if (this.#missing === 0) this.#complete()
    return true
  }

  /** From now on, an answer is expected. */
  begin(): void {
    this.#expected = 'head'
  }

  /** Parses the bytes that were read. Returns what is wrong with them. */
  read(bytes: Buffer): Error | undefined {
    try {
      let left = bytes
      while (left.length > 0) {
        if (this.#expected === 'nothing') return this.#tooMuch(left === bytes)
        left = left.subarray(this.#take(left))
      }
      return undefined
    } catch (error) {
      return error as Error
    }
  }

  /** Called when no more bytes will come. */
  end(): void {
    if (this.#expected === 'to-end') this.#complete()
  }

  /** Bytes that nobody asked for. After an answer they end the connection; the answer counts. */
  #tooMuch(isUnasked: boolean): Error | undefined {
    this.#isKept = false
    return isUnasked ? misread('an answer that nobody has asked for') : undefined
  }

  /** Takes some bytes, and returns how many. */
  #take(bytes: Buffer): number {
    switch (this.#expected) {
      case 'sized':
      case 'chunk':
        return this.#takeBody(bytes.subarray(0, this.#missing))
      case 'to-end':
        this.#body?.add(bytes)
        return bytes.length
      case 'head':
        return this.#takeHead(bytes) || this.#takeLine(bytes)
      default:
        return this.#takeLine(bytes)
    }
  }

  /** Takes a head that came in one piece, as nearly all do. 0: it has to be taken line by line. */
  #takeHead(bytes: Buffer): number {
    if (this.#begunBytes > 0 || !this.#headLines.isEmpty) return 0
    const end = bytes.indexOf(HEAD_END)
    if (end <= 0 || end > MOST_HEAD_BYTES - HEAD_END.length) return 0
    const lines = bytes.toString('latin1', 0, end).split('\r\n')
    // What is wrong with a line, its own reader says.
    if (lines.some((line) => line === '' || line.includes('\r') || line.includes('\n'))) return 0
    for (const line of lines) this.#headLines.add(line)
    // Another head may follow, and counts with this one.
    this.#begunBytes = end + HEAD_END.length
    this.#start(this.#headLines.end())
    return end + HEAD_END.length
  }

  #takeBody(bytes: Buffer): number {
    this.#body?.add(bytes)
    this.#missing -= bytes.length
    if (this.#missing > 0) return bytes.length
    if (this.#expected === 'sized') this.#complete()
    else this.#expected = 'line-end'
    return bytes.length
  }

  /** Takes bytes up to the end of a line. A line is parsed once it is whole. */
  #takeLine(bytes: Buffer): number {
    const end = bytes.indexOf(LF) + 1
    const taken = end === 0 ? bytes : bytes.subarray(0, end)
    this.#begunBytes += taken.length
    if (this.#begunBytes > MOST_HEAD_BYTES) throw misread('a head that is too long')
    // Check at once: the line with the CR may never end.
    if (hasLoneCr(this.#begun.at(-1), taken)) throw misread('CR without LF')
    this.#begun.push(Buffer.from(taken))
    if (end > 0) this.#lineEnded()
    return taken.length
  }

  #lineEnded(): void {
    const text = Buffer.concat(this.#begun).toString('latin1')
    this.#begun = []
    if (!text.endsWith('\r\n')) throw misread('a line that ends in LF alone')
    // The limit is for all lines after the last chunk, and for all heads of an answer, together.
    if (this.#expected === 'chunk-head' || this.#expected === 'line-end') this.#begunBytes = 0
    this.#understand(text)
  }

  #understand(text: string): void {
    const line = text.slice(0, -2)
    switch (this.#expected) {
      case 'head':
        if (line !== '') this.#headLines.add(line)
        // Some servers send an extra line end after a body.
        else if (!this.#headLines.isEmpty) this.#start(this.#headLines.end())
        return
      case 'chunk-head':
        this.#missing = chunkLength(text)
        this.#expected = this.#missing === 0 ? 'trailers' : 'chunk'
        return
      case 'line-end':
        if (line !== '') throw misread('a chunk longer than told')
        this.#expected = 'chunk-head'
        return
      default:
        if (line === '') this.#complete()
        else checkTrailer(line)
    }
  }

  #start(head: Head): void {
    // Interim answers come before the final one (RFC 9110, section 15.2).
    if (head.statusCode < 200) {
      if (head.statusCode === 101) throw misread('another protocol')
      return
    }
    this.#head = head
    this.#begunBytes = 0
    this.#isKept &&= head.isKept
    if (head.keptFor !== undefined) this.#goodUntil = performance.now() + head.keptFor - SOONER
    const { length } = head
    this.#body = new FillingBody(length === 'chunked' ? undefined : length, this.#buffers)
    this.#missing = typeof length === 'number' ? length : 0
    this.#expected = length === 'chunked' ? 'chunk-head' : length === undefined ? 'to-end' : 'sized'
    if (length === 0) this.#complete()
  }

  #complete(): void {
    const { statusCode, headers } = this.#head as Head
    const { body } = this.#body as FillingBody
    this.#body = undefined
    this.#begunBytes = 0
    this.#expected = 'nothing'
    this.#onAnswer({ statusCode, headers, body })
  }
}

/** Whether a CR in the line, or at the end of `before`, has a byte other than LF after it. */
function hasLoneCr(before: Buffer | undefined, line: Buffer): boolean {
  if (before?.at(-1) === CR && line[0] !== LF) return true
  const at = line.indexOf(CR)
  return at >= 0 && at + 1 < line.length && line[at + 1] !== LF
}
