/**
 * A virtual clock: nothing waits, and the next event is always known. A timer belongs to the
 * process or thread that set it, and does not fire once that is dead.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

/** A process or a thread that can die. */
export interface Mortal {
  isDead: boolean
  readonly parent?: Mortal
}

export const whose = new AsyncLocalStorage<Mortal>()

export const isDead = (mortal: Mortal | undefined): boolean =>
  mortal !== undefined && (mortal.isDead || isDead(mortal.parent))

/** What dead processes and threads wait for. */
export const never = () => new Promise<never>(() => {})

export interface Timer {
  at: number
  order: number
  call: () => void
  every: number | undefined
  owner: Mortal | undefined
  isCancelled: boolean
}

const real = { setImmediate, setTimeout, now: Date.now }

/** Epoch time. */
const BEGINNING = Date.UTC(2026, 10, 25)

export class VirtualClock {
  now = 0
  #order = 0
  readonly #heap: Timer[] = []

  set(call: () => void, delay = 0, every?: number): Timer {
    const timer: Timer = {
      at: this.now + Math.max(Number(delay) || 0, 0),
      order: this.#order++,
      call,
      every,
      owner: whose.getStore(),
      isCancelled: false,
    }
    this.#push(timer)
    return timer
  }

  sleep(delay: number): Promise<void> {
    return new Promise((resolve) => void this.set(resolve, delay))
  }

  /** Fires timers, one after another, until the promise settles. */
  async run<T>(promise: Promise<T>, limit: number): Promise<T> {
    let isSettled = false
    const settle = () => {
      isSettled = true
    }
    promise.then(settle, settle)
    for (;;) {
      // First everything that follows from the last timer: promises, ticks and streams.
      await new Promise<void>((resolve) => void real.setImmediate(resolve))
      if (isSettled) return promise
      const timer = this.#pop()
      if (timer === undefined) throw new Error('hangs: nothing will ever happen any more')
      this.now = Math.max(this.now, timer.at)
      if (this.now > limit) throw new Error(`hangs: not at its end after ${limit / 1000} s`)
      this.#fire(timer)
    }
  }

  /** Replaces the process's own clock and timers. */
  install(): void {
    const handle = (timer: Timer, delay: number) => ({
      timer,
      ref() {
        return this
      },
      unref() {
        return this
      },
      hasRef: () => true,
      refresh: () => {
        timer.isCancelled = true
        const again = this.set(timer.call, delay)
        again.owner = timer.owner
        timer = again
        return this
      },
      cancel: () => {
        timer.isCancelled = true
      },
    })
    const cancel = (given: { cancel?: () => void } | undefined) => given?.cancel?.()
    const set =
      (repeats: boolean) =>
      (call: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) =>
        handle(
          this.set(() => call(...args), delay, repeats ? Math.max(delay, 1) : undefined),
          delay,
        )
    Object.assign(globalThis, {
      setTimeout: set(false),
      setInterval: set(true),
      setImmediate: (call: (...args: unknown[]) => void, ...args: unknown[]) =>
        set(false)(call, 0, ...args),
      clearTimeout: cancel,
      clearInterval: cancel,
      clearImmediate: cancel,
    })
    Date.now = () => BEGINNING + Math.floor(this.now)
    performance.now = () => this.now
  }

  #fire(timer: Timer): void {
    if (timer.isCancelled || isDead(timer.owner)) return
    if (timer.every !== undefined) {
      timer.at = this.now + timer.every
      timer.order = this.#order++
      this.#push(timer)
    }
    whose.run(timer.owner as Mortal, timer.call)
  }

  #push(timer: Timer): void {
    const heap = this.#heap
    heap.push(timer)
    for (let at = heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1
      if (isBefore(heap[parent] as Timer, heap[at] as Timer)) break
      swap(heap, at, parent)
      at = parent
    }
  }

  #pop(): Timer | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (heap.length === 0 || last === undefined) return first
    heap[0] = last
    for (let at = 0; ; ) {
      const left = 2 * at + 1
      let least = at
      for (const child of [left, left + 1]) {
        const one = heap[child]
        if (one !== undefined && isBefore(one, heap[least] as Timer)) least = child
      }
      if (least === at) return first
      swap(heap, at, least)
      at = least
    }
  }
}

const isBefore = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.order < b.order)

function swap(heap: Timer[], a: number, b: number): void {
  const one = heap[a] as Timer
  heap[a] = heap[b] as Timer
  heap[b] = one
}
