/** A copy of what was compiled, in which some imports lead elsewhere. All else is as it is shipped. */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../', import.meta.url))

/**
 * Makes the copy, once, before it is loaded.
 *
 * @param name where it goes: a folder beside `lib`
 * @param rooms the folders that are copied
 * @param replaced by the name of an import, the file that stands in for it, below `dist`
 */
export async function copyEngine(
  name: string,
  rooms: readonly string[],
  replaced: Readonly<Record<string, string>>,
): Promise<void> {
  const copy = join(dist, name)
  await rm(copy, { recursive: true, force: true })
  for (const room of rooms) await cp(join(dist, room), join(copy, room), { recursive: true })
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name)
    if (!file.endsWith('.js')) continue
    const text = await readFile(file, 'utf8')
    const led = text.replace(/(from )'([^']+)'/g, (whole, from, imported) => {
      const target = Object.hasOwn(replaced, imported) ? replaced[imported] : undefined
      if (target === undefined) return whole
      return `${from}'${relative(dirname(file), join(dist, target))}'`
    })
    await writeFile(file, led)
  }
}
