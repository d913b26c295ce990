/** Lines for people about a replica that does not exist: what is made, and what is not. */
import type { RunEvent } from '../../model/events/events.ts'
import { counted } from '../../model/figures.ts'
import type { PlannedTable } from '../../model/tables/planned-table.ts'
import { duration } from '../durations.ts'
import { shellWord } from '../shell-word.ts'

type Told<Type extends RunEvent['type']> = RunEvent & { readonly type: Type }

export function creationLines({ replica, dryRun, table }: Told<'creation'>): string[] {
  const { region, account, arn, settings, notMade } = table
  const makes = dryRun ? 'would be made' : 'is to be made'
  const place =
    account === null ? `region ${region}; account unknown` : `account ${account}, region ${region}`
  return [
    `create  ${replica} does not exist, and ${makes} like the master: ${place}`,
    ...(arn === null ? [] : [`        ${arn}`]),
    ...Object.entries(settings).map(([name, value]) => `        ${name}: ${value}`),
    ...(dryRun ? [`        ${copied(table)}`] : []),
    ...(notMade.length === 0
      ? []
      : ['        not made, since whoever owns the table decides; the commands that would:']),
    ...notMade.flatMap(({ what, command, shows }) => [
      `        - ${what}${shows ? '; to see it:' : ''}`,
      `          ${command.map(shellWord).join(' ')}`,
    ]),
  ]
}

export function creatingLine({ replica, status, elapsedMs, limitMs }: Told<'creating'>): string {
  const is = {
    CREATING: 'is being made',
    unknown: 'is not known to DescribeTable yet',
    queued: 'has to wait: the account makes as many tables as it may at once',
  }[status]
  const limit = `waiting up to ${duration(limitMs)} (--max-outage)`
  return `waiting ${replica} ${is}, after ${duration(elapsedMs)}; ${limit}`
}

export const TO_MAKE = '        to make and fill it: without --dry-run'

/** In place of the counts of a replica. */
export const absentLine = (label: string, table: PlannedTable) =>
  `${label} does not exist, and ${copied(table)}`

export const absentText = (replicas: number) =>
  `${counted(replicas, 'replica does', 'replicas do')} not exist`

function copied({ approximateItems }: PlannedTable): string {
  const items =
    approximateItems === null || approximateItems === 0
      ? 'all items of the master'
      : `${counted(approximateItems, 'item')} (about, from DescribeTable)`
  return `would be made, then ${items} copied`
}
