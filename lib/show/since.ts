/** Two reports of the same tables: what is different now and was not then. */
import { crc32 } from 'node:zlib'
import { type TablesyncError, usageError } from '../errors.ts'
import type { FileEnd } from '../files/checked-file.ts'
import { canonicalItem } from '../item/normalise.ts'
import type { RecordedTable } from '../model/files/recorded-table.ts'
import { footerOf, type ShownFile, type ShownLine } from './shown-file.ts'

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
  for (const { file, header } of [now, then]) {
    if (header.tablesync !== 'report') throw notReport(file)
    if (header.options?.['listedKeys'] === true) throw ofKeys(file)
  }
  refuseOthers(now, then)
  const [before, after] = [await lastLines(then, isWanted), await lastLines(now, isWanted)]
  refuseOtherExtras(now, then, [after, before])
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
  const outcome = end && footerOf(end)?.end
  if (outcome !== 'in-sync' && outcome !== 'different') throw unfinished(report.file, outcome)
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

const keyOf = ({ replica, key }: ShownLine) => `${replica}\n${canonicalItem(key, () => false)}`

/** Options that decide what counts as a difference. */
const MEANING = [
  'ignore',
  'hooks',
  'startingKey',
  'newerWins',
  'versionAttribute',
  'ttlAware',
] as const

function refuseOthers(now: ShownFile, then: ShownFile): void {
  const tables = [now, then].map(({ header }) => tablesOf(header))
  const [ofNow = new Map(), ofThen = new Map()] = tables
  const names = (table: ReadonlyMap<string, unknown>) => [...table.keys()].sort().join(', ')
  if (names(ofNow) !== names(ofThen)) {
    throw usageError(
      `Expected ${then.file} to be of ${names(ofNow)}, got a report of ${names(ofThen)}`,
      'Compare reports of the same tables.',
    )
  }
  for (const [label, { tableId }] of ofNow) {
    const before = ofThen.get(label)?.tableId
    if (tableId === undefined || before === undefined || tableId === before) continue
    throw usageError(
      `Expected ${then.file} to be of the table ${label} with id ${tableId}, got one with id ${before}`,
      'The table was made anew between the two runs.',
    )
  }
  for (const name of MEANING) {
    const [one, other] = [now, then].map(({ header }) =>
      JSON.stringify(header.options?.[name] ?? null),
    )
    if (one !== other) throw otherMeaning(name, now, then)
  }
}

const tablesOf = ({ master, tables }: ShownFile['header']) =>
  new Map<string, RecordedTable>([
    ...(master === undefined ? [] : [[master.label, master] as const]),
    ...Object.entries(tables),
  ])

function otherMeaning(name: string, now: ShownFile, then: ShownFile): TablesyncError {
  const [one, other] = [now, then].map(({ header }) =>
    JSON.stringify(header.options?.[name] ?? null),
  )
  return usageError(
    `Expected ${then.file} to be of a run with the same \`${name}\`, ${one}; got ${other}`,
    'Reports are only compared if the same items count as differences.',
  )
}

/** A run that did not look for extras says nothing about them. */
function refuseOtherExtras(
  now: ShownFile,
  then: ShownFile,
  [after, before]: readonly [Lines, Lines],
): void {
  for (const label of Object.keys(now.header.tables)) {
    const [one, other] = [after, before].map(({ end }) => {
      const extra = end && footerOf(end)?.totals?.replicas[label]?.extra
      return extra === null ? 'not looked for' : 'looked for'
    })
    if (one === other) continue
    throw usageError(
      `Expected ${then.file} to be of a run in which extras were ${one}, got one in which they were ${other}`,
      'Run both with --scan-for-extra, or both without.',
    )
  }
}

const notReport = (file: string) =>
  usageError(
    `Expected ${file} to be a report, got another file`,
    'A run writes one with --report FILE.',
  )

const ofKeys = (file: string) =>
  usageError(
    `Expected ${file} to be of a whole comparison, got one of listed keys`,
    'It says nothing of the other keys.',
  )

const unfinished = (file: string, outcome: string | undefined) =>
  usageError(
    `Expected ${file} to be the report of a run that saw everything; that one ${outcome === undefined ? 'did not end' : `ended ${outcome}`}`,
    'Differences may be missing from it. Run again.',
  )
