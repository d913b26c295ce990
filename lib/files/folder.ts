/** Folders: what lies in them, and that it is on disk. */
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

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
