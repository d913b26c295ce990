/** Compares two fingerprints: what the command and `compareFingerprints` have in common. */
import { usageError } from '../../errors.ts'
import { comparedFingerprints } from '../../fingerprints/compared-fingerprints.ts'
import { readFingerprint, refuseTaken, writeNew } from '../../fingerprints/read-fingerprint.ts'
import type { ComparedFingerprints } from '../../model/results/fingerprint-results.ts'
import { shown } from '../../options/values/quoted-value.ts'

/**
 * @param out a new file for the segments that differ. Absent: none is written
 * @throws TablesyncError where a file is no fingerprint, or the two were not made alike
 */
export async function compareFingerprints(
  files: readonly string[],
  out?: string,
): Promise<ComparedFingerprints> {
  const [one, other] = files
  if (one === undefined || other === undefined || files.length > 2) {
    throw usageError(
      `Expected two fingerprints to compare, got ${files.length}`,
      'For example: tablesync fingerprint --compare a.json b.json',
    )
  }
  if (out !== undefined) await refuseTaken(out)
  for (const file of [one, other]) {
    if (typeof file === 'string' && file !== '') continue
    throw usageError(`Expected a file with a fingerprint, got ${shown(file)}`, 'Name two files.')
  }
  const compared = comparedFingerprints(
    { file: one, content: await readFingerprint(one) },
    { file: other, content: await readFingerprint(other) },
  )
  if (out !== undefined) {
    const { segments, differing } = compared
    const list = { tablesync: 'differing-segments', version: 1, segments, differing } as const
    await writeNew(out, 'the list of segments', list)
  }
  return compared
}
