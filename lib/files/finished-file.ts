/** A file that gets its name when it is whole: until then nobody can take a part of it for all. */
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type NamedFile, unwritable } from './unwritable.ts'

/** Where a file is written meanwhile. It ends like the file, since the ending tells how to write it. */
export const unfinishedName = (file: string, runId: string): string =>
  join(dirname(file), `.${runId}-${basename(file)}`)

/**
 * Gives a finished file its name.
 *
 * @throws TablesyncError with code `FILE_UNWRITABLE`, also if the name is taken
 */
export async function finish(unfinished: string, named: NamedFile): Promise<void> {
  const { file } = named
  try {
    // Renaming replaces what is there, so the name is taken first.
    const handle = await open(file, 'wx', 0o600)
    await handle.close()
    await rename(unfinished, file).catch(async (error: unknown) => {
      await rm(file, { force: true })
      throw error
    })
  } catch (error) {
    throw unwritable(named, error)
  }
}
