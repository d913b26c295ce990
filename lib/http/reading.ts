/** Answers as they come in on one connection, one after the other. */
import { HTTPParser } from 'http-parser-js'
import type { Milliseconds } from '../model/units.ts'
import type { Answer } from './connections.ts'
import { FillingBody } from './filling-body.ts'
import type { PageBuffers } from './page-buffers.ts'

/** What the parser keeps of the read that it is at. */
interface Position {
  readonly offset: number
  readonly end: number
}

/** Answers before the one that was asked for (RFC 9110, section 15.2). */
const isInterim = (statusCode: number) => statusCode < 200

/** A connection is let go so long before the other end says that it closes it. */
const SOONER: Milliseconds = 1000

// Whoever has read this is told of headers one by one, and not in an object
// (whether the parser's user is Node.js itself): for the whole process.
void HTTPParser.kOnExecute

export class Reading {
  readonly #buffers: PageBuffers
  readonly #onAnswer: (answer: Answer) => void
  #parser = this.#newParser()
  #isAwaited = false
  #isKept = true
  #goodUntil = Number.POSITIVE_INFINITY
  #statusCode = 0
  #headers: Record<string, string> = {}
  #body: FillingBody | undefined

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
    return this.#body?.room
  }

  /** An answer is going to come. */
  begin(): void {
    this.#isAwaited = true
    this.#parser = this.#newParser()
  }

  /** What was read; what is wrong with it. */
  read(bytes: Buffer): Error | undefined {
    if (!this.#isAwaited) return misread('HPE_UNEXPECTED_ANSWER', 'nobody has asked for it')
    try {
      const read = this.#parser.execute(bytes)
      return typeof read === 'number' ? undefined : read
    } catch (error) {
      return error as Error
    }
  }

  /** Nothing more will come. */
  end(): void {
    if (this.#isAwaited) this.#parser.finish()
  }

  #newParser() {
    const parser = new HTTPParser(HTTPParser.RESPONSE)
    parser[HTTPParser.kOnHeadersComplete] = ((...told: HeadersTold) => {
      const [, , headers, , , statusCode, , , isKept] = told
      this.#begun(headers, statusCode)
      this.#isKept &&= isKept
    }) as never
    parser[HTTPParser.kOnBody] = (bytes) => this.#body?.add(bytes)
    parser[HTTPParser.kOnMessageComplete] = () => {
      if (!this.#isAwaited || isInterim(this.#statusCode)) return
      // More than was asked for may be the answer to something else.
      const { offset, end } = parser as unknown as Position
      if (offset < end) this.#isKept = false
      this.#complete()
    }
    return parser
  }

  #begun(told: readonly string[], statusCode: number): void {
    // What comes behind an answer that is complete: its connection is not kept.
    if (!this.#isAwaited) return
    const headers: Record<string, string> = {}
    for (let at = 0; at < told.length; at += 2) {
      headers[(told[at] as string).toLowerCase()] = told[at + 1] as string
    }
    this.#statusCode = statusCode
    this.#headers = headers
    if (isInterim(statusCode)) return
    const seconds = /timeout=(\d+)/.exec(headers['keep-alive'] ?? '')?.[1]
    if (seconds !== undefined) this.#goodUntil = performance.now() + Number(seconds) * 1000 - SOONER
    this.#body = new FillingBody(lengthIn(headers), this.#buffers)
  }

  #complete(): void {
    const { body } = this.#body as FillingBody
    this.#body = undefined
    this.#isAwaited = false
    this.#onAnswer({ statusCode: this.#statusCode, headers: this.#headers, body })
  }
}

/** Versions (2), headers, method, URL, status and its text, upgrade, whether the connection is kept. */
type HeadersTold = [
  ...[number, number, string[], unknown, unknown, number, string],
  ...[boolean, boolean],
]

/**
 * The length that an answer's headers tell; undefined where it is found otherwise.
 *
 * @throws Error for what the parser lets pass and nobody can follow
 */
function lengthIn(headers: Readonly<Record<string, string>>): number | undefined {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers
  if (encoding !== undefined) {
    if (encoding.toLowerCase() === 'chunked') return undefined
    throw misread('HPE_INVALID_TRANSFER_ENCODING', encoding)
  }
  if (length === undefined) return undefined
  if (/^\d{1,15}$/.test(length)) return Number(length)
  throw misread('HPE_INVALID_CONTENT_LENGTH', length)
}

function misread(code: string, what: string): Error {
  return Object.assign(new Error(`not HTTP as it is known here: ${what}`), { code })
}
