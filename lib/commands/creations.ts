/** Replicas that did not exist: what is left of a run without them, and what its result says. */
import { TablesyncError, usageError } from '../errors.ts'
import type { ReplicaSummary, Summary } from '../model/results/summary.ts'
import type { Settings } from '../options/settings.ts'
import type { OpenCheckpoint } from '../run/checkpoint/checkpoint-opening.ts'
import { summariseNothing } from '../run/summarise.ts'
import type { Tables } from '../run/tables/table-inspection.ts'

/** The settings of a run over the replicas that exist. */
export function withoutMissing(
  settings: Settings,
  { inspected }: Pick<Tables, 'inspected'>,
): Settings {
  const there = new Set(inspected.map(({ ref }) => ref.label))
  const replicas = settings.replicas.filter(({ ref }) => there.has(ref.label))
  return replicas.length === settings.replicas.length ? settings : { ...settings, replicas }
}

/**
 * A checkpoint is of tables that existed when its run began.
 *
 * @throws TablesyncError with code `TABLE_NOT_FOUND` where it is taken up and one of them is gone,
 * `USAGE` where a dry run would begin it without one
 */
export function refuseGone(
  { inspected, made }: Tables,
  { replicas, dryRun }: Settings,
  checkpoint: OpenCheckpoint | undefined,
): void {
  const there = inspected.map(({ ref }) => ref.label)
  const gone = replicas.map(({ ref }) => ref.label).find((label) => !there.includes(label))
  if (checkpoint === undefined || gone === undefined || made?.stop !== undefined) return
  if (checkpoint.taken !== undefined) {
    throw new TablesyncError(
      `Expected ${gone} to exist as when the run of the checkpoint began, found no such table`,
      {
        ...{ code: 'TABLE_NOT_FOUND', scope: 'run' },
        hint: '--restart begins the run anew, and makes the table.',
      },
    )
  }
  if (!dryRun) return
  throw usageError(
    `Expected a dry run without a checkpoint, since ${gone} does not exist yet; got both`,
    'Leave the checkpoint out: without that table, its run could not be taken up.',
  )
}

/** Adds the tables that were made, or would be, each in its place. A missing one is a difference. */
export function withCreations(
  summary: Summary,
  settings: Settings,
  tables: Pick<Tables, 'made'>,
): Summary {
  const { creations = new Map() } = tables.made ?? {}
  if (creations.size === 0) return summary
  const { replicas: nothing } = summariseNothing(settings)
  const replicas = settings.replicas.map(({ ref: { label } }): [string, ReplicaSummary] => {
    const create = creations.get(label)
    const counted = (summary.replicas[label] ?? nothing[label]) as ReplicaSummary
    return [label, create === undefined ? counted : { ...counted, create }]
  })
  const isMissing = [...creations.values()].some(({ made }) => !made)
  const isDifferent = summary.outcome === 'in-sync' && isMissing
  return {
    ...summary,
    ...(isDifferent && { outcome: 'different' }),
    replicas: Object.fromEntries(replicas),
  }
}
