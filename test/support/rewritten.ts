/** Files of lines, changed by somebody else or written by the previous release. */
import { readFile, writeFile } from 'node:fs/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { checkedLine } from '../../lib/files/lines/checked-line.ts'

export async function linesIn(file: string): Promise<string[]> {
  const bytes = await readFile(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  return text.trim().split('\n')
}

export async function writeLines(file: string, lines: readonly string[]): Promise<void> {
  const text = lines.map((line) => `${line}\n`).join('')
  await writeFile(file, file.endsWith('.gz') ? gzipSync(text) : text)
}

/** Ways to break a chain of intact lines, and the first line that is then out of place. */
export const BREAKS: Readonly<
  Record<string, (lines: readonly string[], at: number) => readonly [string[], number]>
> = {
  'one line missing': (lines, at) => [lines.filter((_, n) => n !== at), at + 1],
  'one line doubled': (lines, at) => [lines.toSpliced(at, 0, lines[at] as string), at + 2],
  'two lines changed about': (lines, at) => [
    lines.toSpliced(at, 2, lines[at + 1] as string, lines[at] as string),
    at + 1,
  ],
  'one line missing and another doubled': (lines, at) => [
    lines.toSpliced(at, 1).toSpliced(at, 0, lines[at - 1] as string),
    at + 1,
  ],
}

/** The same file in version 1: checksums but no chain, and no footer but a plan's. */
export async function asOfVersion1(file: string): Promise<void> {
  const values = (await linesIn(file)).map((line) => {
    const { crc: _, line: __, after: ___, ...value } = JSON.parse(line) as Record<string, unknown>
    return value
  })
  const [header = {}, ...rest] = values
  const { tablesync, master, tables, rules } = header
  const isPlan = tablesync === 'repair-plan'
  const first = { tablesync, version: 1, ...(isPlan && { master, tables, rules }), tables }
  const others = rest.flatMap((value) => {
    if (value['end'] === undefined) return [value]
    const { end, entries, master: scannedThere, scanned } = value
    return isPlan ? [{ end, entries, master: scannedThere, scanned }] : []
  })
  await writeLines(
    file,
    [first, ...others].map((value) => checkedLine(value)),
  )
}
