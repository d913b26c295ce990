/** The details of a difference: sizes of both items, and where they differ. */
import type { FoundItem } from '../../lib/dynamo/lookup-result.ts'
import { changesBetween } from '../../lib/item/changes.ts'
import { parseItem } from '../../lib/item/compare.ts'
import { itemSize } from '../../lib/item/item-size.ts'
import { differingAttributes } from '../../lib/item/normalise.ts'
import { BY_DEFAULT } from '../../lib/item/places/compared.ts'
import type { Difference } from '../../lib/model/difference.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { Thread } from '../thread-context.ts'
import type { Found } from '../verify/ending.ts'

/** Nothing of a key that could not be read, or whose items are not at hand any more. */
export function detailsOf(
  { setup, compared }: Thread,
  { verdict, key, master, replica }: Found,
): Pick<Difference, 'attributes' | 'changes' | 'sizes'> {
  const [from, to] = [replica, master].map(itemOf)
  if (from === undefined && to === undefined) return {}
  const sizes = { sizes: { master: sizeOf(to), replica: sizeOf(from) } }
  const withValues = setup.showValues
  if (verdict === 'differing') {
    if (from === undefined || to === undefined) return sizes
    // Attributes are counted in any case; places are only for whoever hears of each difference.
    if (!setup.tellDifferences)
      return { attributes: differingAttributes(from, to, compared), ...sizes }
    return { ...changesBetween(from, to, { compared, withValues }), ...sizes }
  }
  if (!withValues) return sizes
  // All attributes of a missing item are to come, ignored ones too, and those of an extra to go.
  const isWhole = verdict === 'extra' || setup.putsWhole
  const bare = JSON.parse(key) as WireItem
  const how = { compared: isWhole ? BY_DEFAULT : compared, withValues }
  return { changes: changesBetween(from ?? bare, to ?? bare, how).changes, ...sizes }
}

const itemOf = (found: FoundItem | undefined): WireItem | undefined =>
  found === undefined ? undefined : parseItem(found.page, found.item)

const sizeOf = (item: WireItem | undefined) => (item === undefined ? null : itemSize(item))
