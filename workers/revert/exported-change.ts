/** A line of an incremental export: what an item was when the window began, and what at its end. */
import { type TablesyncError, usageError } from '../../lib/errors.ts'
import { canonicalValue } from '../../lib/item/normalise.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import type { Milliseconds } from '../../lib/model/units.ts'
import type { WireItem, WireValue } from '../../lib/model/wire.ts'

export interface ExportedChange {
  /** The key's attributes in the order of the schema. */
  readonly key: WireItem
  /** Null: there was no item. */
  readonly before: WireItem | null
  /** Null: there is no item. */
  readonly after: WireItem | null
  /** When the item was last written in the window, since 1970. */
  readonly at: Milliseconds
}

/**
 * Lines look as the developer guide shows them under "DynamoDB table export output format":
 * `{"Metadata":{"WriteTimestampMicros":{"N":"…"}},"Keys":{…},"OldImage":{…},"NewImage":{…}}`.
 *
 * @param place where messages say that the line is
 * @throws TablesyncError with code `USAGE` where it is no such line
 */
export function readChange(text: string, schema: KeySchema, place: string): ExportedChange {
  const line = parsed(text)
  const micros = Number(line?.Metadata?.WriteTimestampMicros?.N)
  const { Keys: keys, OldImage: before = null, NewImage: after = null } = line ?? {}
  if (!isItem(keys) || !Number.isFinite(micros)) throw noChange(place)
  for (const image of [before, after]) {
    if (image !== null && !(isItem(image) && isUnder(keys, image, schema))) throw noChange(place)
  }
  const parts = schema.map(({ name, type }) => [name, keys[name], type] as const)
  const isOfTable = Object.keys(keys).length === schema.length
  if (!isOfTable || !parts.every(([, value, type]) => value !== undefined && type in value)) {
    throw usageError(
      `Expected the changes of the export to have the keys of the table; ${place} has others`,
      'Check that the export is one of this table. Nothing was done.',
    )
  }
  const key = Object.fromEntries(parts.map(([name, value]) => [name, value as WireValue]))
  return { key, before, after, at: micros / 1e3 }
}

interface Line {
  readonly Metadata?: { readonly WriteTimestampMicros?: { readonly N?: unknown } }
  readonly Keys?: WireItem
  readonly OldImage?: WireItem
  readonly NewImage?: WireItem
}

/** V8 quotes parts of what it cannot parse, and that may be a value of an item. */
function parsed(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text)
    return isItem(line) ? (line as Line) : undefined
  } catch {
    return undefined
  }
}

const isItem = (value: unknown): value is WireItem =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isUnder = (keys: WireItem, image: WireItem, schema: KeySchema) =>
  schema.every(({ name }) => {
    const [one, other] = [keys[name], image[name]]
    return one !== undefined && other !== undefined && canonicalValue(one) === canonicalValue(other)
  })

const noChange = (place: string): TablesyncError =>
  usageError(
    `Expected ${place} to be a change of an incremental export, got something else`,
    'Bring the export from S3 anew. Nothing was done.',
  )
