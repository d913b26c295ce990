/** Reads masks: the file of the rules, and the key from where it is kept. */
import { createHash } from 'node:crypto'
import { usageError } from '../errors.ts'
import { readRegularFile } from '../files/regular-file.ts'
import type { Masks, PathRule } from '../model/items/masks.ts'
import { maskKeyId, maskKeyIn } from './mask-key.ts'
import { maskRulesIn, needsKey } from './mask-rules.ts'

export interface MasksGiven {
  readonly file: string
  readonly keyFile: string | undefined
  /** Used where no file is given. */
  readonly key: string | undefined
}

/** @throws TablesyncError with code `USAGE` */
export async function readMasks({ file, keyFile, key: given }: MasksGiven): Promise<Masks> {
  const rules = maskRulesIn(await contentOf(file, 'masks'), file)
  const key =
    keyFile !== undefined
      ? maskKeyIn(await contentOf(keyFile, 'key of the masks'), keyFile)
      : given === undefined
        ? undefined
        : maskKeyIn(given, 'TABLESYNC_MASK_KEY')
  if (key === undefined && needsKey(rules)) {
    throw usageError(
      'Expected a key for the rules hash, email, name and digits, got none',
      'Name a file with --mask-key-file, or set TABLESYNC_MASK_KEY.',
    )
  }
  return { rules, key, mark: markOf(rules, key) }
}

async function contentOf(file: string, what: string): Promise<string> {
  return readRegularFile(file).catch((error: Error) => {
    throw usageError(`Cannot read the ${what} in ${file}: ${error.message}`, 'Name a file.')
  })
}

/**
 * What stands for masks in a checkpoint, a plan or a report, and in a tag: the digest of the rules
 * in any order, and the id of the key.
 */
export function markOf(rules: readonly PathRule[], key: Uint8Array | undefined): string {
  const sorted = rules.map(({ path, rule }) => JSON.stringify([path, rule])).sort()
  const digest = createHash('sha256').update(sorted.join('\n')).digest('hex').slice(0, 16)
  return `${digest}-${key === undefined ? 'no-key' : maskKeyId(key)}`
}
