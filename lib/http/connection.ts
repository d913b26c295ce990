/** One connection. It sends one request at a time, and the next one after the answer. */
import type { Bytes, Milliseconds } from '../model/units.ts'
import type { Answer, ConnectionOptions } from './answer.ts'
import type { Cancelling } from './cancelling.ts'
import type { PageBuffers } from './page-buffers.ts'
import { ResponseParser } from './response-parser.ts'
import type { NewWire, Wire } from './sockets.ts'

/** Receives bytes that belong to no known body. One for each thread: it is read out at once. */
const unsorted = Buffer.allocUnsafeSlow(64 << 10)

/** Larger bodies are sent after their head, without copying both into one buffer. */
const TOGETHER_BYTES: Bytes = 64 << 10

/** AWS endpoints keep the addresses of a name for a minute or less. */
const OLDEST_AGE: Milliseconds = 300_000

interface Awaited {
  resolve(answer: Answer): void
  reject(error: unknown): void
  readonly signal: Cancelling
}

export class Connection {
  readonly #options: ConnectionOptions
  readonly #reading: ResponseParser
  readonly #wire: Wire
  readonly #onGone: () => void
  readonly #goodUntil: Milliseconds
  #isConnected = false
  #isGone = false
  #awaited: Awaited | undefined
  /** Started again with each request and each read: to make one takes longer. */
  #timer: NodeJS.Timeout | undefined
  #waitsFor: 'connect' | 'response' | undefined

  readonly #onAbort = () => this.#fail(this.#awaited?.signal.reason)

  /** `onGone`: called once, when the connection can no longer be used. */
  constructor(
    newWire: NewWire,
    buffers: PageBuffers,
    options: ConnectionOptions,
    onGone: () => void,
  ) {
    this.#options = options
    this.#onGone = onGone
    this.#goodUntil = performance.now() + (options.oldestAge ?? OLDEST_AGE)
    this.#reading = new ResponseParser(buffers, (answer) => this.#settle()?.resolve(answer))
    /** Where the next bytes go. */
    let room: Buffer = unsorted
    const onread = {
      buffer: () => {
        room = this.#reading.room ?? unsorted
        return room
      },
      callback: (length: number, bytes: Uint8Array) => {
        this.#heard()
        // A page comes in some twenty reads: those that fill its body need no look.
        const isInBody = bytes === room && room !== unsorted && this.#reading.filled(length)
        if (!isInBody) this.#read(bytes.subarray(0, length))
        return true
      },
    }
    this.#wire = newWire({
      onread,
      onConnected: () => this.#connected(),
      onError: (error) => this.#fail(error),
      onEnd: () => this.#end(),
      onClose: () => this.#fail(hungUp()),
    })
  }

  /** Whether it may be used for another request. */
  get isGood(): boolean {
    return !this.#isGone && this.#reading.mayGoOn && performance.now() < this.#goodUntil
  }

  /**
   * @throws Error that says why there is no answer; the connection is closed then
   * @throws the reason of the signal
   */
  request(head: string, body: Buffer, signal: Cancelling): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#awaited = { resolve, reject, signal }
      signal.addEventListener('abort', this.#onAbort)
      this.#waitFor(this.#isConnected ? 'response' : 'connect')
      this.#reading.begin()
      if (body.length < TOGETHER_BYTES) {
        const both = Buffer.allocUnsafe(head.length + body.length)
        both.write(head, 'latin1')
        body.copy(both, head.length)
        this.#wire.write(both)
      } else {
        this.#wire.write(Buffer.from(head, 'latin1'))
        this.#wire.write(body)
      }
    })
  }

  close(): void {
    this.#fail(hungUp())
  }

  #connected(): void {
    this.#isConnected = true
    if (this.#awaited !== undefined) this.#waitFor('response')
  }

  #heard(): void {
    this.#timer?.refresh()
    this.#options.onHeard()
  }

  #read(bytes: Uint8Array): void {
    const error = this.#reading.read(bytes as Buffer)
    if (error !== undefined) this.#fail(error)
  }

  /** The other end has closed the connection. Some bodies end only in this way. */
  #end(): void {
    this.#reading.end()
    this.#fail(hungUp())
  }

  #waitFor(what: 'connect' | 'response'): void {
    if (what === this.#waitsFor) {
      this.#timer?.refresh()
      return
    }
    this.#waitsFor = what
    const limit: Milliseconds =
      what === 'connect' ? this.#options.connectTimeout : this.#options.responseTimeout
    const missing = what === 'connect' ? 'connection' : 'byte'
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      // It also goes off between two requests.
      if (this.#awaited === undefined) return
      const error = new Error(`no ${missing} for ${limit} ms`)
      this.#fail(Object.assign(error, { name: 'TimeoutError' }))
    }, limit)
    // The socket keeps the thread alive for as long as an answer is awaited.
    this.#timer.unref()
  }

  #settle(): Awaited | undefined {
    const awaited = this.#awaited
    this.#awaited = undefined
    awaited?.signal.removeEventListener('abort', this.#onAbort)
    return awaited
  }

  #fail(error: unknown): void {
    if (this.#isGone) return
    this.#isGone = true
    clearTimeout(this.#timer)
    this.#wire.destroy()
    this.#settle()?.reject(error)
    this.#onGone()
  }
}

export function hungUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
}
