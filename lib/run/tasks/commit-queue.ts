/** Enters findings and counts of tasks, one entry after the other: between two entries all agree. */

import type { Spill } from '../../files/spill.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Finding } from '../../protocol/messages.ts'
import type { ExtraKey } from '../../protocol/tasks.ts'
import { fromWire } from '../../protocol/wire-error.ts'
import type { DifferenceSink, RunListeners } from '../records/difference-sink.ts'
import type { Ledger } from '../state/ledger.ts'
import type { RecheckQueue } from '../state/recheck-queue.ts'
import type { WriteAheadLog } from '../state/write-ahead-log.ts'

type KeyLeft = Finding & { readonly type: 'key-left' }

export interface CommitQueueOptions {
  readonly ledger: Ledger
  readonly rechecks: RecheckQueue
  readonly deletes: Spill
  readonly sink: DifferenceSink
  readonly writeLog: WriteAheadLog
  readonly label: (replica: TableIndex) => string
  readonly onEvent: RunListeners['onEvent']
  /** Called if an extra could not be kept for its deletion. */
  readonly onFailure: (error: unknown) => void
}

export class CommitQueue {
  readonly #options: CommitQueueOptions
  #lastEntry: Promise<unknown> = Promise.resolve()
  /** Reported at the end of the run: a run that resumes this one will find them again. */
  readonly #loose: Finding[] = []

  constructor(options: CommitQueueOptions) {
    this.#options = options
  }

  /** Settles when the entry is made. Entries are made in the order in which they come. */
  inOrder<T>(entry: () => Promise<T>): Promise<T> {
    const made = this.#lastEntry.then(entry)
    this.#lastEntry = made.catch(() => {})
    return made
  }

  /** Must be called within an entry. */
  async enter(findings: readonly Finding[]): Promise<void> {
    for (const finding of findings) {
      switch (finding.type) {
        case 'difference':
          this.#options.writeLog.entered(finding.replica, finding.difference.key)
          await this.#options.sink.tell(finding.difference, finding.planned)
          break
        case 'look-again':
          this.#options.rechecks.add(finding.replica, finding.pending)
          break
        case 'key-left':
          this.#tellKeyLeft(finding)
          break
        case 'ended':
          this.#options.writeLog.allEntered(finding.replica, finding.keys)
          break
        default:
          await this.#keepForDeletion(finding.replica, { key: finding.key, seen: finding.seen })
      }
    }
  }

  /**
   * Sets findings of an incomplete task aside: queues rechecks now, reports the rest at the end.
   */
  setAside(findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (finding.type === 'look-again') {
        this.#options.rechecks.add(finding.replica, finding.pending, { isLoose: true })
        continue
      }
      if (finding.type === 'key-left') this.#noteRefusal(finding)
      this.#loose.push(finding)
    }
  }

  /** Reports what was set aside. None of it is deleted: something has failed. */
  async tellLoose(): Promise<void> {
    const { sink, ledger, label } = this.#options
    for (const finding of this.#loose.splice(0)) {
      if (finding.type === 'key-left') this.#tellKeyLeft(finding)
      if (finding.type === 'difference') await sink.tell(finding.difference, finding.planned)
      if (finding.type !== 'delete-later') continue
      ledger.stateOf(finding.replica).deletionsWithheld++
      await sink.tellLeft(label(finding.replica), finding.key)
    }
  }

  #noteRefusal({ replica, end, error }: KeyLeft): void {
    if (end === 'failed') this.#options.ledger.stateOf(replica).refusal ??= error.message
  }

  #tellKeyLeft(finding: KeyLeft): void {
    const { replica, key, end, error } = finding
    const { ledger, label, onEvent } = this.#options
    this.#noteRefusal(finding)
    const { code, message, hint } = error
    ledger.noteKeyError(label(error.table ?? replica), fromWire(error))
    // Throttling or silence is not the fault of one key: it is counted, but keys are not named.
    if (error.scope !== 'item' || key === undefined) return
    const why = { code, message, ...(hint !== undefined && { hint }) }
    onEvent({ type: 'key-left', replica: label(replica), key, end, ...why })
  }

  async #keepForDeletion(replica: TableIndex, extra: ExtraKey): Promise<void> {
    const { deletes, sink, label, onFailure } = this.#options
    try {
      await deletes.add(replica, JSON.stringify(extra))
    } catch (error) {
      onFailure(error)
      await sink.tellLeft(label(replica), extra.key)
    }
  }
}
