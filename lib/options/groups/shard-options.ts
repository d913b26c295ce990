/** Options of runs that several machines share. */
import type { Group, OptionsOf } from '../option.ts'

/** Schedulers start no more tasks of one job: AWS Batch 10,000, the others by default fewer. */
const MOST_SHARDS = 10_000

export const SHARD_OPTIONS = {
  /** How many shards to divide the run into, 1 to 10,000. */
  shards: {
    flag: 'shards',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: MOST_SHARDS,
    only: ['shard-plan'],
    help: 'Divide the run into this many shards',
  },
  /** A folder that all machines share. It holds the plan of the run, and all that shards write. */
  out: {
    flag: 'out',
    kind: 'text',
    value: 'folder',
    only: ['shard-plan', 'fingerprint'],
    helpFor: {
      fingerprint:
        'A new file (mode 0600) for the fingerprint; with --compare, for the list of segments that differ',
    },
    help: 'A folder on a disk that all machines share, for the plan of the run and for all that its shards write',
  },
  /** How many shards run at the same time at most. @default all */
  atOnce: {
    flag: 'at-once',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: MOST_SHARDS,
    only: ['shard-plan'],
    help: 'How many shards run at the same time at most: limits of capacity are divided among them (default: all)',
  },
  /** Which shard to do, from 0. The command finds it in what a scheduler says. */
  shardIndex: {
    flag: 'shard-index',
    kind: 'whole',
    value: 'i',
    least: 0,
    most: MOST_SHARDS - 1,
    only: ['shard'],
    help: 'Which shard to do, from 0 (default: the index that AWS Batch, Kubernetes or Slurm give the task)',
  },
} as const satisfies Group

export type ShardOptionsGiven = OptionsOf<typeof SHARD_OPTIONS>
