/** The first and the last line of the files that a run writes. */
import type { FileFooter, FileHeader, FileKind } from '../../model/files/header-and-footer.ts'
import { recorded } from '../../model/files/recorded-table.ts'
import type { Summary } from '../../model/results/summary.ts'
import { isStandIn } from '../../model/tables/table.ts'
import type { Settings } from '../../options/settings.ts'
import { meaningOf } from '../checkpoint/meaning-options.ts'
import type { Tables } from '../tables/table-inspection.ts'

export function headerOf<Kind extends FileKind>(
  tablesync: Kind,
  settings: Settings,
  { runId, inspected }: Pick<Tables, 'runId' | 'inspected'>,
): FileHeader<Kind> {
  const [master, ...replicas] = inspected
  return {
    tablesync,
    version: 2,
    run: runId,
    began: new Date().toISOString(),
    ...(!isStandIn(master) && { master: { label: master.ref.label, ...recorded(master) } }),
    tables: Object.fromEntries(replicas.map((table) => [table.ref.label, recorded(table)])),
    options: meaningOf(settings),
  }
}

export function footerOf({ outcome, master, replicas }: Summary): FileFooter {
  return { end: outcome, ended: new Date().toISOString(), totals: { master, replicas } }
}
