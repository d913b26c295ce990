/**
 * Counts the time that a task stands still, and has its thread ended when that is
 * too long: a hook that does not come back, an answer that comes a byte at a
 * time, a fault of ours. What a task waits for knowingly is no standing still:
 * capacity, a pause, the next try, an answer of the main thread.
 */
import { oversleptBy } from '../../model/request-timeouts.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { ControlMessage, ProgressMessage, SegmentTask } from '../../protocol/messages.ts'

type Alive = ProgressMessage & { readonly type: 'alive' }

export interface WatchdogOptions {
  /** The longest that a task may stand still. */
  readonly limit: Milliseconds
  /** A task has stood still in this thread, which is to be ended. */
  readonly onStalled: (task: SegmentTask, thread: number, how: string) => void
}

/** What a task says of itself: what it waits for knowingly is not in it. */
export type Longest = NonNullable<Alive['longest']>

/** What is told to a task that waits for it. */
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

  /** Of all tasks: the request or hook that has taken longest. Undefined: none is under way. */
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
  /** Undefined: it has not begun. */
  #alive: Alive | undefined
  /** What it asked and was not answered: then it waits for us. */
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
    // Until its first word it was waiting for a thread.
    const isIdle = message.type === 'alive' && message.isThreadIdle && this.#alive !== undefined
    if (!isIdle) this.#moved = this.#lastHeard
    if (message.type === 'alive') this.#alive = message
    if (QUESTIONS.has(message.type)) this.#questions++
  }

  /** It was given the answer that it asked for. */
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

  /** How, if it does. */
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
