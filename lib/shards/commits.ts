/** Commits a shard: of all its attempts, the first that succeeds is the one that counts. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOfFile } from '../files/file-digests.ts'
import { namesIn } from '../files/folder.ts'
import { jsonText } from '../files/lines/own-json.ts'
import { linkNew } from '../files/linked-file.ts'
import { isThere } from '../files/regular-file.ts'
import { unwritable } from '../files/unwritable.ts'
import type { ShardCommit, ShardPart, ShardResult } from '../model/files/shard-files.ts'
import type { Attempt } from './attempts.ts'
import type { KnownRun } from './run-file.ts'
import { commitFile, commitsFolder, committedShardOf, NAMES } from './shard-paths.ts'

const HINT = 'Make room on the shared disk, and try the shard again: it goes on where it was.'

export const isCommitted = (folder: string, shard: number): Promise<boolean> =>
  isThere(commitFile(folder, shard))

/**
 * Writes the result of an attempt, and commits it.
 *
 * @returns whether this attempt counts; false: another was committed before
 * @throws TablesyncError with code `FILE_UNWRITABLE`
 */
export async function commitShard(
  { folder, run, digest }: KnownRun,
  attempt: Attempt,
  result: ShardResult,
): Promise<boolean> {
  const resultFile = join(attempt.folder, NAMES.result)
  await linkNew({ file: resultFile, what: 'the result of the shard', hint: HINT }, jsonText(result))
  const named = {
    file: commitFile(folder, result.shard),
    what: 'the commit of the shard',
    hint: HINT,
  }
  const parts = await mkdir(commitsFolder(folder), { recursive: true, mode: 0o700 })
    .then(() => partsOf(attempt.folder))
    .catch((error: unknown) => {
      throw unwritable(named, error)
    })
  const commit: ShardCommit = {
    ...{ tablesync: 'shard-commit', version: 1, release: run.release, run: run.run },
    ...{ runDigest: digest, shard: result.shard, attempt: attempt.id },
    committed: new Date().toISOString(),
    parts,
  }
  return linkNew(named, jsonText(commit))
}

/** What a merge reads of an attempt. */
const PARTS = [NAMES.result, NAMES.report, NAMES.plan, NAMES.journal]

async function partsOf(folder: string): Promise<ShardPart[]> {
  const parts: ShardPart[] = []
  for (const name of PARTS) {
    const file = join(folder, name)
    if (await isThere(file)) parts.push({ name, ...(await digestOfFile(file)) })
  }
  return parts
}

/**
 * Shards that have committed.
 *
 * @throws TablesyncError with code `USAGE` where the folder of the commits cannot be read
 */
export async function committedShards(folder: string): Promise<number[]> {
  // A copy of the folder may have left an empty one out.
  const names = await namesIn(commitsFolder(folder))
  return names.flatMap((name) => committedShardOf(name) ?? [])
}
