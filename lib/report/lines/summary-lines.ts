/** What a comparison found and a repair did, replica by replica. */

import { pathText } from '../../item/path.ts'
import { count, counted } from '../../model/figures.ts'
import type { Prices } from '../../model/prices.ts'
import {
  exitCodeOfSummary,
  type Outcome,
  type ReplicaSummary,
  type Summary,
} from '../../model/results/summary.ts'
import { distinctItems, remainingDifferences } from '../../model/tally.ts'
import { duration, pace } from '../durations.ts'
import { shellWord } from '../shell-word.ts'
import type { Line } from '../styled-line.ts'
import { billLines, costLines, quiescedLines } from './bill-lines.ts'
import { absentLine, absentText, TO_MAKE } from './creation-lines.ts'
import { attributesLine } from './differences/kind-words.ts'
import { errorLines, OUTCOME, stopLines, waitedLines } from './ending-lines.ts'
import type { PlanEvent } from './opening-lines.ts'
import { passesLines, unprovenVerdict } from './pass-lines.ts'
import { sampleLines, sampleVerdict } from './sample-lines.ts'
import { settingLines } from './setting-lines.ts'
import { doneWords, foundLines } from './tally-lines.ts'

/** What the run has printed and written so far. */
export interface Told {
  /** Whether each difference had a line. */
  readonly tellsEach?: boolean
  /** The report of the run. */
  readonly report?: string | undefined
  readonly planned?: Planned | undefined
  readonly prices?: Prices | undefined
  /** Whether others run beside this one: what is to be done next is said when all are done. */
  readonly isPart?: boolean
  /** How a repair is begun. Absent: by the same command with more flags. */
  readonly repairBy?: string
}

interface Planned {
  readonly plan: string
  readonly keys: number
}

/** The verdict, what each replica holds, and what to do next. No plan: the run had none yet. */
export function verdictLines(summary: Summary, plan?: PlanEvent, told: Told = {}): Line[] {
  const { replicas, outcome, stopped } = summary
  const isAnyThere = Object.values(replicas).some(({ create }) => create?.made !== false)
  const { planned, tellsEach = false, report, prices, isPart = false, repairBy = '' } = told
  const verdict = [
    ...(stopped === undefined ? [verdictOf(summary, plan)] : stopLines(stopped)),
    ...passesLines(summary),
    ...sampleLines(summary),
  ]
  const lines: Line[] = [[{ text: verdict[0] ?? '', style: 'verdict' }], ...verdict.slice(1)]
  for (const [label, replica] of Object.entries(replicas))
    lines.push(...replicaLines(label, replica, plan))
  if (outcome === 'different' && isAnyAbsent(summary)) lines.push(TO_MAKE)
  lines.push(readLine(summary, plan), ...waitedLines(summary))
  lines.push(...costLines(summary, prices), ...errorLines(summary))
  if (isPart) return lines
  if (planned !== undefined) lines.push(planLine(outcome, planned))
  else if (outcome === 'different') lines.push(...repairLines(summary, plan, prices, repairBy))
  // What went to standard output has been seen.
  const isFound = outcome === 'different' || exitCodeOfSummary(summary) === 1
  if (isFound && isAnyThere && !tellsEach && report !== '-') {
    lines.push(seeThem(report ?? planned?.plan))
  }
  const isScan = plan !== undefined && plan.keys === undefined
  if (isScan && !plan.rules.quiesced) lines.push(...quiescedLines(summary))
  return lines
}

const isAnyAbsent = ({ replicas }: Summary) =>
  Object.values(replicas).some(({ create }) => create?.made === false)

const seeThem = (file: string | undefined) =>
  file === undefined
    ? '        to see them: --verbose, or --report FILE'
    : `        to see them: tablesync show ${shellWord(file)}`

function readLine({ master, elapsedMs: time, passes }: Summary, plan?: PlanEvent): string {
  const last = passes?.last
  const elapsedMs = last === undefined ? time : Date.parse(last.ended) - Date.parse(last.began)
  const units = counted(master.readUnits, 'read unit')
  return plan?.keys === undefined
    ? `${plan?.rules.filter === undefined ? 'scanned' : 'chose  '} ${counted(master.scanned, 'item')} of ${master.table} in ${pace(master.scanned, elapsedMs)}, ${units}`
    : `read    ${counted(plan.keys, 'listed key')} of ${master.table} in ${duration(elapsedMs)}, ${units}`
}

function verdictOf(summary: Summary, plan?: PlanEvent): string {
  const { outcome, replicas } = summary
  const special = unprovenVerdict(summary) ?? sampleVerdict(summary)
  if (special !== undefined) return special
  const all = Object.values(replicas)
  const sum = (of: (replica: ReplicaSummary) => number) =>
    all.reduce((total, replica) => total + of(replica), 0)
  const absent = all.filter(({ create }) => create?.made === false).length
  if (outcome === 'different' && absent === all.length) return `Different: ${absentText(absent)}.`
  if (outcome === 'different') {
    const items = sum(distinctItems)
    const remaining = sum(remainingDifferences)
    const repaired = sum(({ written, deleted }) => written + deleted)
    const done = repaired === 0 ? '' : `; ${count(repaired)} repaired`
    const more = absent === 0 ? '' : `; ${absentText(absent)}`
    return `Different: ${count(remaining)} of ${counted(items, 'item')}${done}${more}.`
  }
  if (plan?.keys === 0) return 'No key was listed, so none was compared.'
  if (outcome !== 'in-sync') return `${OUTCOME[outcome]}.`
  const written = sum((replica) => replica.written)
  const deleted = sum((replica) => replica.deleted)
  const done =
    written + deleted === 0
      ? ''
      : `Repaired: ${count(written)} written, ${count(deleted)} deleted. `
  return `${done}${OUTCOME[outcome]}${scopeOf(summary, plan)}.`
}

