/** A file that is written whole at the end of a run: the new one takes the old one's place. */
import { randomBytes } from 'node:crypto'
import { open, rename, rm, stat } from 'node:fs/promises'
import { usageError } from '../errors.ts'
import { CALLED, kindOfFile } from './own-file.ts'
import { type NamedFile, unwritable } from './unwritable.ts'

/**
 * Looks before the run whether the file can be written after it.
 *
 * @throws TablesyncError with code `USAGE` where something else is there that must not be lost
 * @throws TablesyncError with code `FILE_UNWRITABLE` where its folder takes no file
 */
export async function refuseUnreplaceable({ file, what }: NamedFile): Promise<void> {
  const there = await stat(file).catch(() => undefined)
  if (there !== undefined && !there.isFile()) {
    throw usageError(
      `Expected ${what} ${file} to be a file, got ${there.isDirectory() ? 'a folder' : 'a device or a pipe'}`,
      'Name a file. It need not exist yet.',
    )
  }
  const kind = await kindOfFile(file)
  if (kind !== undefined) {
    throw usageError(
      `Expected a file that may be replaced by ${what}; ${file} is ${CALLED[kind]} of tablesync`,
      'Name another file.',
    )
  }
  const next = nextTo(file)
  try {
    await (await open(next, 'wx', 0o600)).close()
    await rm(next)
  } catch (error) {
    throw unwritable({ file, what }, error)
  }
}

/** @throws TablesyncError with code `FILE_UNWRITABLE`; what was there is still there then */
export async function replaceFile({ file, what }: NamedFile, text: string): Promise<void> {
  const next = nextTo(file)
  try {
    const handle = await open(next, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(next, file)
  } catch (error) {
    await rm(next, { force: true }).catch(() => {})
    throw unwritable({ file, what }, error)
  }
}

/** Nobody can have put a link there. */
const nextTo = (file: string) => `${file}.${randomBytes(4).toString('hex')}`
