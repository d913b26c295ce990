import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Teardown, tempFolder } from './command/run-cli.ts'

/**
 * Writes a hooks module into a folder of its own, and returns its path. A `text` function gets
 * `mark`: JSON text of a path where the module may leave a file.
 */
export async function hooksModule(
  t: Teardown,
  text: string | ((mark: string) => string),
): Promise<string> {
  const folder = await tempFolder(t)
  const file = join(folder, 'hooks.mjs')
  const mark = JSON.stringify(join(folder, 'mark'))
  await writeFile(file, typeof text === 'string' ? text : text(mark))
  return file
}