/** `apply` refuses the plan of a run that did not see everything. */
function planLine(outcome: Outcome, { keys, plan: file }: Planned): string {
  const repairs = `planned ${counted(keys, 'repair')} in ${file}`
  if (keys === 0) return repairs
  return outcome === 'in-sync' || outcome === 'different'
    ? `${repairs}; to do them: tablesync apply ${shellWord(file)} --journal undo.ndjson`
    : `${repairs}, but the run did not see everything: \`tablesync apply\` refuses this plan. Run again with another --plan file`
}

/** What the comparison left out or let stand, so that the verdict does not cover it. */
function scopeOf({ replicas }: Summary, plan?: PlanEvent): string {
  const from = plan?.startingKey === undefined ? '' : ' from the starting key on'
  const { ignore = [], rules } = plan ?? {}
  const butFor = ignore.length === 0 ? '' : `, ignoring ${ignore.join(', ')}`
  const of = rules?.only === undefined ? '' : `, comparing only ${rules.only.join(', ')}`
  const newer = Object.values(replicas).reduce((sum, replica) => sum + replica.newer, 0)
  const newerThere = newer === 0 ? '' : `, but for ${count(newer)} newer on the replica`
  const hooks = plan?.rules.hooks
  const byRules = hooks === undefined ? '' : `, by the rules of ${hooks}`
  const hasExtras = Object.values(replicas).every(({ extra }) => extra !== null)
  const nowhere = Object.values(replicas).reduce((sum, { vanished }) => sum + vanished, 0)
  const inNeither = nowhere === 0 ? '' : `, of which ${count(nowhere)} in neither table`
  const chosen = chosenWords(plan)
  const part =
    plan?.compared === undefined
      ? ''
      : ` in ${count(plan.compared)} of ${counted(plan.segments, 'segment')}`
  const keys = plan?.keys === undefined ? '' : ` for the listed keys${inNeither}`
  const extras = hasExtras || chosen !== '' ? '' : '; extras were not looked for (--scan-for-extra)'
  return `${keys}${chosen}${part}${from}${of}${butFor}${byRules}${newerThere}${extras}`
}

/** Which items of the master were compared; nothing: all. */
function chosenWords(plan?: PlanEvent): string {
  const { filter, first } = plan?.rules ?? {}
  if (first !== undefined) return ` for the first ${counted(first, 'item')}`
  return filter === undefined ? '' : ' for the items that the filter chose'
}

const FLAGS = {
  missing: '--write-missing',
  differing: '--write-differing',
  extra: '--delete-extra',
}

const MISSING_LEFT = '        missing items were left: to put one brings what is not compared too'

/** Whether an item is extra is judged over whole tables. */
const isOfPart = (plan: PlanEvent | undefined) => plan?.compared !== undefined

/** The flags that would repair what was found, without those that were given, and what it takes. */
function repairLines(
  { replicas }: Summary,
  ...[plan, prices, repairBy = '']: [plan?: PlanEvent, prices?: Prices, repairBy?: string]
): string[] {
  const repairable = (replica: ReplicaSummary, kind: keyof typeof FLAGS) =>
    (replica[kind] ?? 0) - (kind === 'differing' ? replica.conflicts : 0)
  const found = (kind: keyof typeof FLAGS) =>
    Object.values(replicas).some((replica) => repairable(replica, kind) > 0)
  const kinds = (['missing', 'differing', 'extra'] as const).filter(
    (kind) => found(kind) && !plan?.writes.includes(kind) && !(kind === 'extra' && isOfPart(plan)),
  )
  if (kinds.length === 0) return []
  const flags = kinds.map((kind) =>
    kind === 'missing' && plan?.rules.leavesMissing
      ? `${FLAGS.missing} --missing-items whole`
      : FLAGS[kind],
  )
  return [
    `        to repair: ${repairBy}${flags.join(' ')}`,
    ...(plan?.rules.leavesMissing && kinds.includes('missing') ? [MISSING_LEFT] : []),
    ...billLines(replicas, prices),
  ]
}

function replicaLines(label: string, replica: ReplicaSummary, plan?: PlanEvent): string[] {
  if (replica.create?.made === false) return [absentLine(label, replica.create)]
  const isWriting = plan !== undefined && plan.writes.length > 0
  const done = doneWords(replica, { isWriting })
  const units = `${counted(replica.readUnits, 'read unit')}, ${counted(replica.writeUnits, 'write unit')}`
  return [
    ...foundLines(label, replica, { isOfKeys: plan?.keys !== undefined }),
    ...(done.length === 0 ? [] : [`        ${done.join(', ')}`]),
    ...attributesOf(replica),
    ...settingLines(replica.settings),
    `        ${units}, by ${replica.strategy}`,
  ]
}

/** Which attributes differ, most items first. */
function attributesOf({ attributes = {} }: ReplicaSummary): string[] {
  const totals = Object.entries(attributes).map(([name, items]) => ({
    place: pathText([name]),
    items,
  }))
  return attributesLine(totals).map((line) => `        ${line}`)
}
