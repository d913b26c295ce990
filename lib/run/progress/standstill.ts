/** Keys that must stand still before a run looks at them again: how many, and for how much longer. */
import type { Standstill } from '../../model/events/events.ts'
import { count, counted } from '../../model/figures.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { RecheckQueue } from '../state/recheck-queue.ts'

/** Undefined: no key waits for this. */
export function standstillOf(rechecks: RecheckQueue, now: Milliseconds): Standstill | undefined {
  let keys = 0
  let last = now
  rechecks.eachNotDue(now, (_replica, _key, due) => {
    keys++
    last = Math.max(last, due)
  })
  if (keys === 0) return undefined
  return { keys, ageMs: rechecks.minAge, leftMs: Math.ceil(last - now) }
}

/** The figures come first: a narrow terminal cuts the end off. */
export function standstillWords({ keys, ageMs, leftMs }: Standstill): string {
  const they = keys === 1 ? 'it' : 'they'
  const left = `${count(Math.ceil(leftMs / 1000))} s`
  return `${counted(keys, 'key')} for another ${left}: ${they} must stand still for ${count(ageMs / 1000)} s (--min-mismatch-age)`
}
