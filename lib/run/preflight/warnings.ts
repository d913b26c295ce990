/** Warns before the first write about what may reject, multiply or undo it, and about odd scans. */
import { count } from '../../model/figures.ts'
import {
  describeKey,
  type InspectedTable,
  MASTER,
  type TableFacts,
} from '../../model/tables/table.ts'
import type { Settings } from '../../options/settings.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { Preparation, RunContext } from '../run-context.ts'
import { doubtfulPairs, knownTables } from '../tables/same-table.ts'
import type { Tables } from '../tables/table-inspection.ts'

export interface Warning {
  /** The table that the warning is about; it may be the master. */
  readonly replica: string
  readonly message: string
}

export function tellWarnings(
  { settings, tables, plan }: Preparation,
  { onEvent }: RunListeners,
): void {
  const [{ ref }] = tables.inspected
  const wishes = oddWishes(settings, plan.segments)
  const warnings = [
    ...wishes.map((message) => ({ replica: ref.label, message })),
    ...undividedScans(tables),
    ...doubles(settings, tables),
    ...unanswered(tables),
    ...denials(tables),
    ...warningsOf(settings, tables),
  ]
  for (const warning of warnings) onEvent({ type: 'warning', ...warning })
}

/** A policy may name the keys that a role may use: a denial says something about its key only. */
function denials({ inspected, denied }: Tables): Warning[] {
  return denied.flatMap(({ table, operations }) => {
    const { ref } = inspected[table] as InspectedTable
    const what = `${operations.join(', ')} denied on a made-up key`
    return [
      {
        replica: ref.label,
        message: `${what}: unless the policy allows some keys only, these repairs will fail`,
      },
    ]
  })
}

function unanswered({ inspected }: Tables): Warning[] {
  return inspected.flatMap(({ ref, facts }) =>
    (facts.unanswered ?? []).map((message) => ({
      replica: ref.label,
      message: `some table settings could not be read, and the run continues without them: ${message}`,
    })),
  )
}

function doubles({ master, replicas }: Settings, { inspected }: Tables): Warning[] {
  // As the inspection found them, with their endpoints.
  const tables = [master, ...replicas].map((table, index) => ({
    ...table,
    ref: inspected[index]?.ref ?? table.ref,
  }))
  const known = knownTables(
    tables,
    inspected.map(({ facts }) => facts),
  )
  return doubtfulPairs(known).map(({ one, other }) => ({
    replica: other.ref.label,
    message: `it may be the same table as ${one.ref.label}: both have the name ${one.facts.arn ?? one.ref.name}, and their engine gives no ids`,
  }))
}

function undividedScans({ undivided, inspected }: Tables): Warning[] {
  const message =
    'its engine returns all items for each segment of a scan: the tables are scanned in one segment'
  return undivided.map((table) => ({ replica: inspected[table]?.ref.label ?? '', message }))
}

/** Options that are probably not meant as given. */
export function oddWishes({ ignore, segments = 0 }: Asked, planned: number): string[] {
  const lists = ignore.filter((path) => path.includes(','))
  return [
    ...lists.map(
      (path) =>
        `--ignore ${path} names one attribute with a comma in it; to ignore several, give --ignore for each`,
    ),
    ...(planned > 0 && segments > planned
      ? [
          `${count(segments)} segments are too many for its items; it is scanned in ${count(planned)} segments`,
        ]
      : []),
  ]
}

type Asked = Pick<Settings, 'ignore' | 'segments'>

type Scanned = Pick<RunContext, 'settings' | 'ledger' | 'plan' | 'tables'>

/** Warns about complete scans that found far fewer items than DescribeTable counts. */
export function tellShortScans(scanned: Scanned, { onEvent }: RunListeners): void {
  for (const warning of shortScans(scanned)) onEvent({ type: 'warning', ...warning })
}

function shortScans({ settings, ledger, plan, tables }: Scanned): Warning[] {
  // What a filter or a hook leaves out is scanned, and not counted; and more than the first is not
  // asked for.
  if (settings.filter !== undefined || settings.first !== undefined) return []
  if (settings.change?.transform !== undefined) return []
  if (plan.startingKey !== undefined || plan.part !== undefined) return []
  if (ledger.segmentsDone < plan.segments) return []
  return tables.inspected.flatMap(({ ref, facts: { approximateItems = 0 } }, table) => {
    // A replica that is only read by lookup is not scanned.
    if (table !== MASTER && !plan.findExtras) return []
    const found = table === MASTER ? ledger.totals().master.scanned : ledger.totalOf(table).scanned
    if (found * 2 >= approximateItems) return []
    const message = `the scan found ${count(found)} items, where DescribeTable counts ${count(approximateItems)}; that count may be six hours old`
    return { replica: ref.label, message }
  })
}

export function warningsOf({ asked, journal }: Settings, { inspected }: Tables): Warning[] {
  if (!Object.values(asked).includes(true)) return []
  const [master, ...replicas] = inspected
  return replicas.flatMap(({ ref, facts }: InspectedTable) =>
    [
      ...recovery(facts, journal !== undefined),
      ...indexes(master.facts, facts),
      ...expiry(master.facts, facts),
    ].map((message) => ({ replica: ref.label, message })),
  )
}

function recovery({ hasPointInTimeRecovery }: TableFacts, hasJournal: boolean): string[] {
  if (hasPointInTimeRecovery !== false || hasJournal) return []
  return ['no point-in-time recovery: only --journal FILE could take this run back']
}

function indexes(master: TableFacts, { indexes: own = [], keySchema }: TableFacts): string[] {
  const ofMaster = (master.indexes ?? []).map(({ key }) => key)
  const others = own.filter(({ key }) => !ofMaster.includes(key))
  const local = others.filter(({ isLocal }) => isLocal)
  return [
    ...others.map(
      ({ name, key }) =>
        `an index that the master lacks, ${name} on ${key}: writes cost more, and an item is refused if one of these attributes has another type`,
    ),
    ...local.map(
      ({ name }) =>
        `a local index, ${name}: the items of one ${describeKey(keySchema.slice(0, 1))} may take 10 GB and no more`,
    ),
  ]
}

function expiry(master: TableFacts, { ttlAttribute }: TableFacts): string[] {
  if (ttlAttribute === undefined || master.ttlAttribute === undefined) return []
  if (ttlAttribute === master.ttlAttribute || ttlAttribute === null) return []
  const masters =
    master.ttlAttribute === null
      ? 'the master expires none'
      : `the master by ${master.ttlAttribute}`
  return [
    `the replica expires items by ${ttlAttribute}, and ${masters}: items written to the replica may be deleted again`,
  ]
}
