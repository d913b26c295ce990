/** One file for one thing: a report written over the journal in use would be the end of both. */
import { realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { usageError } from '../errors.ts'

/**
 * @param files by what the user calls them; undefined ones are not asked for
 * @throws TablesyncError with code `USAGE` where two of them are one
 */
export async function refuseSharedFiles(
  files: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const names = new Map<string, string>()
  for (const [name, file] of Object.entries(files)) {
    if (file === undefined) continue
    const real = await realOf(file)
    const other = names.get(real)
    if (other !== undefined) {
      throw usageError(
        `Expected \`${other}\` and \`${name}\` to be different files, got ${file} twice`,
      )
    }
    names.set(real, name)
  }
}

/** The file behind links; of one that is not there yet, its place in the folder behind them. */
async function realOf(file: string): Promise<string> {
  const folder = () => realpath(dirname(file)).catch(() => resolve(dirname(file)))
  return realpath(file).catch(async () => join(await folder(), basename(file)))
}
