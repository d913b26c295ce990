/** The limits of one shard: its part of what all shards together may use. */

import { count } from '../model/figures.ts'
import type { ShardRun } from '../model/files/shard-files.ts'
import type { Milliseconds } from '../model/units.ts'
import type { LimitsOfRun } from '../run/safeguards/shared-limits.ts'
import { committedShards } from './commits.ts'

const LOOK_EVERY: Milliseconds = 1000

/** The part of a limit of items or units that a shard has; the first shards have what is over. */
export function partOf(limit: number, { shards }: Pick<ShardRun, 'shards'>, shard: number): number {
  return Math.floor(limit / shards) + (shard < limit % shards ? 1 : 0)
}

export interface ShardLimits extends LimitsOfRun {
  /** Nobody asks any more. */
  end(): void
}

interface LimitedShard {
  readonly run: ShardRun
  readonly shard: number
  /** Of this shard. Undefined: it may make as many as there are. */
  readonly maxWrites: number | undefined
}

/**
 * Divides limits of capacity among the shards that may run now, and looks at the commits of the
 * others as it goes.
 *
 * @param onCommitted called when another attempt has committed this shard
 */
export async function shardLimits(
  folder: string,
  { run, shard, maxWrites = 0 }: LimitedShard,
  onCommitted: () => void,
): Promise<ShardLimits> {
  let commits = (await committedShards(folder)).length
  let isLooking = false
  const look = async () => {
    if (isLooking) return
    isLooking = true
    try {
      const committed = await committedShards(folder)
      commits = committed.length
      if (committed.includes(shard)) onCommitted()
    } finally {
      isLooking = false
    }
  }
  // A disk that does not answer changes nothing: the share stays as it was.
  const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY).unref()
  const share = () => 1 / Math.max(1, Math.min(run.atOnce, run.shards - commits))
  return {
    allowance: undefined,
    share: () => ({ share, leave: () => {} }),
    writesStop: () => ({
      safeguard: 'max-writes',
      message: `shard ${shard} has more than ${count(maxWrites)} items to write`,
      hint: `Allow it more in all: tablesync shard ${folder} --shard-index ${shard} --max-writes N`,
    }),
    isSpent: () => true,
    reserveDeletes: () => undefined,
    settleDeletes: () => {},
    noteReadUnits: () => undefined,
    end: () => clearInterval(timer),
  }
}
