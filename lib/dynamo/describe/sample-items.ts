/** A few items of a table, to try a hook on before a run. */
import { parseItem } from '../../item/compare.ts'
import type { ReadUnits } from '../../model/units.ts'
import type { WireItem } from '../../model/wire.ts'
import type { TableAccess } from '../../protocol/setup.ts'
import { withoutMessage } from '../changed/withheld-message.ts'
import { openClient } from '../request/client.ts'
import { scanner } from '../scan.ts'
import type { DescriberOptions } from './describer.ts'

const SAMPLE = 25

export interface SampledItems {
  readonly items: readonly WireItem[]
  readonly readUnits: ReadUnits
}

export async function sampleItems(
  access: TableAccess,
  options: DescriberOptions,
): Promise<SampledItems> {
  const client = openClient(access, options)
  try {
    const slice = { segment: 0, totalSegments: 1, consistent: false, limit: SAMPLE }
    const page = await scanner(client)(slice, undefined)
    const items = Array.from({ length: page.count }, (_, item) => parseItem(page, item))
    return { items, readUnits: page.readUnits }
  } catch (error) {
    throw access.valuesAreHidden ? withoutMessage(error) : error
  } finally {
    client.close()
  }
}
