/** Lines for people about how fast a run goes, and what holds it up. */

import type { Flow, RunEvent } from '../../model/events/events.ts'
import { rateText } from '../../model/figures.ts'
import type { Pace } from '../../model/tables/capacity.ts'
import { duration } from '../durations.ts'

const units = (perSecond: number) => `${rateText(perSecond, 1)} units/s`

/** Leaves out tables on this machine, unless the user asked for a limit. */
export function paceLines({ paces, isPaused }: RunEvent & { type: 'pace' }): string[] {
  const told = paces.filter(({ origin }) => origin !== 'local')
  const lines = told.map((pace) => `pace    ${paceOf(pace)} (${pace.because})`)
  const isPolite = told.some(({ origin }) => origin === 'polite')
  return [
    ...new Set(lines),
    ...(isPolite ? ['        --read-capacity and --write-capacity change that'] : []),
    ...(isPaused ? ['paused  until the control file says resume'] : []),
  ]
}

function paceOf({ table, kind, unitsPerSecond, isAdaptive }: Pace): string {
  const verb = `${table}: ${kind}s`
  if (isAdaptive) return `${verb} adaptive`
  return unitsPerSecond === null ? `${verb} without limit` : `${verb} at ${units(unitsPerSecond)}`
}

/** An endpoint out of reach: where, since when, why, and how long the run waits for it. */
export function outageLines(event: RunEvent & { type: 'outage' }): string[] {
  const { table, endpoint, since, elapsedMs, limitMs, message, hint } = event
  const silent = `${table} at ${endpoint} has not answered since ${since}, for ${duration(elapsedMs)}`
  return [
    `waiting ${silent}: ${message}. Waiting up to ${duration(limitMs)} (--max-outage)`,
    ...(hint === undefined ? [] : [`        ${hint}`]),
  ]
}

export function outageOverLine(event: RunEvent & { type: 'outage-over' }): string {
  const { table, endpoint, elapsedMs } = event
  return `        ${table} at ${endpoint} answers again, after ${duration(elapsedMs)}`
}

export function waitingText({ waitingFor }: RunEvent & { type: 'progress' }): string {
  return waitingFor.length === 0 ? '' : `; waiting for ${waitingFor.join('; ')}`
}

/** What each table is used for now, and how much. */
export function flowLines({ flows }: RunEvent & { type: 'progress' }): string[] {
  return flows.map((flow) => `        ${flow.table}: ${kindUsed(flow)}`)
}

function kindUsed({ kind, usedPerSecond, unitsPerSecond, isThrottled }: Flow): string {
  const most = unitsPerSecond === null ? '' : ` of ${units(unitsPerSecond)}`
  return `${kind}s ${units(usedPerSecond)}${most}${isThrottled ? ', throttled' : ''}`
}
