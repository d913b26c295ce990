/** Answers as they come in on one connection, one after the other. */
import type { Bytes, Milliseconds } from '../model/units.ts'
import type { Answer } from './answer.ts'
import { chunkLength } from './chunk-head.ts'
import { FillingBody } from './filling-body.ts'
import { misread } from './misread.ts'
import type { PageBuffers } from './page-buffers.ts'
import { checkTrailer, type Head, HeadReader } from './response-head.ts'

/** DynamoDB's heads have some hundred bytes. */
const MOST_HEAD_BYTES: Bytes = 16 << 10

/** A connection is let go so long before the other end says that it closes it. */
const SOONER: Milliseconds = 1000

const LF = 0x0a
const CR = 0x0d

/** What comes next. `line-end`: of a chunk. `trailers`: lines after the last chunk. */
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
  /** A line of which more is to come. */
  #begun: Buffer[] = []
  #begunBytes: Bytes = 0
  #head: Head | undefined
  #body: FillingBody | undefined
  /** Of the body, or of the chunk. */
  #missing: Bytes = 0
  #isKept = true
  #goodUntil = Number.POSITIVE_INFINITY

  constructor(buffers: PageBuffers, onAnswer: (answer: Answer) => void) {
    this.#buffers = buffers
    this.#onAnswer = onAnswer
  }

  /** Whether another answer may be asked for. */
  get mayGoOn(): boolean {
    return this.#isKept && performance.now() < this.#goodUntil
  }

  /** Where the next bytes belong, where that is known: then they need not be copied. */
  get room(): Buffer | undefined {
    return this.#expected === 'sized' ? this.#body?.room : undefined
  }

  /** An answer is going to come. */
  begin(): void {
    this.#expected = 'head'
  }

  /** What was read; what is wrong with it. */
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

  /** Nothing more will come. */
  end(): void {
    if (this.#expected === 'to-end') this.#complete()
  }

  /** Bytes that nobody has asked for: behind an answer they end its connection, and not it. */
  #tooMuch(isUnasked: boolean): Error | undefined {
    this.#isKept = false
    return isUnasked ? misread('an answer that nobody has asked for') : undefined
  }

  /** Takes some bytes; how many. */
  #take(bytes: Buffer): number {
    switch (this.#expected) {
      case 'sized':
      case 'chunk':
        return this.#takeBody(bytes.subarray(0, this.#missing))
      case 'to-end':
        this.#body?.add(bytes)
        return bytes.length
      default:
        return this.#takeLine(bytes)
    }
  }

  #takeBody(bytes: Buffer): number {
    this.#body?.add(bytes)
    this.#missing -= bytes.length
    if (this.#missing > 0) return bytes.length
    if (this.#expected === 'sized') this.#complete()
    else this.#expected = 'line-end'
    return bytes.length
  }

  /** Up to the end of a line, which is understood once it is whole. */
  #takeLine(bytes: Buffer): number {
    const end = bytes.indexOf(LF) + 1
    const taken = end === 0 ? bytes : bytes.subarray(0, end)
    this.#begunBytes += taken.length
    if (this.#begunBytes > MOST_HEAD_BYTES) throw misread('a head that is too long')
    // At once: the line that it stands in may never end.
    if (hasLoneCr(this.#begun.at(-1), taken)) throw misread('CR without LF')
    this.#begun.push(Buffer.from(taken))
    if (end > 0) this.#lineEnded()
    return taken.length
  }

  #lineEnded(): void {
    const text = Buffer.concat(this.#begun).toString('latin1')
    this.#begun = []
    if (!text.endsWith('\r\n')) throw misread('a line that ends in LF alone')
    // All lines behind the last chunk, and all heads before an answer, are bounded together.
    if (this.#expected === 'chunk-head' || this.#expected === 'line-end') this.#begunBytes = 0
    this.#understand(text)
  }

  #understand(text: string): void {
    const line = text.slice(0, -2)
    switch (this.#expected) {
      case 'head':
        if (line !== '') this.#headLines.add(line)
        // Some send one more line's end behind a body.
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
    // Answers before the one that was asked for (RFC 9110, section 15.2).
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

/** Whether CR stands in a line, or at the end of the part of it before, and another byte than LF follows. */
function hasLoneCr(before: Buffer | undefined, line: Buffer): boolean {
  if (before?.at(-1) === CR && line[0] !== LF) return true
  const at = line.indexOf(CR)
  return at >= 0 && at + 1 < line.length && line[at + 1] !== LF
}
