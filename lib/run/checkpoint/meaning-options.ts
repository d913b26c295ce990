/** Options that change what a run finds and writes; all others may differ from leg to leg. */
import { recordedPaths } from '../../item/places/recorded-paths.ts'
import type { ItemFilter } from '../../model/item-filter.ts'
import type { ItemChanges } from '../../model/items/item-changes.ts'
import type { PlaceSettings } from '../../options/groups/place-options.ts'
import type { Settings } from '../../options/settings.ts'

/** Values by option name, as JSON has it. */
export type Meaning = { readonly [option: string]: unknown }

/** The journal under its old name, so that runs of earlier releases can be taken up. */
export const JOURNAL = 'undo'

/** Members in an order of their own: filters that mean the same look the same. */
const sorted = <Member>(members: Readonly<Record<string, Member>>) =>
  Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)))

/** A filter by the names of its options. */
export const filterMeaning = ({ expression, names, values }: ItemFilter) => ({
  filterExpression: expression,
  expressionAttributeNames: sorted(names),
  expressionAttributeValues: sorted(values),
})

/** Who reads a file knows what was written as what, and learns nothing of the values. */
export const changeMeaning = ({ masks, transform }: ItemChanges = {}) => ({
  ...(masks !== undefined && { masks: masks.mark }),
  ...(transform !== undefined && { transform }),
})

/** What is compared of items. */
export const placesMeaning = ({ ignore, only, missingItems }: PlaceSettings) => ({
  ...recordedPaths(ignore),
  ...(only.length > 0 && { only }),
  ...(missingItems === 'whole' && { missingItems }),
})

export function meaningOf(settings: Settings): Meaning {
  const { master, replicas, asked, dryRun, recheckPolicy } = settings
  return {
    master: master.ref.label,
    replicas: replicas.map(({ ref }) => ref.label),
    strategy: settings.strategy,
    writeMissing: asked.missing,
    writeDiffering: asked.differing,
    deleteExtra: asked.extra,
    dryRun,
    scanForExtra: settings.scanForExtra,
    ...placesMeaning(settings),
    consistentRead: settings.consistentRead,
    startingKey: settings.startingKey ?? null,
    versionAttribute: settings.versionAttribute ?? null,
    newerWins: settings.newerWins,
    ttlAware: settings.ttlAware,
    hooks: settings.hooks?.url ?? null,
    quiesced: !recheckPolicy.looksAgain,
    ...(settings.filter !== undefined && filterMeaning(settings.filter)),
    ...changeMeaning(settings.change),
    ...(settings.first !== undefined && { first: settings.first }),
    ...(settings.segmentsOf !== undefined && { segmentsOf: settings.segmentsOf }),
    ...(settings.sample !== undefined && { sample: settings.sample.share }),
    ...(settings.keyList !== undefined && { listedKeys: true }),
  }
}
