/**
 * Ends threads that never finish loading the user's hooks. A thread that waits ends at its own
 * deadline; one that spins hears no message, and has no task to be watched by.
 */
import type { Milliseconds } from '../../model/units.ts'
import type { ThreadStart } from '../../protocol/setup.ts'

interface Threads {
  readonly threads: readonly { readonly threadId: number; terminate(): Promise<unknown> }[]
  on(event: 'message', listener: (start: ThreadStart) => void): unknown
}

export class ThreadStarts {
  readonly #timer: NodeJS.Timeout

  constructor(pool: Threads, limit: Milliseconds) {
    const every = limit / 10
    /** Thread to times seen loading. Looks and not time, which passes while a machine sleeps. */
    const loading = new Map<number, number>()
    pool.on('message', ({ thread, is }) => {
      if (is === 'loading') loading.set(thread, 0)
      else loading.delete(thread)
    })
    this.#timer = setInterval(() => {
      for (const worker of pool.threads) {
        const looks = loading.get(worker.threadId)
        if (looks === undefined) continue
        loading.set(worker.threadId, looks + 1)
        if (looks * every >= limit) worker.terminate().catch(() => {})
      }
    }, every).unref()
  }

  end(): void {
    clearInterval(this.#timer)
  }
}
