/** The repair plan, as it is written: what a run would do, were it no dry run. */

import { DurableLines } from '../../files/durable-lines.ts'
import type { Difference } from '../../model/difference.ts'
import type {
  NewPlanEnd,
  NewPlanHeader,
  Planned,
  PlannedDetails,
  RepairPlanEntry,
} from '../../model/files/plan-lines.ts'
import { recorded } from '../../model/files/recorded-table.ts'
import type { Summary } from '../../model/results/summary.ts'
import type { Settings } from '../../options/settings.ts'
import { filterMeaning, placesMeaning } from '../checkpoint/meaning-options.ts'
import type { Tables } from '../tables/table-inspection.ts'
import { footerOf, headerOf } from './frame-lines.ts'

export const PLAN_FILE = { what: 'repair plan' } as const

/** Changes of one line. Who wants all of them finds them in the report. */
const MOST_CHANGES = 100

export class RepairPlan {
  readonly #lines: DurableLines
  #entries = 0

  /** @throws TablesyncError with code `FILE_UNWRITABLE` */
  static async open(file: string, settings: Settings, tables: Tables): Promise<RepairPlan> {
    const [master] = tables.inspected
    const { ttlAware, newerWins, versionAttribute, filter, change } = settings
    const header: NewPlanHeader = {
      ...headerOf('repair-plan', settings, tables),
      master: { label: master.ref.label, ...recorded(master) },
      rules: {
        ...placesMeaning(settings),
        ttlAware,
        newerWins,
        ...(versionAttribute !== undefined && { versionAttribute }),
        ...(filter !== undefined && filterMeaning(filter)),
        ...(change?.masks !== undefined && { maskedBy: change.masks.mark }),
        ...(change?.transform !== undefined && { transformedBy: change.transform }),
      },
    }
    return new RepairPlan(await DurableLines.open({ ...PLAN_FILE, file }, header))
  }

  private constructor(lines: DurableLines) {
    this.#lines = lines
  }

  get entries(): number {
    return this.#entries
  }

  async add(difference: Difference, planned: Planned): Promise<void> {
    const { replica, kind, key } = difference
    const entry: RepairPlanEntry = { replica, kind, key, ...planned, ...detailsOf(difference) }
    this.#entries++
    await this.#lines.append([JSON.stringify(entry)])
  }

  /** Says that this is all. */
  async end(summary: Summary, isOfKeys: boolean): Promise<void> {
    const { master, replicas } = summary
    const scanned = Object.entries(replicas).map(([label, replica]) => [label, replica.scanned])
    const end: NewPlanEnd = {
      ...footerOf(summary),
      entries: this.#entries,
      ...(isOfKeys && { isOfKeys }),
      master: master.scanned,
      scanned: Object.fromEntries(scanned),
    }
    await this.#lines.end(end)
  }

  async close(): Promise<void> {
    await this.#lines.close()
  }
}

function detailsOf({ kind, attributes, changes, sizes }: Difference): PlannedDetails {
  const listed = kind === 'differing' && changes !== undefined
  const more = listed ? changes.length - MOST_CHANGES : 0
  return {
    ...(sizes !== undefined && { sizes }),
    ...(attributes !== undefined && { attributes }),
    ...(listed && {
      changes: changes.slice(0, MOST_CHANGES).map(({ values: _, ...rest }) => rest),
    }),
    ...(more > 0 && { moreChanges: more }),
  }
}
