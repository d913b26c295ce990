/** Sentences for people: what the tables are, what was found, what was done. */
import type { Difference } from '../model/difference.ts'
import type { RunEvent } from '../model/events.ts'
import type { ReplicaSummary, Summary } from '../model/summary.ts'
import { describeKey, type InspectedTable, type TableFacts } from '../model/table.ts'
import type { Milliseconds } from '../model/units.ts'

export type PlanEvent = RunEvent & { readonly type: 'plan' }

const count = (n: number) => n.toLocaleString('en-US')

export function tableLine(role: string, { ref, facts }: InspectedTable): string {
  const about = [
    facts.arn ?? ref.arn,
    facts.tableId && `id ${facts.tableId}`,
    ref.endpoint && `at ${ref.endpoint}`,
    sizeOf(facts),
  ].filter(Boolean)
  return `${role.padEnd(8)}${ref.label}${about.length > 0 ? `  (${about.join(', ')})` : ''}`
}

/** The service counts about every six hours: zero may be a young table's. */
function sizeOf({ approximateItems, approximateBytes }: TableFacts): string | undefined {
  if (approximateItems === undefined) return undefined
  if (approximateItems === 0) return 'size not known yet'
  const bytes = approximateBytes === undefined ? '' : `, ${count(approximateBytes)} bytes`
  return `≈ ${count(approximateItems)} items${bytes}`
}

export function tableLines({ master, replicas }: RunEvent & { type: 'tables' }): string[] {
  return [
    tableLine('master', master),
    ...replicas.map((replica) => tableLine('replica', replica)),
    `key     ${describeKey(master.facts.keySchema)}`,
  ]
}

export function planLine(plan: PlanEvent): string {
  const { strategy, segments, parallel, workers, writes } = plan
  const verb = { missing: 'put missing', differing: 'update differing', extra: 'delete extra' }
  const does =
    writes.length === 0
      ? 'dry run: nothing will be written'
      : `will ${writes.map((kind) => verb[kind]).join(', ')} items`
  const scan = segments === 1 ? 'one segment' : `${count(segments)} segments, ${parallel} at a time`
  return `plan    ${strategy}, ${scan} on ${workers} worker${workers === 1 ? '' : 's'}; ${does}`
}

export function differenceLine(difference: Difference): string {
  const { replica, kind, key, attributes, action, error, unconfirmed } = difference
  const what = {
    missing: `${replica} is missing`,
    differing: `${replica} differs in ${attributes?.join(', ') ?? 'some attributes'} of`,
    extra: `${replica} has the extra item`,
  }[kind]
  const done = {
    none: '',
    written: ': written',
    deleted: ': deleted',
    conflict: `: not repaired, ${error ?? 'it kept changing'}`,
    failed: `: not repaired, ${error}`,
  }[action]
  return `${what} ${JSON.stringify(key)}${unconfirmed ? ' (unconfirmed)' : ''}${done}`
}

/** A verdict per replica, and what stands in its way. No plan: the run ended before it had one. */
export function verdictLines(summary: Summary, plan?: PlanEvent): string[] {
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
  if (stopped === undefined) lines.push(`${OUTCOME[outcome]}${scope}.`)
  else
    lines.push(
      `        ${stopped.hint}`,
      `Stopped by the ${stopped.rail} rail: ${stopped.message}.`,
    )
  if (outcome === 'different') lines.push(...repairLines(summary, plan))
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

/** What went wrong: all that is told where nothing else is wanted. */
export function errorLines({ replicas, errors }: Summary): string[] {
  const lines: string[] = []
  for (const { table, message, hint, count: times } of errors) {
    const often = times > 1 ? ` (${times} times)` : ''
    lines.push(`error   ${table === '' ? '' : `${table}: `}${message}${often}`)
    if (hint !== undefined) lines.push(`        ${hint}`)
  }
  for (const [label, { failed }] of Object.entries(replicas)) {
    if (failed === 0) continue
    lines.push(`error   ${label}: items that could not be repaired: ${count(failed)}`)
    lines.push('        --report FILE or --verbose tells why, item by item')
  }
  return lines
}

const OUTCOME = {
  'in-sync': 'In sync',
  different: 'Differences remain',
  incomplete: 'Incomplete: not everything could be read, verified or written',
  stopped: 'Stopped by a safeguard',
  interrupted: 'Interrupted',
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

export function progressLine(progress: RunEvent & { type: 'progress' }, plan?: PlanEvent): string {
  const { tally, segmentsDone, segments, elapsedMs } = progress
  const replicas = Object.values(tally.replicas)
  const sum = (kind: 'missing' | 'differing' | 'extra' | 'written' | 'deleted') =>
    count(replicas.reduce((total, replica) => total + replica[kind], 0))
  const parts = [
    `${count(tally.master.scanned)} items in ${pace(tally.master.scanned, elapsedMs)}`,
    `${count(segmentsDone)}/${count(segments)} segments`,
  ]
  const found = `${sum('missing')} missing, ${sum('differing')} differing, ${sum('extra')} extra`
  const done = `; ${sum('written')} written, ${sum('deleted')} deleted`
  return `${parts.join(', ')}; ${found}${plan?.writes.length === 0 ? '' : done}`
}

/** How to go on where a run of one segment ended. */
export function restartFlag(key: string): string {
  return `--starting-key '${key.replaceAll("'", `'\\''`)}'`
}

function pace(items: number, elapsedMs: Milliseconds): string {
  const seconds = Math.max(elapsedMs / 1000, 0.001)
  return `${Math.round(seconds)} s (${count(Math.round(items / seconds))}/s)`
}
