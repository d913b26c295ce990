/** Replaces `piscina`: the same pool in one thread, whose workers can be made to die. */
import type { Call, Worker } from '../../workers/worker.ts'
import { isDead, type Mortal, never, whose } from './clock.ts'
import { ENGINE } from './current.ts'

type OpenWorker = (setup: unknown, threadId: number) => Promise<Worker>

// From the engine's copy, with the same modules replaced.
const { openWorker } = (await import(
  new URL(`../../${ENGINE}/workers/worker.js`, import.meta.url).href
)) as { openWorker: OpenWorker }

interface Thread extends Mortal {
  readonly threadId: number
  terminate(): Promise<void>
  worker: Promise<Worker> | undefined
  readonly ends: Set<(error: Error) => void>
}

interface Options {
  readonly maxThreads: number
  readonly concurrentTasksPerWorker: number
  readonly workerData: unknown
}

export const workerData = undefined

const pools = new Set<Piscina>()

let threads = 1

/** Ends one thread of one pool, with all its tasks. */
export function killThread(random: () => number): void {
  const all = [...pools].filter((pool) => !isDead(pool.owner)).flatMap(({ threads }) => threads)
  const one = all[Math.floor(random() * all.length)]
  if (one !== undefined) end(one)
}

export function forgetPools(): void {
  pools.clear()
}

function end(thread: Thread): void {
  thread.isDead = true
  for (const reject of thread.ends) reject(new Error('the thread has ended'))
  thread.ends.clear()
}

export class Piscina {
  readonly owner = whose.getStore() as Mortal
  readonly threads: Thread[]
  readonly #options: Options
  readonly #queue: (() => void)[] = []

  constructor(options: Options) {
    this.#options = options
    this.threads = Array.from({ length: options.maxThreads }, () => this.#open())
    pools.add(this)
  }

  on(): void {}

  async run(call: Call): Promise<unknown> {
    const thread = await this.#free()
    const { promise: died, reject } = withReject()
    thread.ends.add(reject)
    try {
      const running = whose.run(thread, async () => {
        const worker = await (thread.worker as Promise<Worker>)
        const report = await worker(call)
        // A dead thread reports nothing.
        if (isDead(thread)) await never()
        return structuredClone(report)
      })
      return await Promise.race([running, died])
    } finally {
      thread.ends.delete(reject)
      this.#queue.shift()?.()
    }
  }

  async destroy(): Promise<void> {
    for (const thread of this.threads) end(thread)
    pools.delete(this)
  }

  #open(): Thread {
    const threadId = threads++
    const thread: Thread = {
      threadId,
      terminate: async () => end(thread),
      isDead: false,
      parent: this.owner,
      worker: undefined,
      ends: new Set(),
    }
    thread.worker = whose.run(thread, () => openWorker(this.#options.workerData, threadId))
    return thread
  }

  async #free(): Promise<Thread> {
    for (;;) {
      for (const [at, thread] of this.threads.entries()) {
        if (thread.isDead) this.threads[at] = this.#open()
      }
      const [least] = this.threads.toSorted((a, b) => a.ends.size - b.ends.size)
      if (least !== undefined && least.ends.size < this.#options.concurrentTasksPerWorker) {
        return least
      }
      await new Promise<void>((resolve) => this.#queue.push(resolve))
    }
  }
}

function withReject() {
  let reject: (error: Error) => void = () => {}
  const promise = new Promise<never>((_, no) => {
    reject = no
  })
  promise.catch(() => {})
  return { promise, reject: (error: Error) => reject(error) }
}
