/** Refuses to compare reports that do not say the same kind of thing about the same tables. */
import { usageError } from '../errors.ts'
import type { FileEnd } from '../files/lines/checked-file.ts'
import { pathsRecorded, type RecordedPaths } from '../item/places/recorded-paths.ts'
import type { RecordedTable } from '../model/files/recorded-table.ts'
import { footerOf, type ShownFile } from './shown-file.ts'

/** Options that decide what counts as a difference. */
const MEANING = [
  'ignore',
  'only',
  'hooks',
  'startingKey',
  'newerWins',
  'versionAttribute',
  'ttlAware',
  'first',
  'filterExpression',
  'expressionAttributeNames',
  'expressionAttributeValues',
  'masks',
  'transform',
] as const

/** @throws TablesyncError with code `USAGE` where the first lines of the files forbid it */
export function refuseOtherReports(now: ShownFile, then: ShownFile): void {
  for (const report of [now, then]) refuseOtherFile(report)
  refuseOtherTables(now, then)
  for (const name of MEANING) {
    const [one, other] = [now, then].map(({ header }) => JSON.stringify(meantBy(header, name)))
    if (one === other) continue
    throw usageError(
      `Expected ${then.file} to be of a run with the same \`${name}\`, ${one}; got ${other}`,
      'Reports are only compared if the same items count as differences.',
    )
  }
}

/** Paths mean the same in any order, and under whichever name they were recorded. */
function meantBy({ options = {} }: ShownFile['header'], name: string): unknown {
  if (name === 'ignore') {
    return pathsRecorded(options as Partial<RecordedPaths>).sort()
  }
  const value = options[name] ?? null
  return name === 'only' && Array.isArray(value) ? [...value].sort() : value
}

function refuseOtherFile({ file, header }: ShownFile): void {
  if (header.tablesync !== 'report') {
    throw usageError(
      `Expected ${file} to be a report, got another file`,
      'A run writes one with --report FILE.',
    )
  }
  if (header.options?.['listedKeys'] === true) {
    throw usageError(
      `Expected ${file} to be of a whole comparison, got one of listed keys`,
      'It says nothing of the other keys.',
    )
  }
}

function refuseOtherTables(now: ShownFile, then: ShownFile): void {
  const [ofNow, ofThen] = [tablesOf(now), tablesOf(then)]
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
}

const tablesOf = ({ header: { master, tables } }: ShownFile) =>
  new Map<string, RecordedTable>([
    ...(master === undefined ? [] : [[master.label, master] as const]),
    ...Object.entries(tables),
  ])

/** @throws TablesyncError with code `USAGE` where the run did not see everything */
export function refuseUnfinished({ file }: ShownFile, end: FileEnd | undefined): void {
  const outcome = end && footerOf(end)?.end
  if (outcome === 'in-sync' || outcome === 'different') return
  throw usageError(
    `Expected ${file} to be the report of a run that saw everything; that one ${outcome === undefined ? 'did not end' : `ended ${outcome}`}`,
    'Differences may be missing from it. Run again.',
  )
}

/** A run that did not look for extras says nothing about them. */
export function refuseOtherExtras(
  now: ShownFile,
  then: ShownFile,
  ends: readonly [now: FileEnd | undefined, then: FileEnd | undefined],
): void {
  for (const label of Object.keys(now.header.tables)) {
    const [one, other] = ends.map((end) => {
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
