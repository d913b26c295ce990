/** An undo in sentences for people. */
import type { RunEvent } from '../model/events.ts'
import type { ReplicaSummary, Summary } from '../model/summary.ts'
import { errorLines, OUTCOME, stopLines } from './ending.ts'
import { count } from './figures.ts'
import { tableLine } from './wording.ts'

export function undoLines({ journal, replicas }: RunEvent & { type: 'undo' }): string[] {
  return [`undo    ${journal}`, ...replicas.map((replica) => tableLine('replica', replica))]
}

/** What an undo has brought back, per replica. */
export function undoneLines(summary: Summary): string[] {
  const { outcome, dryRun, stopped } = summary
  const lines = Object.entries(summary.replicas).map(([label, replica]) => {
    const { written, deleted, resolved, conflicts, failed } = replica
    const done = dryRun
      ? `${count(leftToDo(replica))} to bring back or take away again`
      : `${count(written)} brought back, ${count(deleted)} taken away again`
    return (
      `${label}: ${done}, ${count(resolved)} already as they were, ` +
      `${count(conflicts)} changed since and left, ${count(failed)} failed`
    )
  })
  if (stopped !== undefined) return [...lines, ...errorLines(summary), ...stopLines(stopped)]
  const remains = dryRun ? 'Nothing was undone: a dry run' : 'Not all could be undone'
  const verdict =
    outcome === 'in-sync' ? 'Undone' : outcome === 'different' ? remains : OUTCOME[outcome]
  return [...lines, ...errorLines(summary), `${verdict}.`]
}

function leftToDo(replica: ReplicaSummary): number {
  const { missing, differing, extra, resolved, conflicts, failed } = replica
  return missing + differing + (extra ?? 0) - resolved - conflicts - failed
}
