/** Does a shard of a planned run: what the command `shard` and `runShard` have in common. */
import { join } from 'node:path'
import { usageError } from '../../errors.ts'
import { isThere } from '../../files/regular-file.ts'
import type { ShardResult } from '../../model/files/shard-files.ts'
import type { DoneShard, ShardOutcome } from '../../model/results/shard-results.ts'
import { errorSummaryOf, hasWorkLeft, type Summary } from '../../model/results/summary.ts'
import type { NamedTally } from '../../model/tally.ts'
import { checkFile, refuseStray } from '../../options/commands.ts'
import { ownOptions } from '../../options/own-options.ts'
import type { ShardOptions } from '../../options/run-options.ts'
import { readCheckpoint } from '../../run/checkpoint/checkpoint-file.ts'
import { ofThisRelease } from '../../run/state/counts.ts'
import { SegmentSet } from '../../run/state/segment-bitmap.ts'
import { type Attempt, beginAttempt } from '../../shards/attempts.ts'
import { commitShard, isCommitted } from '../../shards/commits.ts'
import { type KnownRun, readShardRun, segmentsOfShard } from '../../shards/run-file.ts'
import { NAMES } from '../../shards/shard-paths.ts'
import type { Caller } from '../caller.ts'
import { checkShardOptions, compareShard } from './compare-shard.ts'
import { releaseOf } from './release.ts'

/** What `shard` hears of a scheduler. Absent: the options say which shard it is. */
export type FindIndex = (shards: number) => number | undefined

/**
 * Compares and repairs the segments of one shard, from where an earlier attempt has left it, and
 * commits the result.
 *
 * @throws TablesyncError where the folder, the options or the tables are not fit; nothing was scanned or written then
 */
export async function doShard(
  given: ShardOptions,
  caller: Caller,
  findIndex: FindIndex = () => undefined,
): Promise<DoneShard> {
  const options = ownOptions(given)
  refuseStray('shard', options, caller.spelling)
  const { folder } = options
  checkFile('shard', folder)
  const known = await readShardRun(folder, await releaseOf(caller))
  const { shards } = known.run
  const shard = indexOf(options.shardIndex ?? findIndex(shards), shards, caller)
  checkShardOptions(options, known.run, caller.spelling)
  const about = { version: 1, folder, shard, shards } as const
  const before: DoneShard = { ...about, outcome: 'complete-before', errors: [] }
  if (await isCommitted(folder, shard)) return before
  const attempt = await beginAttempt(known, shard)
  const done = await compareShard({ options, known, shard, attempt, caller })
  if (done === 'committed-by-another') return before
  const { summary } = done
  const ended = { ...about, attempt: attempt.id, summary }
  if (hasWorkLeft(summary)) return { ...ended, outcome: unfinished(summary), errors: [] }
  try {
    const tally = done.tally ?? (await tallyOf(attempt))
    const isOurs = await commitShard(known, attempt, resultOf({ known, shard, summary, tally }))
    return isOurs ? { ...ended, outcome: 'complete', errors: [] } : before
  } catch (error) {
    return { ...ended, outcome: 'incomplete', errors: [errorSummaryOf(error)] }
  }
}

function indexOf(index: number | undefined, shards: number, { spelling }: Caller): number {
  const flag = spelling('shardIndex')
  if (index === undefined) {
    throw usageError(
      `Expected \`${flag}\`, since neither AWS Batch nor Kubernetes nor Slurm say which shard this is; got none`,
      `Give a number from 0 to ${shards - 1}.`,
    )
  }
  if (Number.isInteger(index) && index >= 0 && index < shards) return index
  throw usageError(
    `Expected \`${flag}\` to be a whole number from 0 to ${shards - 1}, got ${index}`,
    'Shards are numbered from 0.',
  )
}

function unfinished({ outcome }: Summary): ShardOutcome {
  return outcome === 'stopped' || outcome === 'interrupted' ? outcome : 'incomplete'
}

interface Ended {
  readonly known: KnownRun
  readonly shard: number
  readonly summary: Summary
  readonly tally: NamedTally
}

function resultOf({ known: { run }, shard, summary, tally }: Ended): ShardResult {
  const segments = new Set(segmentsOfShard(run, shard))
  return {
    ...{ tablesync: 'shard-result', version: 1, shard },
    segments: SegmentSet.toText(segments, run.segments),
    ...{ summary, tally },
  }
}

/** The counts of an attempt that had come to its end, and died before it could commit. */
async function tallyOf({ folder }: Attempt): Promise<NamedTally> {
  const file = join(folder, NAMES.checkpoint)
  if (!(await isThere(file))) throw new Error('no counts were heard')
  const { scanned, replicas } = await readCheckpoint(file)
  const counts = Object.entries(replicas).map(([label, { tally }]) => [label, ofThisRelease(tally)])
  return { master: scanned, replicas: Object.fromEntries(counts) }
}
