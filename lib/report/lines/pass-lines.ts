/** What a run until in sync tells people of its passes. */
import type { RunEvent } from '../../model/events/events.ts'
import { count, counted } from '../../model/figures.ts'
import type { PassesSummary, Summary } from '../../model/results/summary.ts'
import { remainingDifferences } from '../../model/tally.ts'
import { between } from '../durations.ts'
import { OUTCOME } from './ending-lines.ts'

type PassEnded = RunEvent & { readonly type: 'pass-ended' }

/** `pass 2  14:02:10 to 14:02:31 UTC: 12 differences, 12 repaired` */
export function passLine({ pass, began, ended, outcome, found, repaired }: PassEnded): string {
  const isWhole = outcome === 'in-sync' || outcome === 'different'
  const what = `${counted(found, 'difference')}, ${count(repaired)} repaired`
  const how = isWhole ? '' : `; ${OUTCOME[outcome].toLowerCase()}`
  return `pass ${String(pass).padEnd(3)}${between(began, ended, 'to')}: ${what}${how}`
}

/** The verdict, if the last pass has repaired all that it found. Undefined: another says it. */
export function unprovenVerdict({
  outcome,
  replicas,
  passes,
}: Pick<Summary, 'outcome' | 'replicas' | 'passes'>): string | undefined {
  const all = Object.values(replicas)
  const isLeft = all.some((replica) => remainingDifferences(replica) + replica.conflicts > 0)
  if (passes === undefined || outcome !== 'different' || isLeft) return undefined
  const repaired = all.reduce((sum, { written, deleted }) => sum + written + deleted, 0)
  return `Not proven: the last pass repaired ${counted(repaired, 'item')}, and none has looked since.`
}

/** Why no pass followed, and what all of them did. */
export function passesLines({ passes }: Pick<Summary, 'passes'>): string[] {
  if (passes === undefined) return []
  return [...endLines(passes), ...totalLines(passes)].map((line) => `        ${line}`)
}

function endLines({ count: passes, end, last: { began, ended } }: PassesSummary): string[] {
  switch (end) {
    case 'in-sync':
      return [
        `no difference seen between ${between(began, ended, 'and')}, in pass ${count(passes)}`,
        'this does not prove that nobody writes any more',
      ]
    case 'time-over':
      return [
        `the time of --until-in-sync is over; pass ${count(passes)} went from ${between(began, ended, 'to')}`,
      ]
    case 'max-passes':
      return [`after pass ${count(passes)} none was left (--max-passes)`]
    default:
      return [`ended in pass ${count(passes)}`]
  }
}

function totalLines({ count: passes, master, replicas }: PassesSummary): string[] {
  if (passes === 1) return []
  const sum = (of: (replica: PassesSummary['replicas'][string]) => number) =>
    Object.values(replicas).reduce((total, replica) => total + of(replica), 0)
  const units = `${counted(master.readUnits + sum((one) => one.readUnits), 'read unit')}, ${counted(
    sum((one) => one.writeUnits),
    'write unit',
  )}`
  return [
    `in all ${count(passes)} passes: ${count(sum((one) => one.written))} written, ${count(sum((one) => one.deleted))} deleted; ${units}`,
  ]
}
