/** What `--estimate` prints. */

import { bytesText, count, counted, moneyText, rateText, shortCount } from '../../model/figures.ts'
import type { Estimate, Range, TableEstimate } from '../../model/results/estimated-run.ts'
import { duration } from '../durations.ts'

export function estimateLines(estimate: Estimate): string[] {
  const { tables, cost, policies } = estimate
  const isAll = tables.every(({ share }) => share === 1)
  const sampled = isAll ? 'the whole tables' : `${counted(cost.requests, 'page')} of the tables`
  return [
    `Estimate from ${sampled}; reading them cost ${counted(Math.ceil(cost.readUnits), 'read unit')}.`,
    '',
    ...tables.map((table) =>
      tableLine(table, Math.max(...tables.map(({ label }) => label.length))),
    ),
    ...compareLines(estimate),
    ...acrossLines(estimate),
    repairLine(estimate),
    moneyLine(estimate),
    '',
    ...policies.flatMap(({ table, policy }) => [
      `Permissions for ${table}:`,
      ...JSON.stringify(policy, undefined, 2).split('\n'),
    ]),
  ]
}

function tableLine({ label, items, bytes, share }: TableEstimate, width: number): string {
  const read = share === 1 ? '' : `   ${percent(share)} of it was read`
  return `  ${label.padEnd(width)}   ${ranged(items, shortCount)} items   ${ranged(bytes, bytesText)}${read}`
}

/** `39.9 M (± 2%)`. */
function ranged({ middle, margin }: Range, text: (value: number) => string): string {
  const share = middle === 0 ? 0 : margin / middle
  return `${text(middle)}${share < 0.0005 ? '' : ` (± ${percent(share)})`}`
}

const percent = (share: number) => `${count(Number((share * 100).toPrecision(2)))}%`

function compareLines(estimate: Estimate): string[] {
  const { readUnits, lookupUnits, mostReadUnits, requests, seconds, unitsPerSecond } = estimate
  const sum = (all: readonly Range[]) => all.reduce((total, { middle }) => total + middle, 0)
  const margin = readUnits.reduce((total, range) => total + range.margin, 0)
  const total = sum(readUnits)
  const time =
    seconds === undefined || unitsPerSecond === undefined
      ? 'as fast as the tables answer'
      : `about ${duration(seconds * 1000)} at ${rateText(unitsPerSecond)} units/s, ${duration(seconds * 250)} at ${rateText(unitsPerSecond * 4)}`
  return [
    `  compare   ${ranged({ middle: total, margin }, shortCount)} read units in ${shortCount(requests)} requests, ${time}`,
    `            up to ${shortCount(mostReadUnits)} where much differs or changes`,
    `            looking every key up instead: ${shortCount(sum(lookupUnits))} read units`,
  ]
}

function acrossLines({ tables }: Estimate): string[] {
  return farReplicas(tables).map(
    ({ label, bytes }) => `  across    ${bytesText(bytes.middle)} of items from ${label}`,
  )
}

function repairLine({ repair: { least, most, isKnown } }: Estimate): string {
  const units = least === most ? shortCount(least) : `${shortCount(least)} to ${shortCount(most)}`
  const why = isKnown ? 'by the report' : 'unknown before comparing'
  return `  repair    ${units} write units, indexes on top (${why})`
}

function moneyLine({ readUnits, mostReadUnits, repair, tables, prices }: Estimate): string {
  if (prices === undefined) return '  money     with --prices FILE'
  const read = readUnits.reduce((sum, { middle }) => sum + middle, 0) * prices.readUnit
  const bytes = farReplicas(tables).reduce((sum, table) => sum + table.bytes.middle, 0)
  const across = (bytes / 1e9) * (prices.transferGb ?? 0)
  const money = (amount: number) => moneyText(amount, prices)
  const [least, most] = [repair.least, repair.most].map((units) => money(units * prices.writeUnit))
  const more = money(mostReadUnits * prices.readUnit + across)
  return `  money     compare ${money(read + across)}, up to ${more} where much differs; repair ${least === most ? least : `${least} to ${most}`}`
}

/** Between regions, bytes cost money too. */
function farReplicas([master, ...replicas]: readonly TableEstimate[]): readonly TableEstimate[] {
  return replicas.filter(({ region }) => region !== master?.region)
}
