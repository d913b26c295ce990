/** Reads what shards have committed. A merge goes by nothing else, and by all of it. */
import { join } from 'node:path'
import { type TablesyncError, usageError } from '../errors.ts'
import { digestOfFile } from '../files/file-digests.ts'
import { namesIn } from '../files/folder.ts'
import { readOwnJson } from '../files/lines/own-json.ts'
import { readingHint } from '../files/unreadable.ts'
import { counted } from '../model/figures.ts'
import type { ShardCommit, ShardPart, ShardResult } from '../model/files/shard-files.ts'
import { SegmentSet } from '../run/state/segment-bitmap.ts'
import { attemptsAt, noteOf } from './attempts.ts'
import { committedShards, isCommitted } from './commits.ts'
import { type KnownRun, segmentsOfShard } from './run-file.ts'
import { attemptFolder, commitFile, NAMES, shardOf } from './shard-paths.ts'

export interface CommittedShard {
  readonly shard: number
  readonly attempt: string
  readonly folder: string
  /** Names of its files. */
  readonly parts: ReadonlySet<string>
  readonly result: ShardResult
}

const MOST_NAMED = 8

/**
 * All shards of the run, each verified to its last byte.
 *
 * @throws TablesyncError with code `USAGE` where one is missing, or is not what was committed
 */
export async function knownCommits(known: KnownRun): Promise<CommittedShard[]> {
  await refuseForeign(known)
  await refuseMissing(known)
  const all: CommittedShard[] = []
  for (let shard = 0; shard < known.run.shards; shard++) all.push(await verified(known, shard))
  await refuseForeignAttempts(known)
  return all
}

/** A folder of a shard that the run does not have. */
async function refuseForeign({ folder, run: { shards } }: KnownRun): Promise<void> {
  const folders = (await namesIn(folder)).flatMap((name) => shardOf(name) ?? [])
  const numbers = [...folders, ...(await committedShards(folder))]
  const foreign = numbers.find((number) => number >= shards)
  if (foreign === undefined) return
  throw usageError(
    `Expected shards 0 to ${shards - 1} in ${folder}, found shard-${foreign} too`,
    'It is of another run. Find out whose it is, and move it away.',
  )
}

/** What an attempt at another run has written is not this run's to take back. A note says which. */
async function refuseForeignAttempts({ folder, run, digest }: KnownRun): Promise<void> {
  for (let shard = 0; shard < run.shards; shard++) {
    for (const id of await attemptsAt(folder, shard)) {
      if ((await noteOf(folder, shard, id)).runDigest === digest) continue
      throw usageError(
        `Expected attempts at the run in ${folder}, but shard-${shard}/attempt-${id} is of another`,
        'Find out whose it is, and move it away.',
      )
    }
  }
}

async function refuseMissing({ folder, run: { shards } }: KnownRun): Promise<void> {
  const missing: string[] = []
  for (let shard = 0; shard < shards; shard++) {
    if (await isCommitted(folder, shard)) continue
    const attempts = (await attemptsAt(folder, shard)).length
    missing.push(`${shard} (${attempts === 0 ? 'not begun' : counted(attempts, 'attempt')})`)
  }
  if (missing.length === 0) return
  const named = [
    ...missing.slice(0, MOST_NAMED),
    ...(missing.length > MOST_NAMED ? ['…'] : []),
  ].join(', ')
  throw usageError(
    `Expected all shards to be complete; ${missing.length} of ${shards} are not: ${named}`,
    'Where no attempt runs any more, begin one: `tablesync shard` with --shard-index.',
  )
}

async function verified(known: KnownRun, shard: number): Promise<CommittedShard> {
  const { folder, run, digest } = known
  const file = commitFile(folder, shard)
  const { content: commit } = await readOwnJson<ShardCommit>(file, 'shard-commit', again(shard))
  if (commit.shard !== shard) {
    throw usageError(
      `Expected ${file} to be of shard ${shard}, got that of shard ${commit.shard}`,
      again(shard),
    )
  }
  if (commit.release !== run.release) {
    throw refuse(
      shard,
      `it was committed by tablesync ${commit.release}, and the run is of ${run.release}`,
    )
  }
  if (commit.run !== run.run) throw refuse(shard, 'it was committed for another run')
  if (commit.runDigest !== digest) {
    throw refuse(
      shard,
      'it was committed under another run.json: options, tables or segments differ',
    )
  }
  const own = attemptFolder(folder, shard, commit.attempt)
  for (const part of commit.parts) await verifyPart(own, part, shard)
  const parts = new Set(commit.parts.map(({ name }) => name))
  const resultFile = join(own, NAMES.result)
  if (!parts.has(NAMES.result)) throw refuse(shard, 'its result is not committed')
  const { content: result } = await readOwnJson<ShardResult>(
    resultFile,
    'shard-result',
    again(shard),
  )
  const segments = SegmentSet.toText(new Set(segmentsOfShard(run, shard)), run.segments)
  if (result.shard !== shard || result.segments !== segments) {
    throw refuse(shard, `it has not compared the segments of shard ${shard}`)
  }
  return { shard, attempt: commit.attempt, folder: own, parts, result }
}

async function verifyPart(folder: string, part: ShardPart, shard: number): Promise<void> {
  const file = join(folder, part.name)
  const found = await digestOfFile(file).catch((error: Error) => {
    const hint = readingHint(error, again(shard))
    throw refuse(shard, `${part.name} cannot be read: ${error.message}`, hint)
  })
  if (found.bytes !== part.bytes) {
    throw refuse(shard, `${part.name} has ${found.bytes} bytes, where ${part.bytes} were committed`)
  }
  if (found.sha256 !== part.sha256) {
    throw refuse(shard, `${part.name} was changed since it was committed`)
  }
}

const again = (shard: number) =>
  `Restore it. Or remove commits/shard-${shard}.json alone, and do shard ${shard} again.`

const refuse = (shard: number, why: string, hint = again(shard)): TablesyncError =>
  usageError(`Shard ${shard} cannot be merged: ${why}`, hint)
