/**
 * Safeguards: they compare what a run would do with what was expected of it, in a dry run too. The
 * hint of each names the flag that lets it pass.
 */
import { count } from '../../model/figures.ts'
import type { SafeguardName, Stop } from '../../model/safeguard.ts'
import type { InspectedTable, TableIndex } from '../../model/tables/table.ts'
import { foundOf, type ReplicaTally } from '../../model/tally.ts'
import type { ReadUnits } from '../../model/units.ts'
import type { MaxDeletes } from '../../options/groups/safeguard-options.ts'
import type { Settings } from '../../options/settings.ts'
import type { Plan } from '../preflight/scan-plan.ts'
import type { Ledger } from '../state/ledger.ts'
import type { SpentBefore } from '../state/spent-before.ts'
import type { Tables } from '../tables/table-inspection.ts'

/** Stops for tables that pass writes on to other places. Checked before anything is scanned. */
export function topologyStop(settings: Settings, { inspected }: Tables): Stop | undefined {
  const { asked, safeguards } = settings
  if (!(asked.missing || asked.differing || asked.extra)) return undefined
  const [, ...replicas] = inspected
  for (const { ref, facts } of replicas as InspectedTable[]) {
    const regions = facts.otherRegions ?? []
    if (regions.length > 0 && !safeguards.allowGlobalTable) {
      return {
        safeguard: 'global-table',
        message: `${ref.label} is a global table, and what is written to it goes to ${regions.join(', ')} too`,
        hint: 'If you want that: --allow-global-table',
      }
    }
    if (facts.hasStream && regions.length === 0 && !safeguards.allowStreams) {
      return {
        safeguard: 'stream',
        message: `${ref.label} has a stream: its consumers may pass writes and deletions on, to other places and back to this table`,
        hint: 'If that is harmless: --allow-streams',
      }
    }
  }
  return undefined
}

export function maxWritesStop({ safeguards }: Settings): Stop {
  return {
    safeguard: 'max-writes',
    message: `more than ${count(safeguards.maxWrites ?? 0)} items are to be written`,
    hint: 'To write more: --max-writes N',
  }
}

/** Read units of all tables, those of earlier legs and passes among them. */
export function readUnitsUsed(ledger: Ledger, before: ReadUnits = 0): ReadUnits {
  const { master, replicas } = ledger.totals()
  const all = [master, ...Object.values(replicas)]
  return all.reduce((sum, { readUnits }) => sum + readUnits, before)
}

export function readUnitsStop({ safeguards }: Settings, used: ReadUnits): Stop | undefined {
  const { maxReadUnits } = safeguards
  if (maxReadUnits === undefined || used <= maxReadUnits) return undefined
  return {
    safeguard: 'max-read-units',
    message: `the tables have taken more than ${count(maxReadUnits)} read units`,
    hint: 'To read more: --max-read-units N',
  }
}

export type CanaryCounts = Pick<ReplicaTally, 'readBack' | 'mended' | 'conflicts' | 'failed'> & {
  readonly writes: number
}

export function canaryStop(label: string, counts: CanaryCounts): Stop {
  const { writes, mended, conflicts, failed } = counts
  const gone = Math.max(0, writes - counts.readBack)
  const held = `${writes} written, of these ${gone} not read back as written; ${mended} overtaken and repaired again`
  const others = `${conflicts} in conflict, ${failed} failed`
  return {
    safeguard: 'canary',
    message: `the first repairs of ${label} did not hold: ${held}, ${others}`,
    hint: 'A --report has their keys. To continue anyway: leave out --canary',
  }
}

interface Compared {
  readonly settings: Settings
  readonly tables: Tables
  readonly plan: Plan
  readonly ledger: Ledger
  readonly spentBefore?: SpentBefore | undefined
}

/** Checked when everything is compared and nothing is deleted yet. */
export function deletionsStop(
  { settings, ledger, plan, tables, spentBefore }: Compared,
  replica: TableIndex,
): Stop | undefined {
  const { maxDeletes, allowShrunkenMaster } = settings.safeguards
  const { extra } = ledger.totalOf(replica)
  const isCompared =
    plan.part === undefined && ledger.stateOf(replica).finished.size === plan.segments
  // If not everything was compared, nothing is deleted anyway.
  if (extra === 0 || !isCompared) return undefined
  const [master] = tables.inspected
  const label = tables.access[replica]?.label ?? ''
  const masterItems = plan.scanned?.master ?? ledger.totals().master.scanned
  const scanned = plan.scanned?.replicas[label] ?? ledger.totalOf(replica).scanned
  const expected = master.facts.approximateItems ?? 0
  // A scan from a starting key sees a part of the master, and its extras are looked up one by one.
  if (!allowShrunkenMaster && plan.startingKey === undefined && plan.isOfKeys !== true) {
    // An apply makes no scan of its own.
    const when = plan.scanned === undefined ? '' : ' when the plan was written'
    const hint = `If it is meant to have so few: --allow-shrunken-master`
    if (masterItems === 0) {
      const message = `the master ${master.ref.label} ${plan.scanned === undefined ? 'is' : 'was'} empty${when}, and ${count(extra)} items of ${label} would be deleted`
      return { safeguard: 'empty-master', message, hint }
    }
    if (masterItems * 2 < expected) {
      const message = `the scan of the master ${master.ref.label}${when} found ${count(masterItems)} items, but DescribeTable reports ${count(expected)}`
      return { safeguard: 'shrunken-master', message, hint }
    }
  }
  const most = plan.isOfKeys === true ? (maxDeletes.count ?? 0) : mostDeletes(maxDeletes, scanned)
  const before = spentBefore?.deleted(replica) ?? 0
  if (extra + before <= most) return undefined
  if (plan.isOfKeys === true) {
    return {
      safeguard: 'max-deletes',
      message: `${count(extra)} of the listed keys are extra on ${label}, and ${count(most)} may be deleted`,
      hint: 'To delete more: --max-deletes N',
    }
  }
  const found = `${label} has ${count(scanned)} items, of which ${count(extra)} are extra`
  return {
    safeguard: 'max-deletes',
    message:
      before === 0
        ? `${found}, and ${count(most)} may be deleted`
        : `${found}; ${count(before)} were deleted in earlier passes, and ${count(most)} may be`,
    hint: 'To delete more: --max-deletes N, or N%',
  }
}

/** The safeguard that would stop the repair of all that was found, were it asked for. */
export function stopOfRepair(
  compared: Compared,
  replica: TableIndex,
): { readonly stoppedBy?: SafeguardName } {
  const { settings, tables, ledger, spentBefore } = compared
  const all = { ...settings, asked: { missing: true, differing: true, extra: true } }
  const { maxWrites } = settings.safeguards
  const isTooMuch =
    maxWrites !== undefined &&
    foundOf(ledger.totalOf(replica)) + (spentBefore?.claimed ?? 0) > maxWrites
  const stop =
    topologyStop(all, tables) ??
    (isTooMuch ? maxWritesStop(settings) : deletionsStop(compared, replica))
  return stop === undefined ? {} : { stoppedBy: stop.safeguard }
}

/** How many extras may be deleted on a replica with this many items. */
export function mostDeletes({ atMost, ...allowed }: MaxDeletes, items: number): number {
  const larger = ({ count: n = 0, percent = 0 }: MaxDeletes) =>
    Math.max(n, Math.floor((items * percent) / 100))
  return Math.min(larger(allowed), atMost === undefined ? items : larger(atMost))
}
