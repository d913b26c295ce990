/** Reads some segments of a table whole, to learn how large its items are. */
import { parseItem } from '../../item/compare.ts'
import { itemSize } from '../../item/item-size.ts'
import { unitsToWrite } from '../../item/write-units.ts'
import type { Bytes, ReadUnits } from '../../model/units.ts'
import type { TableAccess } from '../../protocol/setup.ts'
import { openClient } from '../request/client.ts'
import { scanner } from '../scan.ts'
import type { DescriberOptions } from './describer.ts'

/** What a slice of a table holds. */
export interface SampledSlice {
  readonly items: number
  /** As DynamoDB counts them for capacity. */
  readonly bytes: Bytes
  /** Blocks of 4 KB that the items take if each is read by itself. */
  readonly blocks: number
  /** Blocks of 1 KB that they take if each is written. */
  readonly writeBlocks: number
  /** As the service reported them. */
  readonly readUnits: ReadUnits
  readonly requests: number
  /** False: there was more than was read. */
  readonly isWhole: boolean
}

export interface Sampler {
  /** Reads a segment to its end, or so many pages of it. */
  read(segment: number, totalSegments: number, mostPages: number): Promise<SampledSlice>
  close(): void
}

/** An item is read in blocks of 4 KB (Developer Guide, "Capacity units"). */
const BLOCK: Bytes = 4096

export function openSampler(access: TableAccess, options: DescriberOptions): Sampler {
  const client = openClient(access, options)
  const scanPage = scanner(client)
  return {
    async read(segment, totalSegments, mostPages) {
      const slice = { segment, totalSegments, consistent: false }
      const found = { items: 0, bytes: 0, blocks: 0, writeBlocks: 0, readUnits: 0, requests: 0 }
      let after: string | undefined
      do {
        const page = await scanPage(slice, after)
        after = page.lastEvaluatedKey
        found.requests++
        found.readUnits += page.readUnits
        found.items += page.count
        for (let item = 0; item < page.count; item++) {
          const bytes = itemSize(parseItem(page, item))
          found.bytes += bytes
          found.blocks += Math.max(1, Math.ceil(bytes / BLOCK))
          found.writeBlocks += unitsToWrite(bytes)
        }
      } while (after !== undefined && found.requests < mostPages)
      return { ...found, isWhole: after === undefined }
    },
    close: () => client.close(),
  }
}
