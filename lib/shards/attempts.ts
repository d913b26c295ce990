/** Attempts at a shard. Each has a folder of its own, and goes on from the furthest before it. */
import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { namesIn, syncFolder } from '../files/folder.ts'
import { jsonText, readOwnJson } from '../files/lines/own-json.ts'
import { linkNew } from '../files/linked-file.ts'
import { sizeOf } from '../files/regular-file.ts'
import { unwritable } from '../files/unwritable.ts'
import type { Checkpoint } from '../model/files/checkpoint-content.ts'
import type { ShardAttempt } from '../model/files/shard-files.ts'
import { readCheckpoint } from '../run/checkpoint/checkpoint-file.ts'
import { SegmentSet } from '../run/state/segment-bitmap.ts'
import type { KnownRun } from './run-file.ts'
import {
  attemptFolder,
  attemptOf,
  journalOf,
  NAMES,
  shardFolder,
  unreadyFolder,
} from './shard-paths.ts'
import { takeUpAttempt } from './taken-up.ts'

export interface Attempt {
  readonly id: string
  readonly folder: string
  /** What an earlier attempt had done. Undefined: this one begins at the beginning. */
  readonly from: ShardAttempt['from']
}

const TRIES = 5

const HINT = 'Make room on the shared disk, and try the shard again.'

const ATTEMPT = { what: 'the folder of the attempt', hint: HINT }

/**
 * An attempt appears to others at once with all that it begins with: they never see, or count,
 * a copy that is not whole, even if the attempt dies meanwhile.
 *
 * @throws TablesyncError with code `FILE_UNWRITABLE`
 */
export async function beginAttempt(known: KnownRun, shard: number): Promise<Attempt> {
  const { folder } = known
  const shared = shardFolder(folder, shard)
  const named = { file: shared, what: 'the folder of the shard', hint: HINT }
  await mkdir(shared, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unwritable(named, error)
  })
  const begun = { known, shard, seen: await seenAttempts(folder, shard) }
  for (const earlier of await furthestFirst(known, shard)) {
    // It may still run: then it changes while it is copied.
    for (let tries = 0; tries < TRIES; tries++) {
      const unready = await unreadyAttempt(folder, shard)
      const { made, own } = unready
      const from = await takeUpAttempt(earlier, made, own).catch(() => undefined)
      if (from !== undefined) return ready(unready, begun, from)
      await rm(made, { recursive: true, force: true }).catch(() => {})
    }
  }
  return ready(await unreadyAttempt(folder, shard), begun, undefined)
}

interface Unready {
  readonly id: string
  /** The folder that it has now. */
  readonly made: string
  /** The folder that it is going to have. */
  readonly own: string
}

async function unreadyAttempt(folder: string, shard: number): Promise<Unready> {
  const id = randomUUID()
  const [made, own] = [unreadyFolder(folder, shard, id), attemptFolder(folder, shard, id)]
  await mkdir(made, { mode: 0o700 }).catch((error: unknown) => {
    throw unwritable({ file: own, ...ATTEMPT }, error)
  })
  return { id, made, own }
}

interface Begun {
  readonly known: KnownRun
  readonly shard: number
  readonly seen: ShardAttempt['seen']
}

/** Writes the note of the attempt, and gives its folder the name that others know. */
async function ready(
  { id, made, own }: Unready,
  { known, shard, seen }: Begun,
  from: ShardAttempt['from'],
): Promise<Attempt> {
  const content: ShardAttempt = {
    ...{ tablesync: 'shard-attempt', version: 1, runDigest: known.digest },
    ...{ shard, attempt: id, seen },
    ...(from !== undefined && { from }),
  }
  const note = join(made, NAMES.attempt)
  await linkNew({ file: note, what: 'the note of the attempt', hint: HINT }, jsonText(content))
  try {
    await rename(made, own)
    await syncFolder(shardFolder(known.folder, shard))
  } catch (error) {
    throw unwritable({ file: own, ...ATTEMPT }, error)
  }
  return { id, folder: own, from }
}

/** Before this attempt writes anything: what stands in these journals came before. */
async function seenAttempts(folder: string, shard: number): Promise<ShardAttempt['seen']> {
  const ids = await attemptsAt(folder, shard)
  const sizes = ids.map((id) => sizeOf(journalOf(folder, shard, id)))
  const bytes = await Promise.all(sizes)
  return ids.map((attempt, at) => ({ attempt, journalBytes: bytes[at] ?? 0 }))
}

/**
 * What an attempt has noted of itself.
 *
 * @throws TablesyncError with code `USAGE` where the note is gone or was changed
 */
export async function noteOf(folder: string, shard: number, id: string): Promise<ShardAttempt> {
  const file = join(attemptFolder(folder, shard, id), NAMES.attempt)
  const hint = 'Restore it: it says which writes of the attempt are its own.'
  return (await readOwnJson<ShardAttempt>(file, 'shard-attempt', hint)).content
}

/**
 * Ids of the attempts at a shard.
 *
 * @throws where the folder of the shard is there, and cannot be read
 */
export async function attemptsAt(folder: string, shard: number): Promise<string[]> {
  const names = await namesIn(shardFolder(folder, shard))
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
    const note = await noteOf(folder, shard, id).catch(() => undefined)
    const isOfRun = note?.runDigest === digest
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
