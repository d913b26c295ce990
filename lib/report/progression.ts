/** How far a run is, according to its events so far: a line, some lines, or the pinned block. */
import type { RunEvent } from '../model/events/events.ts'
import { foundOf, type ReplicaTally } from '../model/tally.ts'
import type { Milliseconds } from '../model/units.ts'
import { RecentRate } from './block/recent-rate.ts'
import { blockLines } from './block/run-block.ts'
import { doneLine, doneText, type FileCommand, writtenWord } from './lines/apply-undo-lines.ts'
import { type PlanEvent, progressLine } from './lines/opening-lines.ts'
import { flowLines, waitingText } from './lines/rate-lines.ts'

type ProgressEvent = RunEvent & { readonly type: 'progress' }

/** What there is to do: repairs of a plan, writes of a journal, or listed keys. */
interface Work {
  readonly command: FileCommand | 'compare'
  readonly of: number
  readonly dryRun: boolean
}

const RATE_WINDOW: Milliseconds = 10_000
const SHARE_WINDOW: Milliseconds = 60_000

/** Before this, nobody can say how long a run takes. */
const SOONEST_GUESS: Milliseconds = 10_000
const LEAST_SHARE = 0.01

export class Progression {
  #plan: PlanEvent | undefined
  #progress: ProgressEvent | undefined
  #work: Work | undefined
  #undone = 0
  #expectedItems = 0
  #master = ''
  #heading = ''
  #items = new RecentRate(RATE_WINDOW)
  /** In millionths, so that a slow run has a rate too. */
  #shares = new RecentRate(SHARE_WINDOW)
  #pass = 1

  hear(event: RunEvent): void {
    if (event.type === 'tables') this.#opened(event)
    if (event.type === 'plan') this.#planned(event)
    if (event.type === 'progress') this.#progressed(event)
    if (event.type === 'pass-began') this.#passBegan(event.pass)
    if (event.type === 'undone') this.#undone += event.writes
    if (event.type === 'undo') {
      this.#heading = `undo ${event.journal}`
      this.#work = { command: 'undo', of: event.writes, dryRun: event.dryRun }
    }
    if (event.type === 'apply') {
      this.#heading = `apply ${event.plan}`
      this.#work = { command: 'apply', of: event.keys, dryRun: event.dryRun }
    }
  }

  #opened({ master, replicas }: RunEvent & { readonly type: 'tables' }): void {
    this.#expectedItems = master.facts.approximateItems ?? 0
    this.#master = master.ref.label
    const [first] = replicas
    const to = replicas.length === 1 ? first?.ref.label : `${replicas.length} replicas`
    this.#heading = `${this.#master} → ${to}`
  }

  /** Its counts and its time begin at zero. */
  #passBegan(pass: number): void {
    this.#pass = pass
    this.#progress = undefined
    this.#items = new RecentRate(RATE_WINDOW)
    this.#shares = new RecentRate(SHARE_WINDOW)
  }

  #progressed(event: ProgressEvent): void {
    this.#progress = event
    const { elapsedMs, tally } = event
    this.#items.add(elapsedMs, tally.master.scanned)
    this.#shares.add(elapsedMs, this.share * 1e6)
  }

  #planned(plan: PlanEvent): void {
    this.#plan = plan
    // Items that a filter leaves out are not counted: how far the scan is, its segments tell.
    if (plan.rules.filter !== undefined || plan.rules.transforms) this.#expectedItems = 0
    const { first } = plan.rules
    if (first !== undefined) this.#expectedItems = Math.min(first, this.#expectedItems)
    const { keys, writes } = plan
    if (keys === undefined) return
    this.#work = { command: 'compare', of: keys, dryRun: writes.length === 0 }
  }

  get line(): string {
    const progress = this.#progress
    if (progress === undefined) {
      return this.#pass > 1 ? `pass ${this.#pass}: it begins` : 'inspecting the tables'
    }
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

  /** The pinned block, at most so many columns wide. */
  block(columns: number): string[] {
    const progress = this.#progress
    if (progress === undefined) return [this.line]
    const work = this.#work
    return blockLines(
      {
        progress,
        share: this.share,
        heading: `${this.#pass > 1 ? `pass ${this.#pass}  ` : ''}${this.#heading}`,
        done: work && doneText({ ...work, done: this.#done(work, progress) }),
        itemsPerSecond: progress.tally.master.scanned === 0 ? undefined : this.#items.perSecond,
        leftMs: this.#leftMs(progress),
        isWriting: work === undefined ? (this.#plan?.writes.length ?? 0) > 0 : !work.dryRun,
        writtenWord: work && writtenWord(work.command),
        master: this.#master,
      },
      columns,
    )
  }

  /** As fast as lately. Undefined: too little was seen to say it, or nothing goes on. */
  #leftMs({ elapsedMs, isPaused }: ProgressEvent): Milliseconds | undefined {
    const rate = this.#shares.perSecond
    if (isPaused || elapsedMs < SOONEST_GUESS || this.share < LEAST_SHARE) return undefined
    if (rate === undefined || rate <= 0) return undefined
    return (((1 - this.share) * 1e6) / rate) * 1000
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
  const { written, deleted, resolved, skipped, conflicts, failed, torn } = tally
  const others = sameAs + converged + vanished + expired + newer + elsewhere + unverified + changed
  const given = skipped + conflicts + failed + torn
  return others + (dryRun ? foundOf(tally) : written + deleted + resolved + given)
}
