/** What a comparison has found and a repair has done, replica by replica. */
import type { ReplicaSummary, Summary } from '../model/summary.ts'
import { errorLines, OUTCOME, stopLines } from './ending.ts'
import { count, pace } from './figures.ts'
import type { PlanEvent } from './wording.ts'

/** A verdict per replica, and what stands in its way. No plan: the run ended before it had one. */
export function verdictLines(
  summary: Summary,
  plan?: PlanEvent,
  planned?: { readonly plan: string; readonly keys: number },
): string[] {
  const { master, replicas, outcome, elapsedMs } = summary
  const lines = [
    `scanned ${count(master.scanned)} items of ${master.table} in ${pace(master.scanned, elapsedMs)}, ` +
      `${count(master.readUnits)} read units`,
  ]
  for (const [label, replica] of Object.entries(replicas))
    lines.push(...replicaLines(label, replica))
  const scope = outcome === 'in-sync' && plan !== undefined ? scopeOf(plan) : ''
  lines.push(...errorLines(summary))
  const { stopped } = summary
  lines.push(...(stopped === undefined ? [`${OUTCOME[outcome]}${scope}.`] : stopLines(stopped)))
  if (planned !== undefined) {
    const { keys, plan: file } = planned
    lines.push(`planned ${count(keys)} repairs in ${file}; to do them: tablesync apply ${file}`)
  } else if (outcome === 'different') lines.push(...repairLines(summary, plan))
  return lines
}

/** What the comparison left out, and so says nothing of. */
function scopeOf({ startingKey, ignore }: PlanEvent): string {
  const from = startingKey === undefined ? '' : ' from the starting key on'
  const butFor = ignore.length === 0 ? '' : `, leaving out ${ignore.join(', ')}`
  return `${from}${butFor}`
}

/** The flags that would repair what was found, as far as they were not given. */
function repairLines({ replicas }: Summary, plan?: PlanEvent): string[] {
  const flags = {
    missing: '--write-missing',
    differing: '--write-differing',
    extra: '--delete-extra',
  }
  const found = (kind: keyof typeof flags) =>
    Object.values(replicas).some((replica) => (replica[kind] ?? 0) > 0)
  const kinds = (['missing', 'differing', 'extra'] as const).filter(
    (kind) => found(kind) && !plan?.writes.includes(kind),
  )
  return kinds.length === 0
    ? []
    : [`        to repair: ${kinds.map((kind) => flags[kind]).join(' ')}`]
}

function replicaLines(label: string, replica: ReplicaSummary): string[] {
  const { sameAs, missing, differing, extra } = replica
  const lines = [
    `${label}: ${count(sameAs)} the same, ${count(missing)} missing, ${count(differing)} differing, ` +
      (extra === null ? 'extras not looked for' : `${count(extra)} extra`),
  ]
  const also = (
    [
      ['written', replica.written],
      ['deleted', replica.deleted],
      ['on a condition that holds only part of the item', replica.partial],
      ['expired', replica.expired],
      ['skipped by a hook', replica.skipped],
      ['ended by themselves', replica.resolved],
      ['in conflict', replica.conflicts],
      ['failed', replica.failed],
      ['unverified', replica.unverified],
      ['unconfirmed', replica.unconfirmed],
      ['deletions withheld', replica.deletionsWithheld],
      ['segments not compared to their end', replica.lostSegments],
    ] as const
  ).filter(([, n]) => n > 0)
  if (also.length > 0)
    lines.push(`        ${also.map(([what, n]) => `${count(n)} ${what}`).join(', ')}`)
  const units = `${count(replica.readUnits)} read units, ${count(replica.writeUnits)} write units`
  lines.push(`        ${units}, by ${replica.strategy}`)
  return lines
}
