/** A copy of the compiled engine in which some imports lead elsewhere. All else is as shipped. */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../', import.meta.url))

/**
 * Makes the copy, once, before it is loaded.
 *
 * @param name the folder beside `lib` that the copy goes to
 * @param rooms the folders that are copied
 * @param replaced by the name of a package, or of a file below the copy: the file below `dist` that
 * stands in for it
 * @throws Error where no file imports one of these names: it may have moved
 */
export async function copyEngine(
  name: string,
  rooms: readonly string[],
  replaced: Readonly<Record<string, string>>,
): Promise<void> {
  const copy = join(dist, name)
  await rm(copy, { recursive: true, force: true })
  for (const room of rooms) await cp(join(dist, room), join(copy, room), { recursive: true })
  const unmatched = new Set(Object.keys(replaced))
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name)
    if (!file.endsWith('.js')) continue
    const text = await readFile(file, 'utf8')
    const led = text.replace(/(from )'([^']+)'/g, (whole, from, imported: string) => {
      const name = imported.startsWith('.')
        ? relative(copy, join(dirname(file), imported))
        : imported
      if (!Object.hasOwn(replaced, name)) return whole
      unmatched.delete(name)
      return `${from}'${relative(dirname(file), join(dist, replaced[name] as string))}'`
    })
    await writeFile(file, led)
  }
  if (unmatched.size > 0) throw new Error(`Nothing imports ${[...unmatched].join(' or ')}`)
}
