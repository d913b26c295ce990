/** How far a run is, in words and as a share, according to its events so far. */
import type { RunEvent } from '../model/events.ts'
import type { ReplicaTally } from '../model/tally.ts'
import { doneLine, type FileCommand } from './lines/apply-undo-lines.ts'
import { type PlanEvent, progressLine } from './lines/opening-lines.ts'
import { flowLines, waitingText } from './lines/rate-lines.ts'

type ProgressEvent = RunEvent & { readonly type: 'progress' }

/** What there is to do: repairs of a plan, writes of a journal, or listed keys. */
interface Work {
  readonly command: FileCommand | 'compare'
  readonly of: number
  readonly dryRun: boolean
}

export class Progression {
  #plan: PlanEvent | undefined
  #progress: ProgressEvent | undefined
  #work: Work | undefined
  #undone = 0
  #expectedItems = 0

  hear(event: RunEvent): void {
    if (event.type === 'tables') this.#expectedItems = event.master.facts.approximateItems ?? 0
    if (event.type === 'plan') this.#planned(event)
    if (event.type === 'progress') this.#progress = event
    if (event.type === 'undone') this.#undone += event.writes
    const { type } = event
    if (type === 'undo') this.#work = { command: type, of: event.writes, dryRun: event.dryRun }
    if (type === 'apply') this.#work = { command: type, of: event.keys, dryRun: event.dryRun }
  }

  #planned(plan: PlanEvent): void {
    this.#plan = plan
    const { keys, writes } = plan
    if (keys === undefined) return
    this.#work = { command: 'compare', of: keys, dryRun: writes.length === 0 }
  }

  get line(): string {
    const progress = this.#progress
    if (progress === undefined) return 'inspecting the tables'
    const work = this.#work
    return this.#far(progress, work) + waitingText(progress)
  }

  #far(progress: ProgressEvent, work: Work | undefined): string {
    if (work === undefined) return progressLine(progress, this.#plan)
    const { command, of } = work
    const done = this.#done(work, progress)
    if (command !== 'compare') return doneLine(progress, { ...work, command, done })
    return progressLine(progress, this.#plan, { done, of })
  }

  /** For a person who asks for the status. */
  get lines(): readonly string[] {
    return [this.line, ...(this.#progress === undefined ? [] : flowLines(this.#progress))]
  }

  /** From 0 to 1: by the work to do, by items if the service knows how many, or by segments. */
  get share(): number {
    const progress = this.#progress
    if (progress === undefined) return 0
    const work = this.#work
    if (work !== undefined) return work.of === 0 ? 1 : this.#done(work, progress) / work.of
    const { tally, segments, segmentsDone } = progress
    if (segmentsDone === segments) return 1
    if (this.#expectedItems === 0) return segmentsDone / Math.max(segments, 1)
    // The service's count is some hours old: items beyond it must not look like the end.
    return Math.min(tally.master.scanned / this.#expectedItems, 0.99)
  }

  #done({ command, of, dryRun }: Work, { tally }: ProgressEvent): number {
    if (command === 'undo') return this.#undone
    const ended = Object.values(tally.replicas).map((each) => endedOf(each, dryRun))
    return Math.min(
      ended.reduce((sum, one) => sum + one, 0),
      of,
    )
  }
}

/** Keys of a plan that are done. Without a dry run, a difference must be repaired or given up. */
function endedOf(tally: ReplicaTally, dryRun: boolean): number {
  const { sameAs, converged, vanished, expired, newer, elsewhere, unverified, changed } = tally
  const found = tally.missing + tally.differing + tally.extra
  const { written, deleted, resolved, skipped, conflicts, failed, torn } = tally
  const others = sameAs + converged + vanished + expired + newer + elsewhere + unverified + changed
  const given = skipped + conflicts + failed + torn
  return others + (dryRun ? found : written + deleted + resolved + given)
}
