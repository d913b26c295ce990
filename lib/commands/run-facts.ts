/** What a page says of a run beside its counts: tables, times, units, safeguards. */
import { count, counted } from '../model/figures.ts'
import type { FileHeader } from '../model/files/header-and-footer.ts'
import type { PassesSummary, Summary } from '../model/results/summary.ts'
import { type InspectedTable, isStandIn, shownEndpoint } from '../model/tables/table.ts'
import type { Settings } from '../options/settings.ts'
import { optionFacts } from '../page/option-facts.ts'
import type { Fact, PageTable } from '../page/page-data.ts'
import { between, duration, timeText } from '../report/durations.ts'

export function tableOf(table: InspectedTable, at: number): PageTable[] {
  if (isStandIn(table)) return []
  const { ref, facts } = table
  const { approximateItems, approximateBytes } = facts
  const about = [
    facts.arn ?? ref.arn,
    facts.tableId && `id ${facts.tableId}`,
    ref.endpoint && `at ${shownEndpoint(ref.endpoint)}`,
    approximateItems && `about ${counted(approximateItems, 'item')}`,
    approximateBytes && `${count(approximateBytes)} bytes`,
  ].filter((one) => typeof one === 'string' && one !== '')
  return [{ role: at === 0 ? 'master' : 'replica', label: ref.label, about: about as string[] }]
}

export function factsOf(
  { elapsedMs, dryRun, strategy, passes, ...ofLast }: Summary,
  { run, began, master: hasMaster }: FileHeader,
  firstBegan: string | undefined,
): Fact[] {
  const { master, replicas } = passes ?? ofLast
  const sum = (field: 'readUnits' | 'writeUnits') =>
    Object.values(replicas).reduce((total, replica) => total + replica[field], 0)
  const ofMaster = `${counted(master.readUnits, 'read unit')} of the master; `
  const ofReplicas = `${counted(sum('readUnits'), 'read unit')} and ${counted(sum('writeUnits'), 'write unit')} of the replicas`
  return [
    {
      name: 'began',
      value: `${timeText(began)}${firstBegan === undefined ? '' : `; the first run ${timeText(firstBegan)}`}`,
    },
    {
      name: 'took',
      value: `${duration(elapsedMs)}${firstBegan === undefined ? '' : ', earlier runs included'}`,
    },
    { name: 'run', value: `${run}, in the user agent of every request` },
    { name: 'strategy', value: strategy },
    ...(passes === undefined ? [] : [{ name: 'passes', value: passesFact(passes) }]),
    { name: 'units', value: `${hasMaster === undefined ? '' : ofMaster}${ofReplicas}` },
    ...(dryRun ? [{ name: 'dry run', value: 'nothing was written' }] : []),
  ]
}

const passesFact = ({ count: all, last }: PassesSummary) =>
  `${count(all)}; counts, strip and charts of the items are of the last, ${between(last.began, last.ended, 'to')}`

export function safeguardFacts(
  { safeguards, canary, dryRun }: Settings,
  nameOf: (option: string) => string,
): Fact[] {
  if (dryRun) return []
  const { maxDeletes, maxWrites, ...allowed } = safeguards
  const limits = [
    maxDeletes.count !== undefined && count(maxDeletes.count),
    maxDeletes.percent !== undefined && `${maxDeletes.percent}% of the items`,
  ].filter((limit) => limit !== false)
  const values = { maxWrites, maxDeletes: limits.join(' or '), canary, ...allowed }
  return optionFacts(values, nameOf)
}
