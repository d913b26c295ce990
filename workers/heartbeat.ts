/** Reports for each task, again and again, that its thread is alive and what the task waits for. */
import { InFlight } from '../lib/dynamo/request/in-flight.ts'
import { oversleptBy } from '../lib/model/request-timeouts.ts'
import type { Milliseconds } from '../lib/model/units.ts'
import type { ProgressMessage } from '../lib/protocol/messages.ts'

const ALIVE_EVERY: Milliseconds = 1000
/** Often enough for any stall limit, however short. */
const ALIVE_SHARE = 1 / 5

type Alive = ProgressMessage & { readonly type: 'alive' }

export class Heartbeat {
  readonly #thread: number
  readonly #stallLimit: Milliseconds
  readonly #every: Milliseconds
  readonly #tasks = new Set<InFlight>()

  /** `stallLimit`: after this long without progress, a task counts as stalled. */
  constructor(thread: number, stallLimit: Milliseconds) {
    this.#thread = thread
    this.#stallLimit = stallLimit
    this.#every = Math.min(ALIVE_EVERY, stallLimit * ALIVE_SHARE)
  }

  begin(say: (message: Alive) => void): { readonly underWay: InFlight; end(): void } {
    const underWay = new InFlight()
    this.#tasks.add(underWay)
    let due = performance.now()
    const sayAlive = () => {
      const late = performance.now() - due
      due += late + this.#every
      if (late > oversleptBy(this.#stallLimit)) underWay.overslept(late)
      const longest = underWay.longest()
      say({
        type: 'alive',
        thread: this.#thread,
        ...(longest !== undefined && { longest }),
        isThreadIdle: [...this.#tasks].every(({ isIdle }) => isIdle),
      })
    }
    sayAlive()
    const timer = setInterval(sayAlive, this.#every)
    return {
      underWay,
      end: () => {
        clearInterval(timer)
        this.#tasks.delete(underWay)
      },
    }
  }
}
