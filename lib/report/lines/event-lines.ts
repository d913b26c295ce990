/** Lines for people about what happens in a run. */
import type { RunEvent } from '../../model/events/events.ts'
import { counted } from '../../model/figures.ts'
import { duration } from '../durations.ts'
import { applyLines, readableLine, undoLines } from './apply-undo-lines.ts'
import { creatingLine, creationLines } from './creation-lines.ts'
import { keyLeftLine, planLine, tableLines } from './opening-lines.ts'
import { passLine } from './pass-lines.ts'
import { outageLines, outageOverLine, paceLines } from './rate-lines.ts'
import { rulesLines } from './rules-lines.ts'

/** Progress and restart keys come often: `human.ts` decides when to print them. */
export type ToldOnce = Exclude<
  RunEvent,
  {
    readonly type:
      | ('progress' | 'restart-key' | 'plan-written' | 'segment-finished')
      | ('undone' | 'pass-began')
  }
>

export function eventLines(event: ToldOnce): readonly string[] {
  switch (event.type) {
    case 'tables':
      return tableLines(event)
    case 'undo':
      return undoLines(event)
    case 'apply':
      return [...applyLines(event), ...rulesLines(event.rules)]
    case 'canary-held':
      return [
        `${event.replica}: the first ${counted(event.writes, 'repair was', 'repairs were')} read back and held; the others follow`,
      ]
    case 'creation':
      return creationLines(event)
    case 'creating':
      return [creatingLine(event)]
    case 'created':
      return [`made    ${event.replica} is there after ${duration(event.elapsedMs)}`]
    case 'warning':
      return [`warning ${event.replica}: ${event.message}`]
    case 'output-lost':
      return [`warning ${event.what} ${event.file}: ${event.message}; the run goes on without it`]
    case 'time-over':
      return [
        `stopping after in-flight pages: ${event.of === undefined ? '--max-duration' : '--until-in-sync'} of ${duration(event.afterMs)} is over`,
      ]
    case 'pass-ended':
      return [passLine(event)]
    case 'key-left':
      return [keyLeftLine(event)]
    case 'ended-before':
      return [
        `ended   the run in ${event.checkpoint} has already ended${event.ended === undefined ? '' : `, at ${event.ended}`}; this is its result, and no table was read`,
        '        to compare the tables as they are: --restart',
      ]
    case 'readable-by-others':
      return [readableLine(event)]
    case 'plan':
      return [...rulesLines(event.rules, event.startingKey), planLine(event)]
    case 'segment-lost':
      return [`segment ${event.segment} was not fully compared: ${event.message}`]
    case 'stalled':
      return [
        `stalled ${event.message}. Its thread is replaced, and its work starts again unless this was its second try`,
      ]
    case 'outage':
      return outageLines(event)
    case 'outage-over':
      return [outageOverLine(event)]
    case 'orders-differ':
      return [
        `${event.replica} scans in another order than the master: looking its items up by key from here on, at more read units`,
      ]
    case 'replica-lost':
      return [
        `${event.replica} is left out from here on: ${event.message}`,
        ...(event.hint === undefined ? [] : [`        ${event.hint}`]),
      ]
    case 'pace':
      return paceLines(event)
    case 'control-refused':
      return [`control file ignored: ${event.message}. Earlier settings stay in force`]
    case 'deleting':
      return [`deleting ${counted(event.extras, 'extra item')} of ${event.replica}`]
    case 'deletions-withheld':
      return [
        `${counted(event.extras, 'extra item')} of ${event.replica} not deleted: ${event.reason}`,
      ]
    default:
      return event satisfies never
  }
}
