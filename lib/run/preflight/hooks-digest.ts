/** Tells modules of hooks apart: what they make of items is in tables and plans. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { usageError } from '../../errors.ts'
import type { HooksSource } from '../../model/hooks.ts'

/** Of the module's own file, and not of what it imports. */
export async function hooksDigest({ url }: HooksSource): Promise<string> {
  const content = await readFile(new URL(url)).catch((error: Error) => {
    throw usageError(`Cannot read the hooks ${url}: ${error.message}`, 'Name a file.')
  })
  return createHash('sha256').update(content).digest('hex').slice(0, 32)
}
