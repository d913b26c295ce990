/** Reads and writes checkpoints. After a crash the file is the last one saved or the one before. */
import { open, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { passing } from '../../diagnostics.ts'
import { TablesyncError, usageError } from '../../errors.ts'
import { syncFolder } from '../../files/folder.ts'
import { checkedLine, readCheckedLine } from '../../files/lines/checked-line.ts'
import { CALLED, kindOfFile, type OwnFile } from '../../files/own-file.ts'
import { readRegularFile } from '../../files/regular-file.ts'
import type { Checkpoint } from '../../model/files/checkpoint-content.ts'

/** @throws TablesyncError with code `USAGE` if this is not a file: a save would replace it */
export async function refuseNoFile(file: string): Promise<void> {
  const there = await stat(file).catch(() => undefined)
  if (there === undefined || there.isFile()) return
  throw usageError(
    `Expected the checkpoint ${file} to be a file, got ${there.isDirectory() ? 'a folder' : 'a device or a pipe'}`,
    'Name a file. It need not exist yet.',
  )
}

/** @throws TablesyncError with code `USAGE` if this is neither empty nor a checkpoint */
export async function refuseOtherFile(file: string): Promise<void> {
  const there = await stat(file).catch(() => undefined)
  if (there === undefined || there.size === 0) return
  const kind = await kindOfFile(file)
  if (kind === 'checkpoint') return
  throw usageError(
    `Expected ${file} to be a checkpoint that may be replaced, got ${whatElse(kind)}`,
    'Name another file, or remove this one yourself.',
  )
}

/** @throws TablesyncError with code `USAGE` if the checkpoint is unreadable, damaged or unknown */
export async function readCheckpoint(file: string): Promise<Checkpoint> {
  const text = await readRegularFile(file).catch((error: Error) => {
    throw usageError(
      `Cannot read the checkpoint ${file}: ${error.message}`,
      'A run that keeps one is begun with --checkpoint FILE, without --resume.',
    )
  })
  const isEnded = text.endsWith('\n')
  const value = readCheckedLine(text.slice(0, -1)) as Checkpoint | undefined
  if (!isEnded || value === undefined) {
    const kind = await kindOfFile(file)
    throw usageError(
      `Expected the checkpoint ${file} to be whole; it is ${kind === 'checkpoint' ? 'not what was written' : whatElse(kind)}`,
      kind === 'checkpoint'
        ? '--restart begins the run anew.'
        : 'Name the file that was given as --checkpoint.',
    )
  }
  const isReadable = value.version === 1 || value.version === 2
  if (value.tablesync !== 'checkpoint' || !isReadable) {
    throw usageError(
      `Expected ${file} to be a checkpoint of version 1 or 2, got ${JSON.stringify(value.tablesync)} of version ${JSON.stringify(value.version)}`,
      'Name another file. If a later tablesync wrote it, use that version.',
    )
  }
  return value
}

/**
 * Replaces the checkpoint in one step: after a crash at any moment one of the two is there.
 *
 * @throws TablesyncError with code `FILE_UNWRITABLE`
 */
export async function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  const next = `${file}.next`
  try {
    const handle = await open(next, 'w', 0o600)
    try {
      await handle.writeFile(`${checkedLine(checkpoint)}\n`)
      passing('checkpoint-written')
      await handle.datasync()
    } finally {
      await handle.close()
    }
    passing('checkpoint-synced')
    await rename(next, file)
    passing('checkpoint-renamed')
    await syncFolder(dirname(file))
  } catch (cause) {
    throw new TablesyncError(`Cannot write the checkpoint ${file}: ${(cause as Error).message}`, {
      code: 'FILE_UNWRITABLE',
      scope: 'run',
      hint: 'Make room on the disk; --resume goes on from the last checkpoint that was written.',
      cause,
    })
  }
}

const whatElse = (kind: OwnFile | undefined) =>
  kind === undefined ? 'another file, or an empty one' : CALLED[kind]
