/** Two reports of the same tables: what is different now and was not then. */
import { crc32 } from 'node:zlib'
import type { FileEnd } from '../files/lines/checked-file.ts'
import { canonicalItem } from '../item/normalise.ts'
import { WHOLE } from '../item/places/compared.ts'
import { refuseOtherExtras, refuseOtherReports, refuseUnfinished } from './comparable-reports.ts'
import type { ShownFile, ShownLine } from './shown-file.ts'

export interface Since {
  /** Differences of the new report whose key was in order then, or not known to differ. */
  readonly fresh: AsyncGenerator<ShownLine>
  /** Differences of the old report whose key is in none of the new one. */
  readonly gone: AsyncGenerator<ShownLine>
  readonly counts: SinceCounts
}

export interface SinceCounts {
  readonly fresh: number
  readonly gone: number
  readonly stayed: number
  /** Of those that stayed: they differ in other places now, or in another way. */
  readonly elsewhere: number
  /** Keys that the new run could not judge: nothing is said of them. */
  readonly unverified: number
}

/** @throws TablesyncError with code `USAGE` where the reports cannot be compared */
export async function compareReports(
  now: ShownFile,
  then: ShownFile,
  isWanted: (line: ShownLine) => boolean,
): Promise<Since> {
  refuseOtherReports(now, then)
  const [before, after] = [await lastLines(then, isWanted), await lastLines(now, isWanted)]
  refuseOtherExtras(now, then, [after.end, before.end])
  const was = (key: string) => before.keys.get(key)?.isOpen === true
  const isFresh = (key: string) => after.keys.get(key)?.isFound === true && !was(key)
  const isGone = (key: string) => was(key) && !after.keys.has(key)
  const known = [...after.keys]
  const stayed = known.filter(([key, { isFound }]) => isFound && was(key))
  const fresh = known.filter(([key]) => isFresh(key)).length
  return {
    counts: {
      fresh,
      gone: [...before.keys.keys()].filter(isGone).length,
      stayed: stayed.length,
      elsewhere: stayed.filter(([key, { places }]) => before.keys.get(key)?.places !== places)
        .length,
      unverified: known.filter(([, { isFound }]) => !isFound).length,
    },
    fresh: linesWhere(now, after.keys, isFresh),
    gone: linesWhere(then, before.keys, isGone),
  }
}

interface LastLine {
  readonly number: number
  /** It is a difference, whatever was done about it. */
  readonly isFound: boolean
  /** And it was left. */
  readonly isOpen: boolean
  /** Checksum of its kind and its places. */
  readonly places: number
}

interface Lines {
  readonly keys: ReadonlyMap<string, LastLine>
  readonly end: FileEnd | undefined
}

/** The last line of each key: a later line says what became of it. */
async function lastLines(
  report: ShownFile,
  isWanted: (line: ShownLine) => boolean,
): Promise<Lines> {
  const keys = new Map<string, LastLine>()
  let end: FileEnd | undefined
  let number = 0
  for await (const line of report.lines((read) => {
    end = read
  })) {
    const at = number++
    if (!isWanted(line)) continue
    const isFound = line.action !== 'unverified'
    const isDone = line.action === 'written' || line.action === 'deleted'
    keys.set(keyOf(line), {
      number: at,
      isFound,
      isOpen: isFound && !isDone,
      places: placesOf(line),
    })
  }
  refuseUnfinished(report, end)
  return { keys, end }
}

async function* linesWhere(
  report: ShownFile,
  keys: Lines['keys'],
  isWanted: (key: string) => boolean,
): AsyncGenerator<ShownLine> {
  let number = 0
  for await (const line of report.lines()) {
    const key = keyOf(line)
    if (keys.get(key)?.number === number++ && isWanted(key)) yield line
  }
}

const placesOf = ({ kind, changes, attributes }: ShownLine) =>
  crc32(JSON.stringify([kind, changes?.map(({ path }) => path) ?? attributes]))

const keyOf = ({ replica, key }: ShownLine) => `${replica}\n${canonicalItem(key, WHOLE)}`
