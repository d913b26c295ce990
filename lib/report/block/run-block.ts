/** The pinned block of a run: how far it is, what it has found, how fast it goes, what holds it up. */
import type { Flow, RunEvent } from '../../model/events/events.ts'
import { bytesText, count, rateText, shortCount } from '../../model/figures.ts'
import type { ReplicaTally } from '../../model/tally.ts'
import type { Milliseconds } from '../../model/units.ts'
import { barOf } from '../bar.ts'
import { duration } from '../durations.ts'
import { packed, type Row } from './packed-cells.ts'

type ProgressEvent = RunEvent & { readonly type: 'progress' }

export interface BlockFacts {
  readonly progress: ProgressEvent
  /** From 0 to 1. */
  readonly share: number
  /** What is compared, applied or undone. */
  readonly heading: string
  /** Such as `156 of 602 writes`. Absent: segments are counted. */
  readonly done?: string | undefined
  readonly itemsPerSecond: number | undefined
  /** Undefined: nobody can say yet. */
  readonly leftMs: Milliseconds | undefined
  readonly isWriting: boolean
  /** The word for written items, of an apply or an undo. Absent: the run compares. */
  readonly writtenWord?: string | undefined
  readonly master: string
}

/** From here on, a bar and titles have room. */
const WIDE = 90

export function blockLines(facts: BlockFacts, columns: number): string[] {
  const isWide = columns >= WIDE
  const rows = [
    headingRow(facts, isWide),
    ...countRows(facts),
    ...speedRows(facts),
    waitingRow(facts),
  ]
  // Narrow lines have no room for titles.
  return packed(isWide ? rows : rows.map(untitled), columns)
}

const untitled = ({ lead = '', cells }: Row): Row => ({
  cells: cells.map((cell, at) => (at === 0 ? `${lead}${cell}` : cell)),
})

function headingRow({ heading, share, progress, done, leftMs }: BlockFacts, isWide: boolean): Row {
  const { segmentsDone, segments } = progress
  const percent = `${Math.floor(share * 100)}%`
  const ofSegments = `${count(segmentsDone)}/${count(segments)} segments`
  const left = leftMs === undefined ? [] : [`${duration(leftMs)} left`]
  if (isWide) return { cells: [heading, barOf(share).trim(), done ?? ofSegments, ...left] }
  return { cells: [heading, percent, ...left, done ?? ofSegments] }
}

function countRows(facts: BlockFacts): Row[] {
  const { progress } = facts
  const replicas = Object.entries(progress.tally.replicas)
  return replicas.map(([label, tally]) => ({
    title: 'found',
    cells: [...(replicas.length > 1 ? [label] : []), ...countCells(label, tally, facts)],
  }))
}

function countCells(
  label: string,
  tally: ReplicaTally,
  { progress, isWriting, writtenWord }: BlockFacts,
): string[] {
  const { written, deleted, changed, conflicts, failed } = tally
  const some = (word: string, n: number) => (n === 0 ? [] : [`${word} ${count(n)}`])
  const isComparing = writtenWord === undefined
  return [
    ...(isComparing ? foundCells(tally, progress.suspects[label]) : []),
    ...(isWriting
      ? [`${writtenWord ?? 'written'} ${count(written)}`, `deleted ${count(deleted)}`]
      : []),
    ...(changed === 0 ? [] : [`${count(changed)} left alone because of later changes`]),
    ...some('in conflict', conflicts),
    ...some('failed', failed),
  ]
}

/** `missing 1,204 (+88 to confirm)`: what waits for its second read stands beside what had it. */
function foundCells(
  tally: ReplicaTally,
  suspects: ProgressEvent['suspects'][string] | undefined,
): string[] {
  const kinds = ['missing', 'differing', 'extra'] as const
  const [first] = kinds.filter((kind) => suspects?.[kind])
  return kinds.map((kind) => {
    const waiting = suspects?.[kind] ?? 0
    const meaning = kind === first ? ' to confirm' : ''
    return `${kind} ${count(tally[kind])}${waiting === 0 ? '' : ` (+${count(waiting)}${meaning})`}`
  })
}

function speedRows({ progress, itemsPerSecond, master }: BlockFacts): Row[] {
  const { tally, flows } = progress
  const reads = flows.filter(({ kind }) => kind === 'read')
  const writes = flows.filter(({ kind, usedPerSecond }) => kind === 'write' && usedPerSecond > 0)
  const received = flows.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0)
  const units = Object.values(tally.replicas).reduce(
    (sum, { readUnits, writeUnits }) => sum + readUnits + writeUnits,
    tally.master.readUnits,
  )
  const items =
    tally.master.scanned === 0
      ? []
      : [
          `${shortCount(tally.master.scanned)} items`,
          ...(itemsPerSecond === undefined ? [] : [`${rateText(itemsPerSecond)}/s`]),
          ...(received === 0 ? [] : [`${bytesText(received)}/s received`]),
        ]
  const roleOf = ({ table }: Flow) => (table === master ? 'master' : table)
  const used = (flow: Flow) => {
    const most = flow.unitsPerSecond === null ? '' : ` of ${rateText(flow.unitsPerSecond)}`
    return `${roleOf(flow)} ${rateText(flow.usedPerSecond)}/s${most}`
  }
  return [
    { title: 'items', cells: items },
    {
      title: 'units',
      cells: [
        ...reads.map((flow) => `read ${used(flow)}`),
        ...writes.map((flow) => `write ${used(flow)}`),
        `${shortCount(units)} used`,
      ],
    },
  ]
}

const waitingRow = ({ progress }: BlockFacts): Row => ({
  title: 'waiting',
  lead: 'waiting for ',
  cells: progress.waitingFor,
})
