/**
 * Where scans resume after a crash: no earlier than where they were when the last save began, apart
 * from the pages in hand.
 */
import { createHash } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Point } from '../../lib/diagnostics.ts'
import type { VirtualClock } from './clock.ts'

/** At most, for each scan: one page that was consumed in part, and one read ahead of it. */
const IN_HAND = 2

interface Scan {
  readonly name: string
  readonly place: string
  readonly at: number
}

export class ReadAgain {
  readonly #clock: VirtualClock
  /** How far each scan came in earlier legs. */
  readonly #reached = new Map<string, string>()
  #leg: Scan[] = []
  #legBegan = 0
  #generation = 0
  #saves: number[] = []
  #saveBegun: number | undefined
  /** The earliest place at which each scan may resume. */
  readonly #notBefore = new Map<string, string>()
  /** Pages that were already read in an earlier leg. */
  readAgain = 0
  /** Those of `readAgain` that should not have been read again. */
  tooEarly = 0

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  /** `generation`: of the checkpoint that the leg resumes. */
  begin(generation: number): void {
    this.#leg = []
    this.#saves = []
    this.#saveBegun = undefined
    this.#legBegan = this.#clock.now
    this.#generation = generation
  }

  listen(): () => void {
    const onPoint = (point: unknown) => this.#passed(point as Point)
    subscribe('tablesync:point', onPoint)
    return () => void unsubscribe('tablesync:point', onPoint)
  }

  scanned(table: string, segment: number, afterId: string | undefined): void {
    const name = `${table} ${segment}`
    const place = afterId === undefined ? '' : createHash('md5').update(afterId).digest('hex')
    if (this.#leg.some((scan) => scan.name === name && scan.place === place)) return
    this.#leg.push({ name, place, at: this.#clock.now })
    const reached = this.#reached.get(name)
    if (reached !== undefined && place <= reached) this.readAgain++
    if (place < (this.#notBefore.get(name) ?? '')) this.tooEarly++
  }

  /** The leg ended here. `generation`: of the checkpoint that it left. */
  crashed(generation: number): void {
    const saved = this.#saves[generation - this.#generation - 1] ?? this.#legBegan
    for (const name of new Set(this.#leg.map((scan) => scan.name))) {
      const scans = this.#leg.filter((scan) => scan.name === name)
      const before = scans.filter(({ at }) => at < saved)
      const last = before.at(-IN_HAND)
      if (last !== undefined) this.#notBefore.set(name, last.place)
      this.#reached.set(name, max(this.#reached.get(name), scans.at(-1)?.place))
    }
  }

  #passed(point: Point): void {
    if (point === 'save-begun') this.#saveBegun = this.#clock.now
    // One comparison is blocked, so its record is an older one.
    if (point === 'save-behind') this.#saveBegun = this.#legBegan
    if (point !== 'checkpoint-renamed') return
    this.#saves.push(this.#saveBegun ?? this.#clock.now)
    this.#saveBegun = undefined
  }
}

const max = (a = '', b = '') => (a > b ? a : b)
