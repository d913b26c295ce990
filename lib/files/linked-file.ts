/** A file that appears whole and once: of several that write it, the first succeeds. */
import { randomUUID } from 'node:crypto'
import { link, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { passing } from '../diagnostics.ts'
import { syncFolder } from './folder.ts'
import { type NamedFile, unwritable } from './unwritable.ts'

/**
 * Writes the text beside the file, syncs it, and links it to its name.
 *
 * @returns whether the file is ours; false: another was there before
 * @throws TablesyncError with code `FILE_UNWRITABLE`
 */
export async function linkNew(named: NamedFile, text: string): Promise<boolean> {
  const { file } = named
  const own = `${file}.${randomUUID()}`
  try {
    const handle = await open(own, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      passing('link-written')
      await handle.sync()
    } finally {
      await handle.close()
    }
    passing('link-synced')
    const isOurs = await linked(own, file)
    if (isOurs) await syncFolder(dirname(file))
    return isOurs
  } catch (error) {
    throw unwritable(named, error)
  } finally {
    await rm(own, { force: true }).catch(() => {})
  }
}

async function linked(own: string, file: string): Promise<boolean> {
  try {
    await link(own, file)
    return true
  } catch (error) {
    // NFS may answer a repeated request, whose first answer was lost, with "exists" (open(2)).
    const { nlink } = await stat(own)
    if (nlink > 1) return true
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
