/** The differences that a report tells, without what stands around them. */
import { readFile } from 'node:fs/promises'
import type { Difference } from '../../lib/model/difference.ts'

export async function differencesIn(file: string): Promise<Difference[]> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n')
  return lines
    .map((line) => JSON.parse(line) as Difference & Record<string, unknown>)
    .filter(({ kind }) => kind !== undefined)
    .map(({ crc: _, line: __, after: ___, ...difference }) => difference as Difference)
}
