/** Tries the hook `transform` on a few items of the master: it has to be deterministic. */
import { sampleItems } from '../../dynamo/describe/sample-items.ts'
import { usageError } from '../../errors.ts'
import { isNotMasked, masking } from '../../masks/masked-item.ts'
import { MASTER } from '../../model/tables/table.ts'
import type { WireItem } from '../../model/wire.ts'
import type { Settings } from '../../options/settings.ts'
import type { TableAccess } from '../../protocol/setup.ts'
import { inspectOptions, type Tables } from '../tables/table-inspection.ts'
import { tryHooks } from './hooks-check.ts'

/**
 * Returns the tables with what the trial has read.
 *
 * @throws TablesyncError with code `USAGE` if it makes two items of one
 */
export async function withTriedTransform(
  settings: Settings,
  tables: Tables,
  threadFile: URL,
  signal: AbortSignal,
): Promise<Tables> {
  const { hooks, change } = settings
  if (hooks === undefined || change?.transform === undefined) return tables
  const options = inspectOptions(settings, tables.credentials, signal)(MASTER)
  const { items, readUnits } = await sampleItems(tables.access[MASTER] as TableAccess, options)
  const samples = maskedOf(items, settings)
  const { isUnsteady } = await tryHooks({ ...hooks, samples }, threadFile, signal)
  if (isUnsteady) {
    throw usageError(
      'Expected the hook `transform` to make the same of an item each time, got two items of one',
      'Let it depend on nothing but the item: not on time, chance or calls before.',
    )
  }
  const [ofMaster = 0, ...others] = tables.readUnits
  return { ...tables, readUnits: [ofMaster + readUnits, ...others] }
}

/** As the hook gets them. */
function maskedOf(items: readonly WireItem[], { change }: Settings): readonly WireItem[] {
  if (change?.masks === undefined) return items
  const { masked } = masking(change.masks)
  return items.map(masked).filter((one): one is WireItem => !isNotMasked(one))
}
