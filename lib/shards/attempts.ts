/** Attempts at a shard. Each has a folder of its own, and goes on from the furthest before it. */
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../files/folder.ts'
import { jsonText, readOwnJson } from '../files/lines/own-json.ts'
import { linkNew } from '../files/linked-file.ts'
import { sizeOf } from '../files/regular-file.ts'
import { unwritable } from '../files/unwritable.ts'
import type { Checkpoint } from '../model/files/checkpoint-content.ts'
import type { ShardAttempt } from '../model/files/shard-files.ts'
import { readCheckpoint } from '../run/checkpoint/checkpoint-file.ts'
import { SegmentSet } from '../run/state/segment-bitmap.ts'
import type { KnownRun } from './run-file.ts'
import { attemptFolder, attemptOf, journalOf, NAMES, shardFolder } from './shard-paths.ts'
import { takeUpAttempt } from './taken-up.ts'

export interface Attempt {
  readonly id: string
  readonly folder: string
  /** What an earlier attempt had done. Undefined: this one begins at the beginning. */
  readonly from: ShardAttempt['from']
}

const TRIES = 5

const HINT = 'Make room on the shared disk, and try the shard again.'

/** @throws TablesyncError with code `FILE_UNWRITABLE` */
export async function beginAttempt(known: KnownRun, shard: number): Promise<Attempt> {
  const { folder } = known
  const shared = shardFolder(folder, shard)
  const named = { file: shared, what: 'the folder of the shard', hint: HINT }
  await mkdir(shared, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unwritable(named, error)
  })
  const seen = await seenAttempts(folder, shard)
  const note = (attempt: Attempt) => noted(attempt, { known, shard, seen })
  for (const earlier of await furthestFirst(known, shard)) {
    // It may still run: then it changes while it is copied.
    for (let tries = 0; tries < TRIES; tries++) {
      const attempt = await newAttempt(folder, shard)
      const from = await takeUpAttempt(earlier, attempt.folder).catch(() => undefined)
      if (from !== undefined) return note({ ...attempt, from })
      await rm(attempt.folder, { recursive: true, force: true })
    }
  }
  return note({ ...(await newAttempt(folder, shard)), from: undefined })
}

async function newAttempt(folder: string, shard: number): Promise<Omit<Attempt, 'from'>> {
  const id = randomUUID()
  const own = attemptFolder(folder, shard, id)
  try {
    await mkdir(own, { mode: 0o700 })
    await syncFolder(shardFolder(folder, shard))
  } catch (error) {
    throw unwritable({ file: own, what: 'the folder of the attempt', hint: HINT }, error)
  }
  return { id, folder: own }
}

interface Begun {
  readonly known: KnownRun
  readonly shard: number
  readonly seen: ShardAttempt['seen']
}

async function noted(attempt: Attempt, { known, shard, seen }: Begun): Promise<Attempt> {
  const { id, folder, from } = attempt
  const content: ShardAttempt = {
    ...{ tablesync: 'shard-attempt', version: 1, runDigest: known.digest },
    ...{ shard, attempt: id, seen },
    ...(from !== undefined && { from }),
  }
  const named = { file: join(folder, NAMES.attempt), what: 'the note of the attempt', hint: HINT }
  await linkNew(named, jsonText(content))
  return attempt
}

/** Before this attempt writes anything: what stands in these journals came before. */
async function seenAttempts(folder: string, shard: number): Promise<ShardAttempt['seen']> {
  const ids = await attemptsAt(folder, shard)
  const sizes = ids.map((id) => sizeOf(journalOf(folder, shard, id)))
  const bytes = await Promise.all(sizes)
  return ids.map((attempt, at) => ({ attempt, journalBytes: bytes[at] ?? 0 }))
}

/** What an attempt has noted of itself. Undefined: it died before, or its note was damaged. */
export function noteOf(
  folder: string,
  shard: number,
  id: string,
): Promise<ShardAttempt | undefined> {
  const file = join(attemptFolder(folder, shard, id), NAMES.attempt)
  return readOwnJson<ShardAttempt>(file, 'shard-attempt', '').then(
    ({ content }) => content,
    () => undefined,
  )
}

/** Ids of the attempts at a shard. */
export async function attemptsAt(folder: string, shard: number): Promise<string[]> {
  const names = await readdir(shardFolder(folder, shard)).catch((): string[] => [])
  return names.flatMap((name) => attemptOf(name) ?? []).sort()
}

export type EarlierAttempt = Pick<Attempt, 'id' | 'folder'>

/** Those that have left a checkpoint that can be read. */
async function furthestFirst(
  { folder, digest }: KnownRun,
  shard: number,
): Promise<EarlierAttempt[]> {
  const found: (EarlierAttempt & { readonly checkpoint: Checkpoint })[] = []
  for (const id of await attemptsAt(folder, shard)) {
    const own = attemptFolder(folder, shard, id)
    const checkpoint = await readCheckpoint(join(own, NAMES.checkpoint)).catch(() => undefined)
    // Who copies a folder has attempts at another run in it.
    const isOfRun = (await noteOf(folder, shard, id))?.runDigest === digest
    if (checkpoint !== undefined && isOfRun) found.push({ id, folder: own, checkpoint })
  }
  return found.sort((a, b) => compareProgress(b.checkpoint, a.checkpoint))
}

/** By the segments that are done, and by items where those are as many. */
function compareProgress(a: Checkpoint, b: Checkpoint): number {
  const [ofA, ofB] = [progressOf(a), progressOf(b)]
  return ofA.segments - ofB.segments || ofA.items - ofB.items || a.generation - b.generation
}

function progressOf({ replicas }: Checkpoint) {
  let [segments, items] = [0, 0]
  for (const { finished, tally, records } of Object.values(replicas)) {
    segments += [...SegmentSet.fromText(finished)].length
    items += tally.offered
    for (const record of Object.values(records)) items += record.tally.offered
  }
  return { segments, items }
}
