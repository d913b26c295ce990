/** Reads next to nothing of a table, to learn before a run whether it can be read. */
import { type KeyText, keyTextOf } from '../../item/key.ts'
import type { ReadUnits } from '../../model/units.ts'
import type { TableAccess } from '../../protocol/setup.ts'
import { withoutMessage } from '../changed/withheld-message.ts'
import { openClient, type TableClient } from '../request/client.ts'
import { scanner } from '../scan.ts'
import type { DescriberOptions } from './describer.ts'
import { checkLookup, sampleKeys } from './read-permission.ts'

export interface ReadCheck {
  readonly scan: boolean
  readonly lookup: boolean
  /** Fetches keys of items if the table itself is not scanned. Absent: there are none. */
  readonly keysElsewhere?: () => Promise<readonly KeyText[]>
}

/** What a small read of a table has shown. */
export interface Readable {
  /** Whether each segment of a scan returns all items: some engines ignore `Segment`. */
  readonly ignoresSegments: boolean
  /** What the reads took, as the service reported it. */
  readonly readUnits: ReadUnits
}

/**
 * Reads next to nothing, in each way that the run will read: a denial shows now and not an hour
 * into the run. Takes at most three read units if nothing is denied.
 */
export async function checkReadable(
  access: TableAccess,
  check: ReadCheck,
  options: DescriberOptions,
): Promise<Readable> {
  const { client, units } = countingUnits(openClient(access, options))
  try {
    // What segments hold, and which keys there are, is no matter of the filter.
    const unfiltered = { ...client, access: withoutFilter(access) }
    const key = check.scan ? await keyOfSliver(unfiltered, 0) : undefined
    const others = check.scan ? () => sampleKeys(unfiltered) : check.keysElsewhere
    if (check.lookup) await checkLookup(client, options.timeouts, { key, others })
    // If segments work, no item is in two of them.
    const ignoresSegments =
      key !== undefined && key === (await keyOfSliver(unfiltered, SLIVERS / 2))
    return { ignoresSegments, readUnits: units() }
  } catch (error) {
    throw access.valuesAreHidden ? withoutMessage(error) : error
  } finally {
    client.close()
  }
}

function withoutFilter({ filter: _, ...access }: TableAccess): TableAccess {
  return access
}

/** A client that counts the read units of all answers. */
function countingUnits(client: TableClient): { client: TableClient; units: () => ReadUnits } {
  let units = 0
  const send: TableClient['send'] = async (request) => {
    const answer = await client.send(request)
    units += request.unitsOf(answer)
    return answer
  }
  return { client: { ...client, send }, units: () => units }
}

const SLIVERS = 100_000

/** Reads only a sliver: emulators take long over the first page of a large segment. */
async function keyOfSliver(client: TableClient, segment: number): Promise<KeyText | undefined> {
  const sliver = { segment, totalSegments: SLIVERS, consistent: false, limit: 1 }
  const page = await scanner(client)(sliver, undefined)
  return page.count === 0 ? undefined : keyTextOf(page, 0, client.access.keySchema)
}

/** Keys of a table's items, to look up in another table that may not be scanned. */
export async function keysOf(
  access: TableAccess,
  options: DescriberOptions,
): Promise<{ readonly keys: readonly KeyText[]; readonly readUnits: ReadUnits }> {
  const { client, units } = countingUnits(openClient(withoutFilter(access), options))
  const keys = await sampleKeys(client).finally(() => client.close())
  return { keys, readUnits: units() }
}
