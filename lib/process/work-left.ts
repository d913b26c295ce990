/** Whether a run can go on where it ended. */
import { existsSync } from 'node:fs'
import type { Summary } from '../model/summary.ts'

/** Whether something is left that the same command with --resume would do. */
export function hasWorkLeft(
  { outcome, replicas, errors }: Summary,
  checkpoint: string | undefined,
): boolean {
  if (outcome === 'in-sync' || outcome === 'different') return false
  // A run that was ended at once has not come to save one.
  if (checkpoint === undefined || !existsSync(checkpoint)) return false
  if (outcome !== 'incomplete') return true
  if (errors.some(({ code }) => code === 'FILE_UNWRITABLE')) return true
  // Items that failed or are in conflict have had their turn.
  return Object.values(replicas).some(
    ({ lost, lostSegments, unjudged }) => lost || lostSegments > 0 || unjudged > 0,
  )
}
