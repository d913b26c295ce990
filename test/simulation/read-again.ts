/** Counts the pages that are read again after crashes, and those that may be: what was read since the last save was begun. */
import { createHash } from 'node:crypto'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Point } from '../../lib/protocol/points.ts'
import type { VirtualClock } from './clock.ts'

/** Of each scan at most: one page that was taken in part, and one read ahead of it. */
const IN_HAND = 2

interface Scan {
  readonly name: string
  readonly place: string
  readonly at: number
}

export class ReadAgain {
  readonly #clock: VirtualClock
  /** How far each scan came in the legs before. */
  readonly #reached = new Map<string, string>()
  #leg: Scan[] = []
  #legBegan = 0
  #generation = 0
  #saves: number[] = []
  #saveBegun: number | undefined
  /** Pages. */
  readAgain = 0
  allowed = 0

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  /** `generation`: of the checkpoint that the leg takes up. */
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
  }

  /** The leg ended here; `generation`: of the checkpoint that is left. */
  crashed(generation: number): void {
    const saved = this.#saves[generation - this.#generation - 1] ?? this.#legBegan
    const names = new Set(this.#leg.map(({ name }) => name))
    this.allowed += this.#leg.filter(({ at }) => at >= saved).length + IN_HAND * names.size
    for (const { name, place } of this.#leg) {
      if (place >= (this.#reached.get(name) ?? '')) this.#reached.set(name, place)
    }
  }

  #passed(point: Point): void {
    if (point === 'save-begun') this.#saveBegun = this.#clock.now
    // One comparison hangs on something, and its record is an older one.
    if (point === 'save-behind') this.#saveBegun = this.#legBegan
    if (point !== 'checkpoint-renamed') return
    this.#saves.push(this.#saveBegun ?? this.#clock.now)
    this.#saveBegun = undefined
  }
}
