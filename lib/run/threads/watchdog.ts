/**
 * Measures how long a task makes no progress, and asks to end its thread if that is too long.
 * Causes are a hook that does not return, an answer that comes a byte at a time, or a fault of
 * ours. What a task waits for knowingly does not count: capacity, a pause, the next try, an answer
 * of the main thread.
 */
import { oversleptBy } from '../../model/request-timeouts.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { ControlMessage, ProgressMessage } from '../../protocol/messages.ts'
import type { SegmentTask } from '../../protocol/tasks.ts'

type Alive = ProgressMessage & { readonly type: 'alive' }

export interface WatchdogOptions {
  /** The longest that a task may make no progress. */
  readonly limit: Milliseconds
  /** Called when a task has stood still in this thread, which must be ended. */
  readonly onStalled: (task: SegmentTask, thread: number, how: string) => void
}

/** What a task says that it does, without what it waits for knowingly. */
export type Longest = NonNullable<Alive['longest']>

/** Messages that answer a task which waits for them. */
const ANSWERS = new Set<ControlMessage['type']>(['record-kept', 'journaled', 'credentials'])
const QUESTIONS = new Set<ProgressMessage['type']>([
  'record',
  'about-to-write',
  'credentials-wanted',
])

export class Watchdog {
  readonly #options: WatchdogOptions
  readonly #watched = new Set<WatchedTask>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: WatchdogOptions) {
    this.#options = options
  }

  begin(): void {
    const every = Math.min(this.#options.limit / 10, 1000)
    let due = performance.now() + every
    this.#timer = setInterval(() => {
      const late = performance.now() - due
      due += late + every
      for (const task of this.#watched) {
        if (late > oversleptBy(this.#options.limit)) task.overslept(late)
        task.look()
      }
    }, every)
  }

  end(): void {
    clearInterval(this.#timer)
  }

  watch(task: SegmentTask): WatchedTask {
    const watched: WatchedTask = new WatchedTask(task, this.#options, () =>
      this.#watched.delete(watched),
    )
    this.#watched.add(watched)
    return watched
  }

  /** The request or hook that has taken longest, of all tasks. Undefined: none is under way. */
  longest(): Longest | undefined {
    let longest: Longest | undefined
    for (const task of this.#watched) {
      const own = task.longest()
      if (own !== undefined && own.busy > (longest?.busy ?? 0)) longest = own
    }
    return longest
  }
}

export class WatchedTask {
  readonly #task: SegmentTask
  readonly #options: WatchdogOptions
  readonly #onEnd: () => void
  #isStalled = false
  #moved: Milliseconds
  #lastHeard: Milliseconds
  /** Undefined: the task has not begun. */
  #alive: Alive | undefined
  /** Questions of the task without an answer: while there are any, it waits for us. */
  #questions = 0

  constructor(task: SegmentTask, options: WatchdogOptions, onEnd: () => void) {
    this.#task = task
    this.#options = options
    this.#onEnd = onEnd
    this.#moved = performance.now()
    this.#lastHeard = this.#moved
  }

  /** Whether the task has stood still for too long. */
  get isStalled(): boolean {
    return this.#isStalled
  }

  /** The thread that the task runs in. Undefined: it has not begun. */
  get thread(): number | undefined {
    return this.#alive?.thread
  }

  /** The task has said something. */
  heard(message: ProgressMessage): void {
    this.#lastHeard = performance.now()
    // Before its first message it was waiting for a thread.
    const isIdle = message.type === 'alive' && message.isThreadIdle && this.#alive !== undefined
    if (!isIdle) this.#moved = this.#lastHeard
    if (message.type === 'alive') this.#alive = message
    if (QUESTIONS.has(message.type)) this.#questions++
  }

  /** The task got the answer that it asked for. */
  answered({ type }: ControlMessage): void {
    if (!ANSWERS.has(type)) return
    this.#questions--
    this.#moved = performance.now()
  }

  end(): void {
    this.#onEnd()
  }

  longest(): Longest | undefined {
    const { longest } = this.#alive ?? {}
    return longest && { ...longest, busy: longest.busy + performance.now() - this.#lastHeard }
  }

  look(): void {
    if (this.#alive === undefined || this.#isStalled || this.#questions > 0) return
    const how = this.#standsStill()
    if (how === undefined) return
    this.#isStalled = true
    this.#options.onStalled(this.#task, this.#alive.thread, how)
  }

  overslept(time: Milliseconds): void {
    this.#moved += time
    this.#lastHeard += time
  }

  /** In what way the task stands still; undefined if it does not. */
  #standsStill(): string | undefined {
    const { limit } = this.#options
    const now = performance.now()
    const silent = now - this.#lastHeard
    const { what, busy } = this.#alive?.longest ?? { what: undefined, busy: 0 }
    const underWay = what === undefined ? 'no request or hook under way' : `under way: ${what}`
    if (silent >= limit) return `its thread has not reported for ${seconds(silent)} (${underWay})`
    if (busy >= limit) return `no progress for ${seconds(busy)} (${underWay})`
    if (now - this.#moved < limit) return undefined
    return `no progress for ${seconds(now - this.#moved)} (${underWay})`
  }
}

const seconds = (time: Milliseconds) => `${Math.round(time / 100) / 10} s`
