/** Folders: what lies in them, and that it is on disk. */
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { unreadable } from './unreadable.ts'

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

/**
 * Names of what lies in it; none where it is not there.
 *
 * @throws TablesyncError with code `USAGE` where it cannot be read
 */
export function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw unreadable(folder, error, 'Find out what it is: tablesync makes a folder there.')
  })
}

/** Its files by name, without hidden ones and without the folders in it. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const files = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
  return files.map(({ name }) => join(folder, name)).sort()
}

/** Syncs a folder, so that a new name in it is on disk. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
