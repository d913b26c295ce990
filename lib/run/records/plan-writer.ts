/** The repair plan, as it is written: what a run would do, were it no dry run. */

import { refuseChanged } from '../../files/kept-file.ts'
import { DurableLines } from '../../files/lines/durable-lines.ts'
import type { Difference } from '../../model/difference.ts'
import type { PlanMark } from '../../model/files/file-mark.ts'
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
import { PLAN_FILE } from './plan-reader.ts'

export interface PlannedRun {
  readonly settings: Settings
  readonly tables: Pick<Tables, 'runId' | 'inspected'>
}

/** Changes of one line. Who wants all of them finds them in the report. */
const MOST_CHANGES = 100

export function planHeaderOf({ settings, tables }: PlannedRun): NewPlanHeader {
  const [master] = tables.inspected
  const { ttlAware, newerWins, versionAttribute, filter, change } = settings
  return {
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
}

export function planEndOf(summary: Summary, entries: number, isOfKeys = false): NewPlanEnd {
  const { master, replicas } = summary
  const scanned = Object.entries(replicas).map(([label, replica]) => [label, replica.scanned])
  return {
    ...footerOf(summary),
    entries,
    ...(isOfKeys && { isOfKeys }),
    master: master.scanned,
    scanned: Object.fromEntries(scanned),
  }
}

export class RepairPlan {
  readonly #lines: DurableLines
  #entries: number

  /**
   * Begins a plan, or goes on with one behind its good part.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`, or `USAGE` where the good part is not there
   */
  static async open(
    file: string,
    { settings, tables }: PlannedRun,
    good?: PlanMark,
  ): Promise<RepairPlan> {
    if (good !== undefined) {
      await refuseChanged('the repair plan', file, good)
      const lines = await DurableLines.reopen({ ...PLAN_FILE, file }, good)
      return new RepairPlan(lines, good.entries)
    }
    const header = planHeaderOf({ settings, tables })
    return new RepairPlan(await DurableLines.open({ ...PLAN_FILE, file }, header), 0)
  }

  private constructor(lines: DurableLines, entries: number) {
    this.#lines = lines
    this.#entries = entries
  }

  /** What of it is on disk. Ask between two entries. Undefined: nothing. */
  get mark(): PlanMark | undefined {
    const { mark } = this.#lines
    return mark && { ...mark, entries: this.#entries }
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
    await this.#lines.end(planEndOf(summary, this.#entries, isOfKeys))
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
