/** A run that several machines have made, as if one had made it. */
import type { RunEvent } from '../../model/events/events.ts'
import type { FileHeader, FileKind } from '../../model/files/header-and-footer.ts'
import type { ShardRun } from '../../model/files/shard-files.ts'
import type { ItemChanges } from '../../model/items/item-changes.ts'
import type { Masks } from '../../model/items/masks.ts'
import type { Summary } from '../../model/results/summary.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { Spelling } from '../../options/option.ts'
import { resolveOptions } from '../../options/resolve.ts'
import type { RunOptions } from '../../options/run-options.ts'
import type { Settings } from '../../options/settings.ts'
import { planEvent } from '../../run/preflight/opening-events.ts'
import type { Plan } from '../../run/preflight/scan-plan.ts'
import { headerOf } from '../../run/records/frame-lines.ts'
import { stopOfRepair } from '../../run/safeguards/safeguard-limits.ts'
import { summarise } from '../../run/summarise.ts'
import { settingsOfReplica } from '../../run/tables/differing-settings.ts'
import type { Tables } from '../../run/tables/table-inspection.ts'
import type { CommittedShard } from '../../shards/known-commits.ts'
import { mergedLedger } from '../../shards/merged-ledger.ts'

/** By replica: how many differing items differ in each attribute. */
export type Changed = ReadonlyMap<TableIndex, ReadonlyMap<string, number>>

export interface MergedRun {
  readonly settings: Settings
  readonly tables: Tables
  readonly plan: Plan
  /** By their index. */
  readonly labels: readonly string[]
  readonly planEvent: RunEvent & { readonly type: 'plan' }
  header<Kind extends FileKind>(kind: Kind): FileHeader<Kind>
  summary(changed: Changed): Summary
}

export function mergedRun(
  run: ShardRun,
  shards: readonly CommittedShard[],
  spelling: Spelling,
): MergedRun {
  const resolved = resolveOptions(run.options as unknown as RunOptions, spelling)
  const settings = { ...resolved, ...changeOf(run) }
  const labels = run.tables.map(({ ref }) => ref.label)
  const tables = {
    ...{ runId: run.run, inspected: run.tables, access: labels.map((label) => ({ label })) },
    ...{ denied: [], undivided: [], credentials: [], readUnits: [] },
  } as unknown as Tables
  const plan: Plan = { ...run.scan, segments: run.segments, workers: 0, startingKey: undefined }
  const ledger = mergedLedger(run, labels, shards)
  const results = shards.map(({ result }) => result.summary)
  const recheckUnits = (replica: TableIndex) =>
    results.reduce(
      (sum, { replicas }) => sum + (replicas[labels[replica] as string]?.recheckUnits ?? 0),
      0,
    )
  return {
    ...{ settings, tables, plan, labels },
    planEvent: planEvent({ settings, tables, plan }, false),
    header: (kind) => ({
      ...headerOf(kind, settings, tables),
      began: run.planned,
      options: run.meaning,
    }),
    summary(changed) {
      for (const [replica, attributes] of changed) ledger.noteChanged(replica, attributes)
      return summarise({
        ...{ settings, plan, ledger },
        identity: { runId: run.run, startedAt: run.planned },
        // Shards run beside each other.
        elapsedMs: Math.max(...results.map(({ elapsedMs }) => elapsedMs)),
        isInterrupted: false,
        isFatal: results.some(({ outcome }) => outcome === 'incomplete'),
        recheckUnitsOf: recheckUnits,
        settingsOf: (replica) => settingsOfReplica(tables, replica),
        stopOf: (replica) => stopOfRepair({ settings, tables, plan, ledger }, replica),
      })
    },
  }
}

/** Masks and hooks, as far as files name them. */
function changeOf({ meaning }: ShardRun): { readonly change?: ItemChanges } {
  const { masks: mark, transform } = meaning as {
    readonly masks?: string
    readonly transform?: string
  }
  if (mark === undefined && transform === undefined) return {}
  return {
    change: {
      ...(mark !== undefined && { masks: { mark, rules: [] } as unknown as Masks }),
      ...(transform !== undefined && { transform }),
    },
  }
}
