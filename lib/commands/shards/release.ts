/** Which tablesync this is. */
import { fileURLToPath } from 'node:url'
import { readRegularFile } from '../../files/regular-file.ts'
import type { Caller } from '../caller.ts'

export async function releaseOf({ packageFile }: Pick<Caller, 'packageFile'>): Promise<string> {
  const text = await readRegularFile(fileURLToPath(packageFile))
  return (JSON.parse(text) as { readonly version: string }).version
}
