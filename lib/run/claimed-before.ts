/** How much of what may be written the legs before have used. */
import type { Checkpoint } from '../model/checkpoint.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { Intent } from '../model/intent.ts'
import type { ReplicaTally } from '../model/tally.ts'
import type { Settings } from '../options/settings.ts'

/**
 * What is on record: what was found beyond it is found again, and claimed then.
 * `intents`: writes that were about to be sent, and are not on record yet.
 */
export function claimedBefore(
  { replicas }: Pick<Checkpoint, 'replicas'>,
  intents: readonly Intent[],
  asked: Settings['asked'],
): number {
  const tallies = Object.values(replicas).flatMap(({ tally, records }) => [
    tally,
    ...Object.values(records).map((record) => record.tally),
  ])
  const onRecord = tallies.reduce((sum, tally) => sum + claimsOf(tally, asked), 0)
  // An extra was counted when it was found, long before its deletion.
  return onRecord + intents.filter(({ kind }) => kind !== 'extra').length
}

/** What a hook has skipped was never claimed. */
function claimsOf({ skipped, ...found }: ReplicaTally, asked: Settings['asked']): number {
  const kinds: readonly DifferenceKind[] = ['missing', 'differing', 'extra']
  const wanted = kinds.reduce((sum, kind) => sum + (asked[kind] ? found[kind] : 0), 0)
  return Math.max(wanted - skipped, 0)
}
