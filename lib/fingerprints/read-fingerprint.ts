/** Fingerprints as files. */
import { createHash, randomBytes } from 'node:crypto'
import { usageError } from '../errors.ts'
import { jsonText, readOwnJson } from '../files/lines/own-json.ts'
import { linkNew } from '../files/linked-file.ts'
import { isThere } from '../files/regular-file.ts'
import type { DifferingSegments, FingerprintFile } from '../model/files/fingerprint-file.ts'

/** A sum has 32 bytes. */
const SUM_BYTES = 32

export const newKey = (): string => randomBytes(32).toString('base64')

export const keyIdOf = (key: string): string =>
  createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, 16)

/** @throws TablesyncError with code `USAGE` where it is no fingerprint, or was changed */
export async function readFingerprint(file: string): Promise<FingerprintFile> {
  const { content } = await readOwnJson<FingerprintFile>(
    file,
    'fingerprint',
    'Name one that `tablesync fingerprint <table> --out FILE` has written.',
  )
  const { counts, sums, segments, items, key, keyId } = content
  const isWhole =
    counts.length === segments &&
    Buffer.from(sums, 'base64').length === segments * SUM_BYTES &&
    counts.reduce((sum, one) => sum + one, 0) === items &&
    keyIdOf(key) === keyId
  if (isWhole) return content
  throw usageError(
    `Expected ${file} to be a whole fingerprint; its parts do not belong together`,
    'Make it anew.',
  )
}

/** The sum of each segment, in base64. */
export function sumsOf({ sums, segments }: FingerprintFile): string[] {
  const bytes = Buffer.from(sums, 'base64')
  return Array.from({ length: segments }, (_, segment) =>
    bytes.subarray(segment * SUM_BYTES, (segment + 1) * SUM_BYTES).toString('base64'),
  )
}

export const joinedSums = (sums: readonly string[]): string =>
  Buffer.concat(sums.map((sum) => Buffer.from(sum, 'base64'))).toString('base64')

/** @throws TablesyncError with code `FILE_UNWRITABLE`, or `USAGE` where the file exists */
export async function writeNew(
  file: string,
  what: string,
  content: FingerprintFile | DifferingSegments,
): Promise<void> {
  if (!(await linkNew({ file, what }, jsonText(content)))) throw taken(file)
}

/** @throws TablesyncError with code `USAGE` where the file exists: it is never overwritten */
export async function refuseTaken(file: string): Promise<void> {
  if (await isThere(file)) throw taken(file)
}

const taken = (file: string) =>
  usageError(`Expected ${file} to be a new file, but it exists`, 'Name another one.')

/** @throws TablesyncError with code `USAGE` where it is no such list, or was changed */
export async function readDifferingSegments(file: string): Promise<DifferingSegments> {
  const { content } = await readOwnJson<DifferingSegments>(
    file,
    'differing-segments',
    'Name one that `tablesync fingerprint --compare A B --out FILE` has written.',
  )
  return content
}
