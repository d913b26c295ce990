/** Whether a file could be written, said without opening it. */
import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type OwnFile, refuseOwn } from './own-file.ts'
import { type NamedFile, unwritable } from './unwritable.ts'

/**
 * Looks whether a file could be begun there, and leaves all as it is.
 *
 * @param but the kind of our files that may stand there: it would be replaced
 * @throws TablesyncError with code `FILE_UNWRITABLE`, as opening the file would
 */
export async function refuseUnwritable(named: NamedFile, but?: OwnFile): Promise<void> {
  const { file } = named
  try {
    await refuseOwn(file, but)
    await access(file, constants.W_OK).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      return access(dirname(file), constants.W_OK)
    })
  } catch (error) {
    throw unwritable(named, error)
  }
}
