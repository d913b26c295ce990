/**
 * Counts the time that a task makes no progress, and has its thread ended when
 * that is too long: a hook that does not come back, an answer that comes a byte
 * at a time, a fault of ours. What a run waits for knowingly is no standing still.
 */
import type { Milliseconds } from '../model/units.ts'
import type { ControlMessage, ProgressMessage, SegmentTask } from '../protocol/messages.ts'

export interface WatchdogOptions {
  /** The longest that a task may stand still. */
  readonly limit: Milliseconds
  /** Whether the run waits for something that it knows: capacity, a pause, room for suspects. */
  readonly isExcused: () => boolean
  /** A task has stood still in this thread, which is to be ended. */
  readonly onStalled: (task: SegmentTask, thread: number, message: string) => void
}

export interface Watch {
  /** Whether the task has stood still for too long. */
  readonly isStalled: () => boolean
  /** The task has said something. */
  heard(message: ProgressMessage): void
  /** It was given the answer that it asked for. */
  answered(message: ControlMessage): void
  end(): void
}

/** Every thread says so often that it is alive. */
const ALIVE_WITHIN: Milliseconds = 10_000

/** What is told to a task that waits for it. */
const ANSWERS = new Set<ControlMessage['type']>(['record-kept', 'journaled', 'credentials'])
const QUESTIONS = new Set<ProgressMessage['type']>([
  'record',
  'about-to-write',
  'credentials-wanted',
])

export class Watchdog {
  readonly #options: WatchdogOptions
  readonly #looks = new Set<(now: Milliseconds) => void>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: WatchdogOptions) {
    this.#options = options
  }

  begin(): void {
    const every = Math.min(this.#options.limit / 10, 1000)
    this.#timer = setInterval(() => {
      const now = performance.now()
      for (const look of this.#looks) look(now)
    }, every)
  }

  end(): void {
    clearInterval(this.#timer)
  }

  watch(task: SegmentTask): Watch {
    const { limit, isExcused, onStalled } = this.#options
    let isStalled = false
    let moved = performance.now()
    let lastHeard = moved
    /** Undefined: it has not begun. */
    let thread: number | undefined
    let questions = 0
    let doing: string | undefined
    const look = (now: Milliseconds) => {
      // Until it has begun it waits for a thread; later on maybe for us.
      if (thread === undefined || questions > 0 || isExcused()) moved = now
      if (thread === undefined || now - moved < limit || isStalled) return
      const silent = now - lastHeard
      const andThread = silent > ALIVE_WITHIN ? `, its thread silent for ${seconds(silent)}` : ''
      isStalled = true
      onStalled(
        task,
        thread,
        `no progress for ${seconds(now - moved)}${andThread}: ${doing ?? 'in no request'}`,
      )
    }
    this.#looks.add(look)
    return {
      isStalled: () => isStalled,
      heard(message) {
        lastHeard = performance.now()
        if (message.type === 'alive') ({ doing, thread } = message)
        else moved = lastHeard
        if (QUESTIONS.has(message.type)) questions++
      },
      answered({ type }) {
        if (ANSWERS.has(type)) questions--
      },
      end: () => void this.#looks.delete(look),
    }
  }
}

const seconds = (time: Milliseconds) => `${Math.round(time / 100) / 10} s`
