/** Sentences for people: what the tables are, what was found, what was done. */
import type { Difference } from '../model/difference.ts'
import type { RunEvent } from '../model/events.ts'
import type { ReplicaSummary, Summary } from '../model/summary.ts'
import { describeKey, type InspectedTable } from '../model/table.ts'

const count = (n: number) => n.toLocaleString('en-US')

export function tableLine(role: string, { ref, facts }: InspectedTable): string {
  const about = [
    facts.arn ?? ref.arn,
    ref.endpoint && `at ${ref.endpoint}`,
    facts.approximateItems !== undefined && `≈ ${count(facts.approximateItems)} items`,
    facts.approximateBytes !== undefined && `${count(facts.approximateBytes)} bytes`,
  ].filter(Boolean)
  return `${role.padEnd(8)}${ref.label}${about.length > 0 ? `  (${about.join(', ')})` : ''}`
}

export function tableLines({ master, replicas }: RunEvent & { type: 'tables' }): string[] {
  return [
    tableLine('master', master),
    ...replicas.map((replica) => tableLine('replica', replica)),
    `key     ${describeKey(master.facts.keySchema)}`,
  ]
}

export function planLine(plan: RunEvent & { type: 'plan' }): string {
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

/** A verdict per replica, and what stands in its way. */
export function verdictLines(summary: Summary): string[] {
  const { master, replicas, outcome } = summary
  const lines = [`scanned ${count(master.scanned)} items of ${master.table}`]
  for (const [label, replica] of Object.entries(replicas))
    lines.push(...replicaLines(label, replica))
  lines.push(...errorLines(summary), OUTCOME[outcome])
  return lines
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
  'in-sync': 'In sync.',
  different: 'Differences remain.',
  incomplete: 'Incomplete: not everything could be read, verified or written.',
  stopped: 'Stopped by a safeguard.',
  interrupted: 'Interrupted.',
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

export function progressLine(progress: RunEvent & { type: 'progress' }): string {
  const { tally, segmentsDone, segments, elapsedMs } = progress
  const replicas = Object.values(tally.replicas)
  const sum = (kind: 'missing' | 'differing' | 'extra' | 'written' | 'deleted') =>
    count(replicas.reduce((total, replica) => total + replica[kind], 0))
  const seconds = Math.max(elapsedMs / 1000, 0.001)
  return (
    `${count(tally.master.scanned)} items in ${Math.round(seconds)} s ` +
    `(${count(Math.round(tally.master.scanned / seconds))}/s), ` +
    `${segmentsDone}/${segments} segments; ${sum('missing')} missing, ${sum('differing')} differing, ` +
    `${sum('extra')} extra; ${sum('written')} written, ${sum('deleted')} deleted`
  )
}
