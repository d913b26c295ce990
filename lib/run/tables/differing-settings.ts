/** How a replica is set up otherwise than the master. */
import { isStandIn, type TableIndex } from '../../model/tables/table.ts'
import { type DifferingSettings, differingSettings } from '../../model/tables/table-settings.ts'
import type { Tables } from './table-inspection.ts'

/** Undefined: in nothing, or nobody knows. */
export function settingsOfReplica(
  { inspected }: Pick<Tables, 'inspected'>,
  replica: TableIndex,
): DifferingSettings | undefined {
  const [master] = inspected
  const [of, other] = [master.facts.settings, inspected[replica]?.facts.settings]
  if (isStandIn(master) || of === undefined || other === undefined) return undefined
  const differing = differingSettings(of, other)
  return Object.keys(differing).length === 0 ? undefined : differing
}
