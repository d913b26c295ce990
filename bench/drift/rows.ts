/** What the drift benchmark measures: every row by name. */
import type { Contestant } from '../contestants/job.ts'
import type { Change, GeneratedTable, Kind } from '../tables/generated-table.ts'

type Fields = Partial<GeneratedTable>

export interface Row {
  readonly name: string
  readonly contestant: Contestant
  /** Of both tables. */
  readonly both: Fields
  /** Of the replica alone. */
  readonly replica: Fields
  readonly options: object
  /** The rows that it is compared with: the same bytes read, and the same without differences. */
  readonly floor: string
  readonly healthy: string
  /** Rows of one series differ in how much drifts, and in nothing else. */
  readonly series: string
}

/** Tables of one form, or a way to compare them. */
interface Family {
  readonly prefix: string
  readonly both?: Fields
  readonly replica?: Fields
  readonly options?: object
  /** Without a floor of its own, it has that of plain tables. */
  readonly hasFloor: boolean
}

/** Smaller than those of the master, and no part of them. Few segments, so that each has pages. */
const OTHER_PAGES: Omit<Family, 'prefix' | 'hasFloor'> = {
  replica: { pageBytes: 1_130_000 },
  options: { segments: 8 },
}

const MILLION = 1_000_000

const PLAIN: Family = { prefix: '', hasFloor: true }
const QUIESCED: Family = { prefix: 'quiesced-', options: { quiesced: true }, hasFloor: false }
const FAMILIES: readonly Family[] = [
  { prefix: 'other-pages-', ...OTHER_PAGES, hasFloor: true },
  { prefix: 'log-normal-', both: { shape: 'logNormal' }, hasFloor: true },
  { prefix: 'escapes-', both: { shape: 'escapes' }, hasFloor: true },
  { prefix: 'boundaries-', both: { shape: 'boundaries' }, hasFloor: true },
  { prefix: 'gzip-', options: { compression: 'gzip' }, hasFloor: true },
  { prefix: 'unsummed-', both: { isUnsummed: true }, hasFloor: false },
]

const SHARES = ['1e-4', '1e-3', '1e-2', '1e-1'] as const
type Share = (typeof SHARES)[number]

const CHANGES: Readonly<Record<string, Change>> = {
  'first-same-length': 'firstSame',
  'first-other-length': 'firstOther',
  'last-same-length': 'lastSame',
  'last-other-length': 'lastOther',
}

export const ROWS: readonly Row[] = [
  ...undrifted(PLAIN),
  ...SHARES.map((share) => drifted(PLAIN, 'mixed', share)),
  ...(['missing', 'differing', 'extra'] as const).flatMap((kind) =>
    (['1e-3', '1e-2', '1e-1'] as const).map((share) =>
      drifted(PLAIN, kind, share, { kinds: [kind] }),
    ),
  ),
  drifted(PLAIN, 'mixed-in-runs', '1e-3', { place: 'inRuns' }),
  drifted(PLAIN, 'mixed-in-runs', '1e-2', { place: 'inRuns' }),
  drifted(PLAIN, 'missing-in-runs', '1e-2', { place: 'inRuns', kinds: ['missing'] as Kind[] }),
  ...Object.entries(CHANGES).map(([name, change]) =>
    drifted(PLAIN, name, '1e-2', { kinds: ['differing'], change }),
  ),
  {
    ...drifted(PLAIN, 'differing', '1e-1', { kinds: ['differing'] }),
    name: 'every-item',
    replica: { variant: 'drift', kinds: ['differing'], perMillion: MILLION },
  },
  { ...row(PLAIN, 'reordered', 'reordered'), replica: { variant: 'reordered' } },
  ...FAMILIES.flatMap((family) => [...undrifted(family), drifted(family, 'mixed', '1e-2')]),
  ...undrifted(QUIESCED),
  ...SHARES.map((share) => drifted(QUIESCED, 'mixed', share)),
]

function undrifted(family: Family): Row[] {
  const healthy = row(family, 'healthy', 'healthy')
  if (!family.hasFloor) return [healthy]
  return [{ ...row(family, 'floor', 'floor'), contestant: 'floor' }, healthy]
}

function drifted(family: Family, series: string, share: Share, fields: Fields = {}): Row {
  const plain = row(family, `${series}-${share}`, series)
  const perMillion = Math.round(Number(share) * MILLION)
  return { ...plain, replica: { ...plain.replica, variant: 'drift', perMillion, ...fields } }
}

function row({ prefix, both, replica, options, hasFloor }: Family, name: string, series: string) {
  return {
    name: `${prefix}${name}`,
    contestant: 'tablesync',
    both: both ?? {},
    replica: { variant: 'copy', ...replica },
    options: options ?? {},
    floor: hasFloor ? `${prefix}floor` : 'floor',
    healthy: `${prefix}healthy`,
    series: `${prefix}${series}`,
  } satisfies Row
}

/** The rows of these names, and those that they are compared with. All rows without names. */
export function chosenRows(names: readonly string[] | undefined): readonly Row[] {
  if (names === undefined) return ROWS
  const chosen = names.map((name) => {
    const found = ROWS.find((each) => each.name === name)
    if (found === undefined) {
      throw new Error(`no row ${name}; there are ${ROWS.map((each) => each.name).join(', ')}`)
    }
    return found
  })
  const wanted = new Set(chosen.flatMap(({ name, floor, healthy }) => [name, floor, healthy]))
  return ROWS.filter(({ name }) => wanted.has(name))
}
