/** Masks for a test: their files, and what they make of an item. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunOptions, WireItem } from 'tablesync'
import { isNotMasked, masking } from '../../lib/masks/masked-item.ts'
import { readMasks } from '../../lib/masks/masks-file.ts'
import { type Teardown, tempFolder } from '../support/command/run-cli.ts'

export type Rules = Readonly<Record<string, unknown>>

export async function masked(t: Teardown, rules: Rules, key = 'the key of all these tests') {
  const folder = await tempFolder(t)
  const [masks, maskKeyFile] = [join(folder, 'masks.json'), join(folder, 'key')]
  await writeFile(masks, JSON.stringify({ rules }))
  await writeFile(maskKeyFile, `${key}\n`)
  const { masked } = masking(await readMasks({ file: masks, keyFile: maskKeyFile, key: undefined }))
  const becomes = (one: WireItem): WireItem | undefined => {
    const made = masked(one)
    return isNotMasked(made) ? undefined : made
  }
  return { options: { masks, maskKeyFile } satisfies Partial<RunOptions>, becomes }
}
