/** How many segments a run of shards has: fixed once, since sizes of tables change. */
import { usageError } from '../errors.ts'
import { MOST_SEGMENTS } from '../model/tables/most-segments.ts'
import type { InspectedTable } from '../model/tables/table.ts'
import type { Bytes } from '../model/units.ts'
import type { Settings } from '../options/settings.ts'

/** So many that no shard has twice the work of another because of one segment. */
const LEAST_PER_SHARD = 8

/** A segment of this size has many pages: its half-empty last page and its task cost little. */
const USUAL_BYTES: Bytes = 16 << 20
const USUALLY_MOST = 65_536

/** An attempt that is taken up reads no more than this again. */
const MOST_BYTES: Bytes = 256 << 20

/** @throws TablesyncError with code `USAGE` where too few are asked for */
export function segmentsForShards(
  { segments }: Pick<Settings, 'segments'>,
  tables: readonly InspectedTable[],
  shards: number,
): number {
  const least = LEAST_PER_SHARD * shards
  if (segments !== undefined && segments < least) {
    throw usageError(
      `Expected at least ${LEAST_PER_SHARD} segments for each shard, ${least} in all; got ${segments}`,
      'Leave --segments out, or give more.',
    )
  }
  if (segments !== undefined) return segments
  const bytes = Math.max(...tables.map(({ facts }) => facts.approximateBytes ?? 0))
  const usual = Math.min(Math.ceil(bytes / USUAL_BYTES), USUALLY_MOST)
  return Math.min(Math.max(least, usual, Math.ceil(bytes / MOST_BYTES)), MOST_SEGMENTS)
}
