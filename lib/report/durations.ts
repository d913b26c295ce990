/** Times as people read them. */
import { rateText } from '../model/figures.ts'
import type { Milliseconds } from '../model/units.ts'

export function pace(items: number, elapsedMs: Milliseconds): string {
  const seconds = Math.max(elapsedMs / 1000, 0.001)
  return `${Math.round(seconds)} s (${rateText(items / seconds)}/s)`
}

/** In minutes from two minutes on, in hours from two hours on. */
export function duration(time: Milliseconds): string {
  const seconds = Math.round(time / 1000)
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** A moment, to the minute: `2026-11-28 14:02 UTC`. */
export const timeText = (iso: string) => `${iso.slice(0, 16).replace('T', ' ')} UTC`

/** Two moments to the second: `14:02:10 and 14:09:33 UTC`, with their dates if these differ. */
export function between(from: string, to: string, word: string): string {
  const isOneDay = from.slice(0, 10) === to.slice(0, 10)
  const shown = (iso: string) => iso.slice(isOneDay ? 11 : 0, 19).replace('T', ' ')
  return `${shown(from)} ${word} ${shown(to)} UTC`
}
