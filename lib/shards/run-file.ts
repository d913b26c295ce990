/** `run.json`: written once, and read by each shard. */
import { mkdir, readdir } from 'node:fs/promises'
import { usageError } from '../errors.ts'
import { sha256OfText } from '../files/file-digests.ts'
import { isFolder } from '../files/folder.ts'
import { jsonText, readOwnJson } from '../files/lines/own-json.ts'
import { linkNew } from '../files/linked-file.ts'
import { isThere } from '../files/regular-file.ts'
import { unwritable } from '../files/unwritable.ts'
import type { ShardRun } from '../model/files/shard-files.ts'
import { commitsFolder, runFile, shardOf } from './shard-paths.ts'

const NAME_ANOTHER = 'Name a folder that is new or empty: each run has one of its own.'

/** @throws TablesyncError with code `USAGE` where the folder has a run already */
export async function refuseTakenFolder(folder: string): Promise<void> {
  if (await isThere(runFile(folder))) throw taken(folder)
  const left = (await readdir(folder).catch((): string[] => [])).find(
    (name) => shardOf(name) !== undefined,
  )
  const [commit] = await readdir(commitsFolder(folder)).catch((): string[] => [])
  if (left !== undefined || commit !== undefined) {
    throw usageError(
      `Expected a folder without a run, but ${folder} holds ${left ?? `commits/${commit}`} of another`,
      NAME_ANOTHER,
    )
  }
  if ((await isThere(folder)) && !(await isFolder(folder))) {
    throw usageError(`Expected ${folder} to be a folder, got a file`, NAME_ANOTHER)
  }
}

const taken = (folder: string) =>
  usageError(`Expected a folder without a run, but ${runFile(folder)} exists`, NAME_ANOTHER)

/** @throws TablesyncError with code `FILE_UNWRITABLE`, or `USAGE` where somebody else was faster */
export async function writeShardRun(folder: string, run: ShardRun): Promise<void> {
  const named = { file: runFile(folder), what: 'the plan of the run' }
  for (const each of [folder, commitsFolder(folder)]) {
    await mkdir(each, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw unwritable(named, error)
    })
  }
  if (!(await linkNew(named, jsonText(run)))) throw taken(folder)
}

/** The run of a folder, with what tells it from others. */
export interface KnownRun {
  readonly folder: string
  readonly run: ShardRun
  /** SHA-256 of `run.json`. */
  readonly digest: string
}

/**
 * @param release of the tablesync that reads it
 * @throws TablesyncError with code `USAGE` where it is not there, was changed, or is of another version
 */
export async function readShardRun(folder: string, release: string): Promise<KnownRun> {
  const { content: run, text } = await readOwnJson<ShardRun>(
    runFile(folder),
    'shard-run',
    'Name the folder that `tablesync shard-plan` has made, as this machine sees it.',
  )
  if (run.release !== release) {
    throw usageError(
      `Expected tablesync ${run.release}, which planned the run in ${folder}; this is ${release}`,
      'Install that version on all machines, or plan the run anew.',
    )
  }
  return { folder, run, digest: sha256OfText(text) }
}

/** The segments of a shard: every machine works them out alike. */
export function segmentsOfShard({ segments, shards }: ShardRun, shard: number): number[] {
  const own: number[] = []
  for (let segment = shard; segment < segments; segment += shards) own.push(segment)
  return own
}
