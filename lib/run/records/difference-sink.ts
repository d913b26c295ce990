/** Passes differences to the plan, the report and the caller's listener, until one of them fails. */
import { asTablesyncError, type TablesyncError } from '../../errors.ts'
import type { Difference } from '../../model/difference.ts'
import type { RunEvent } from '../../model/events/events.ts'
import type { Question } from '../../model/events/question.ts'
import type { ReportMark } from '../../model/files/file-mark.ts'
import type { FileFooter } from '../../model/files/header-and-footer.ts'
import type { Planned } from '../../model/files/plan-lines.ts'
import type { Stop } from '../../model/safeguard.ts'
import { DeadlineCalls } from '../../protocol/deadline-calls.ts'
import type { RepairPlan } from './plan-writer.ts'

/** The caller's listeners, and the report. */
export interface RunListeners {
  readonly onEvent: (event: RunEvent) => void
  /** Absent: differences are counted, and not reported one by one. */
  readonly onDifference?: (difference: Difference) => Promise<void>
  /** Settles with the answer; `false` once the signal is aborted. Absent: nobody is asked. */
  readonly confirm?: (question: Question, ending?: AbortSignal) => Promise<boolean>
  /** Called for each difference; yields what it has the run stop by. Absent: nothing. */
  readonly stopBy?: (difference: Difference) => Stop | undefined
  /** Settles with how much of the report is good; undefined where there is none. */
  readonly reportMark: () => Promise<ReportMark | undefined>
  /** Settles when the report holds all differences that were passed on. */
  readonly allTold: () => Promise<void>
  /** Settles when the report says how the run has ended. */
  readonly onEnd: (footer: FileFooter) => Promise<void>
}

/** How differences end a run, and the other way round. */
export interface Endings {
  /** Called when a difference could not be passed on. No later one is then. */
  readonly onFailure: (error: TablesyncError) => void
  readonly onStop: (stop: Stop) => void
  readonly ending: AbortSignal
}

export class DifferenceSink {
  readonly #listeners: RunListeners
  readonly #repairPlan: RepairPlan | undefined
  readonly #endings: Endings
  readonly #calls: DeadlineCalls
  /** The plan, the report or the listener has failed. */
  #isUnheard = false

  constructor(listeners: RunListeners, repairPlan: RepairPlan | undefined, endings: Endings) {
    this.#calls = new DeadlineCalls(endings.ending)
    this.#listeners = listeners
    this.#repairPlan = repairPlan
    this.#endings = endings
  }

  /** `planned`: the run plans to repair it. */
  async tell(difference: Difference, planned?: Planned): Promise<void> {
    if (this.#isUnheard) return
    if (planned !== undefined) await this.#heard(this.#repairPlan?.add(difference, planned))
    await this.#heard(this.#listeners.onDifference?.(difference))
    const stop = this.#listeners.stopBy?.(difference)
    if (stop !== undefined) this.#endings.onStop(stop)
  }

  /** Reports an extra that was left as it is. The key is DynamoDB JSON text. */
  async tellLeft(replica: string, key: string): Promise<void> {
    await this.tell({ replica, kind: 'extra', key: JSON.parse(key), action: 'none' })
  }

  /** Settles when all differences were passed on. */
  async end(): Promise<void> {
    await this.#heard(this.#listeners.allTold())
  }

  async #heard(telling: Promise<void> | undefined): Promise<void> {
    try {
      if (telling !== undefined) await this.#calls.answer(telling)
    } catch (error) {
      this.#isUnheard = true
      this.#endings.onFailure(asTablesyncError(error))
    }
  }
}
