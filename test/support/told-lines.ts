/** The differences in a report, without header, footer and chain. */
import { readFile } from 'node:fs/promises'
import type { Difference } from '../../lib/model/difference.ts'

interface ReportLine {
  readonly crc: string
  readonly line: number
  readonly after: string
}

export async function differencesIn(file: string): Promise<Difference[]> {
  return differencesOf((await readFile(file, 'utf8')).trim().split('\n'))
}

/** @throws Error where the lines form no chain */
export function differencesOf(lines: readonly string[]): Difference[] {
  const read = lines.map((text) => JSON.parse(text) as Difference & ReportLine)
  for (const [at, { line, after }] of read.entries()) {
    const last = read[at - 1]?.crc ?? '00000000'
    if (line !== at + 1 || after !== last) throw new Error(`line ${at + 1} follows another`)
  }
  return read
    .filter(({ kind }) => kind !== undefined)
    .map(({ crc: _, line: __, after: ___, ...difference }) => difference)
}
