/** No file serves two pairs, or two purposes. */
import { refuseSharedFiles } from '../../files/distinct-files.ts'
import type { Spelling } from '../../options/option.ts'
import { READ_BY_PAIRS, WRITTEN_BY_PAIRS } from '../../pairs/pair-files.ts'

interface OnePair {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}

interface Beside {
  /** About all pairs. */
  readonly page: string | undefined
  readonly otherFiles: Readonly<Record<string, string | undefined>>
  readonly spelling: Spelling
}

/** @throws TablesyncError with code `USAGE` */
export async function refuseSharedPlaces(
  pairs: readonly OnePair[],
  { page, otherFiles, spelling }: Beside,
): Promise<void> {
  const files: Record<string, string | undefined> = { ...otherFiles, [spelling('html')]: page }
  const checkpoints: string[] = []
  for (const { name, options } of pairs) {
    for (const option of WRITTEN_BY_PAIRS) {
      const called = `${spelling(option)} of ${name}`
      files[called] = fileIn(options[option])
      if (option === 'checkpoint') checkpoints.push(called)
    }
    // Many pairs may read one file.
    for (const option of READ_BY_PAIRS) {
      const file = fileIn(options[option])
      if (file !== undefined) files[`${spelling(option)} ${file}`] = file
    }
  }
  await refuseSharedFiles({ files, checkpoints })
}

const fileIn = (value: unknown) => (typeof value === 'string' && value !== '-' ? value : undefined)
