/** The repair plan, as it is written: what a run would do, were it no dry run. */

import { DurableLines } from '../../files/durable-lines.ts'
import type { Difference } from '../../model/difference.ts'
import type {
  NewPlanEnd,
  NewPlanHeader,
  Planned,
  RepairPlanEntry,
} from '../../model/files/plan-lines.ts'
import { recorded } from '../../model/files/recorded-table.ts'
import type { Summary } from '../../model/summary.ts'
import type { Settings } from '../../options/settings.ts'
import type { Tables } from '../tables/table-inspection.ts'
import { footerOf, headerOf } from './frame-lines.ts'

export const PLAN_FILE = { what: 'repair plan' } as const

export class RepairPlan {
  readonly #lines: DurableLines
  #entries = 0

  /** @throws TablesyncError with code `FILE_UNWRITABLE` */
  static async open(file: string, settings: Settings, tables: Tables): Promise<RepairPlan> {
    const [master] = tables.inspected
    const { ignore, ttlAware, newerWins, versionAttribute } = settings
    const header: NewPlanHeader = {
      ...headerOf('repair-plan', settings, tables),
      master: { label: master.ref.label, ...recorded(master) },
      rules: {
        ignore,
        ttlAware,
        newerWins,
        ...(versionAttribute !== undefined && { versionAttribute }),
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

  async add({ replica, kind, key }: Difference, planned: Planned): Promise<void> {
    const entry: RepairPlanEntry = { replica, kind, key, ...planned }
    this.#entries++
    await this.#lines.append([JSON.stringify(entry)])
  }

  /** Says that this is all. */
  async end(summary: Summary): Promise<void> {
    const { master, replicas } = summary
    const scanned = Object.entries(replicas).map(([label, replica]) => [label, replica.scanned])
    const end: NewPlanEnd = {
      ...footerOf(summary),
      entries: this.#entries,
      master: master.scanned,
      scanned: Object.fromEntries(scanned),
    }
    await this.#lines.end(end)
  }

  async close(): Promise<void> {
    await this.#lines.close()
  }
}
