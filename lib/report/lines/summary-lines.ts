/** What a comparison found and a repair did, replica by replica. */

import { count, counted } from '../../model/figures.ts'
import type { Outcome, ReplicaSummary, Summary } from '../../model/summary.ts'
import { duration, pace } from '../durations.ts'
import { errorLines, OUTCOME, stopLines } from './ending-lines.ts'
import type { PlanEvent } from './opening-lines.ts'
import { doneWords, foundLines } from './tally-lines.ts'

interface Planned {
  readonly plan: string
  readonly keys: number
}

/** A verdict for each replica, and what prevents a better one. No plan: the run had none yet. */
export function verdictLines(summary: Summary, plan?: PlanEvent, planned?: Planned): string[] {
  const { master, replicas, outcome, elapsedMs } = summary
  const units = counted(master.readUnits, 'read unit')
  const lines = [
    plan?.keys === undefined
      ? `scanned ${counted(master.scanned, 'item')} of ${master.table} in ${pace(master.scanned, elapsedMs)}, ${units}`
      : `read    ${counted(plan.keys, 'listed key')} of ${master.table} in ${duration(elapsedMs)}, ${units}`,
  ]
  for (const [label, replica] of Object.entries(replicas))
    lines.push(...replicaLines(label, replica, plan))
  const scope = outcome === 'in-sync' ? scopeOf(summary, plan) : ''
  lines.push(...errorLines(summary))
  const { stopped } = summary
  lines.push(...(stopped === undefined ? [`${OUTCOME[outcome]}${scope}.`] : stopLines(stopped)))
  if (planned !== undefined) {
    lines.push(planLine(outcome, planned))
  } else if (outcome === 'different') lines.push(...repairLines(summary, plan))
  return lines
}

/** `apply` refuses the plan of a run that did not see everything. */
function planLine(outcome: Outcome, { keys, plan: file }: Planned): string {
  const repairs = `planned ${counted(keys, 'repair')} in ${file}`
  return outcome === 'in-sync' || outcome === 'different'
    ? `${repairs}; to do them: tablesync apply ${file}`
    : `${repairs}, but the run did not see everything: \`tablesync apply\` refuses this plan. Run again with another --plan file`
}

/** What the comparison left out or let stand, so that the verdict does not cover it. */
function scopeOf({ replicas }: Summary, plan?: PlanEvent): string {
  const from = plan?.startingKey === undefined ? '' : ' from the starting key on'
  const ignored = plan?.ignore ?? []
  const butFor = ignored.length === 0 ? '' : `, ignoring ${ignored.join(', ')}`
  const newer = Object.values(replicas).reduce((sum, replica) => sum + replica.newer, 0)
  const newerThere = newer === 0 ? '' : `, but for ${count(newer)} newer on the replica`
  const hooks = plan?.rules.hooks
  const byRules = hooks === undefined ? '' : `, by the rules of ${hooks}`
  const hasExtras = Object.values(replicas).every(({ extra }) => extra !== null)
  const keys = plan?.keys === undefined ? '' : ' for the listed keys'
  const extras = hasExtras ? '' : '; extras were not looked for (--scan-for-extra)'
  return `${keys}${from}${butFor}${byRules}${newerThere}${extras}`
}

/** The flags that would repair what was found, without those that were given. */
function repairLines({ replicas }: Summary, plan?: PlanEvent): string[] {
  const flags = {
    missing: '--write-missing',
    differing: '--write-differing',
    extra: '--delete-extra',
  }
  const repairable = (replica: ReplicaSummary, kind: keyof typeof flags) =>
    (replica[kind] ?? 0) - (kind === 'differing' ? replica.conflicts : 0)
  const found = (kind: keyof typeof flags) =>
    Object.values(replicas).some((replica) => repairable(replica, kind) > 0)
  const kinds = (['missing', 'differing', 'extra'] as const).filter(
    (kind) => found(kind) && !plan?.writes.includes(kind),
  )
  return kinds.length === 0
    ? []
    : [`        to repair: ${kinds.map((kind) => flags[kind]).join(' ')}`]
}

function replicaLines(label: string, replica: ReplicaSummary, plan?: PlanEvent): string[] {
  const isWriting = plan !== undefined && plan.writes.length > 0
  const done = doneWords(replica, { isWriting })
  const units = `${counted(replica.readUnits, 'read unit')}, ${counted(replica.writeUnits, 'write unit')}`
  return [
    ...foundLines(label, replica, { isOfKeys: plan?.keys !== undefined }),
    ...(done.length === 0 ? [] : [`        ${done.join(', ')}`]),
    `        ${units}, by ${replica.strategy}`,
  ]
}
