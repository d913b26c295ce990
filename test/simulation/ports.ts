/** Replaces `node:worker_threads`: messages arrive in order, each after some time. */
import { isDead, type Mortal, whose } from './clock.ts'
import { current } from './current.ts'

type Listener = (message?: unknown) => void

const LONGEST = 2

class Port {
  other!: Port
  #onMessage: Listener | undefined
  #onClose: Listener | undefined
  #owner: Mortal | undefined
  #lastArrival = 0
  #isClosed = false

  on(_event: 'message', listener: Listener): void {
    this.#onMessage = listener
    this.#owner = whose.getStore()
  }

  once(_event: 'close', listener: Listener): void {
    this.#onClose = listener
  }

  postMessage(message: unknown): void {
    if (this.#isClosed || isDead(whose.getStore())) return
    const copy = structuredClone(message)
    this.other.#arrive(() => {
      if (!this.other.#isClosed) this.other.#onMessage?.(copy)
    })
  }

  /** Earlier messages arrive first. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const port of [this, this.other]) {
      port.#arrive(() => {
        port.#isClosed = true
        port.#onClose?.()
      })
    }
  }

  #arrive(call: () => void): void {
    const { clock, random } = current
    this.#lastArrival = Math.max(this.#lastArrival, clock.now + random() * LONGEST)
    const timer = clock.set(call, this.#lastArrival - clock.now)
    timer.owner = this.#owner
  }
}

/** The trial of the user's hooks, which always succeeds here. */
export class Worker {
  on(event: string, listener: Listener): void {
    if (event === 'message') current.clock.set(() => listener({}), LONGEST)
  }

  async terminate(): Promise<void> {}
}

export class MessageChannel {
  readonly port1 = new Port()
  readonly port2 = new Port()

  constructor() {
    this.port1.other = this.port2
    this.port2.other = this.port1
  }
}
