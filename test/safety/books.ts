/** The counts of a run add up to what was scanned, planned or journaled, and each label is true. */
import type { Difference, ReplicaSummary, Summary } from 'tablesync'
import type { WireItem } from '../../lib/model/wire.ts'
import type { History } from './history.ts'

export interface Books {
  readonly summary: Summary
  readonly differences: readonly Difference[]
  /** Keys on which the world saw a write land. */
  readonly written: ReadonlySet<string>
  /** Those of `written` that somebody else wrote to since: what became of ours is unknown. */
  readonly overtaken: ReadonlySet<string>
  /** Keys that somebody else has written to, perhaps with the change that we were to make. */
  readonly touched: ReadonlySet<string>
  readonly files: { contents(name: string): string | undefined }
}

const keyOf = (key: WireItem) => (key['id'] as { readonly S: string }).S

/** @throws Error that says what does not add up */
export function checkBooks(
  history: History,
  { summary, differences, written, overtaken, touched, files }: Books,
): void {
  const [replica] = Object.values(summary.replicas) as [ReplicaSummary]
  const isWhole = summary.outcome === 'in-sync' || summary.outcome === 'different'
  const keys = expectedKeys(history, files)
  const sum = sumOf(replica)
  if (isWhole && keys !== undefined && sum !== keys) {
    throw new Error(`${history.mode}: ${sum} keys counted, of ${keys}`)
  }
  if (summary.errors.some(({ code }) => code === 'INTERNAL')) {
    throw new Error(`an error of ours: ${JSON.stringify(summary.errors)}`)
  }
  if (!isWhole) return
  const DONE = ['written', 'deleted', 'torn', 'failed', 'unverified', 'conflict']
  const told = new Set(
    differences.filter(({ action }) => DONE.includes(action)).map(({ key }) => keyOf(key)),
  )
  for (const key of written) {
    if (!told.has(key) && !overtaken.has(key))
      throw new Error(`${key} was written, and told as left`)
  }
  for (const { action, key } of differences) {
    const isDone = action === 'written' || action === 'deleted'
    if (isDone && !written.has(keyOf(key)) && !touched.has(keyOf(key))) {
      throw new Error(`${keyOf(key)} was told as ${action}, and no write landed`)
    }
  }
}

function sumOf(replica: ReplicaSummary): number {
  const { missing, differing, extra, sameAs, converged, vanished } = replica
  const { expired, newer, elsewhere, unverified, changed } = replica
  const found = missing + differing + (extra ?? 0) + sameAs + converged + vanished
  return found + expired + newer + elsewhere + unverified + changed
}

/** The keys of the list, the plan or the journal; a comparison has an invariant of its own. */
function expectedKeys({ mode, listed }: History, files: Books['files']): number | undefined {
  if (mode === 'listed') return listed.length
  const name = { sync: undefined, apply: '/sim/plan.ndjson', undo: '/sim/undo.ndjson' }[mode]
  const text = name === undefined ? undefined : files.contents(name)
  if (text === undefined) return undefined
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  return netKeys(lines.filter(({ key }) => key !== undefined))
}

/** A line that says that a write was refused cancels the line before it for that key. */
function netKeys(lines: readonly Record<string, unknown>[]): number {
  const writes = new Map<string, number>()
  for (const { key, refused } of lines) {
    const name = keyOf(key as WireItem)
    writes.set(name, (writes.get(name) ?? 0) + (refused === true ? -1 : 1))
  }
  return [...writes.values()].filter((count) => count > 0).length
}
