/**
 * Tasks brought to their end: one that goes down with its thread is begun again
 * here, and nowhere else. Callers hear how it ended, and never repeat work.
 */
import type { SegmentReport, SegmentTask } from '../protocol/messages.ts'
import type { Desk, Entering } from './desk.ts'

/** How often a task is begun; one that goes down with another's thread has not failed by itself. */
const TRIES = 2

export interface Job extends Entering {
  /** The task as it is to be begun now; undefined: it is not to be any more. */
  readonly taskNow: () => SegmentTask | undefined
}

/** `given-up`: no thread came through it. `not-needed`: it was not to be begun. */
export type JobEnd = SegmentReport | 'given-up' | 'not-needed'

export class Executor {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  async execute({ taskNow, ...entering }: Job): Promise<JobEnd> {
    let last: SegmentTask | undefined
    for (let tries = 0; tries < TRIES; ) {
      const task = taskNow()
      // What it did before it went down is known to nobody.
      if (task === undefined) return last === undefined ? 'not-needed' : this.#giveUp(last)
      last = task
      const end = await this.#desk.carryOut(task, entering)
      if (typeof end !== 'string') return end
      if (end === 'died') tries++
    }
    return last === undefined ? 'not-needed' : this.#giveUp(last)
  }

  #giveUp(task: SegmentTask): 'given-up' {
    this.#desk.giveUp(task)
    return 'given-up'
  }
}
