/** The data files of an export, found beside its manifest and checked against it. */
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { usageError } from '../errors.ts'
import { md5OfFile } from '../files/file-digests.ts'
import { type FileLine, isBadArchive, linesOf } from '../files/lines/read-lines.ts'
import type { Bytes } from '../model/units.ts'
import type { ChangeBatch } from '../protocol/revert-batches.ts'
import { AGAIN, type ExportManifest, type ListedFile } from './manifest.ts'

export interface DataFile extends ListedFile {
  readonly path: string
  readonly bytes: Bytes
}

/**
 * Finds each file, and checks it. Incremental exports of one prefix share a folder `data` beside
 * their own folders.
 *
 * @throws TablesyncError with code `USAGE` where one is missing, or is not as the manifest says
 * @throws the reason of `signal`, once that is aborted
 */
export async function checkedFiles(
  folder: string,
  { files }: ExportManifest,
  signal: AbortSignal,
): Promise<readonly DataFile[]> {
  const found = await Promise.all(files.map((file) => located(folder, file)))
  for (const { path, md5 } of found) {
    if ((await md5OfFile(path, signal)) === md5) continue
    throw usageError(
      `Expected ${path} to have the checksum that the manifest names; it was changed since it was written`,
      AGAIN,
    )
  }
  return found
}

async function located(folder: string, file: ListedFile): Promise<DataFile> {
  const own = await realpath(folder)
  const name = basename(file.s3Key)
  const places = [dirname(own), own].map((place) => join(place, 'data', name))
  for (const path of places) {
    const there = await stat(path).catch(() => undefined)
    if (there?.isFile()) return { ...file, path, bytes: there.size }
  }
  throw usageError(
    `Cannot find the data file ${file.s3Key} at ${places.join(' or ')}`,
    'Bring the folder `data` beside the export too, with `aws s3 sync`.',
  )
}

/** In characters. What a thread judges at a time. */
const BATCH = 1 << 20

/**
 * The lines of a file, in batches.
 *
 * @throws TablesyncError with code `USAGE` where there are not as many as the manifest says
 */
export async function* batchesOf(file: DataFile): AsyncGenerator<ChangeBatch> {
  const { path, items } = file
  let first = 1
  let lines: string[] = []
  let gathered = 0
  for await (const { text } of wholeLines(file)) {
    lines.push(text)
    gathered += text.length
    if (gathered < BATCH) continue
    yield { file: path, first, lines }
    first += lines.length
    lines = []
    gathered = 0
  }
  const count = first - 1 + lines.length
  if (count !== items) {
    throw usageError(
      `Expected ${path} to have the ${items} items that the manifest names, got ${count}`,
      AGAIN,
    )
  }
  if (lines.length > 0) yield { file: path, first, lines }
}

/** A partition that is empty has an empty file. */
async function* wholeLines({ path, bytes }: DataFile): AsyncGenerator<FileLine> {
  if (bytes === 0) return
  try {
    for await (const line of linesOf(path)) {
      if (!line.isEnded && line.text === '') throw cutShort(path)
      yield line
    }
  } catch (error) {
    throw isBadArchive(error) ? cutShort(path) : error
  }
}

const cutShort = (path: string) =>
  usageError(`Expected ${path} to be a whole compressed file, got a damaged one`, AGAIN)
