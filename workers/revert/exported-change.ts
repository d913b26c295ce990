/** A line of an incremental export: what an item was when the window began, and what at its end. */
import { type TablesyncError, usageError } from '../../lib/errors.ts'
import { canonicalValue } from '../../lib/item/normalise.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import type { Milliseconds } from '../../lib/model/units.ts'
import type { WireItem, WireValue } from '../../lib/model/wire.ts'
import { isItem, isKey, isObject } from './well-formed.ts'

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
  const { Keys: keys, OldImage: before = null, NewImage: after = null } = line ?? {}
  const micros = microsOf(line?.['Metadata'])
  if (!isItem(keys) || micros === undefined) throw noChange(place)
  if (!isKey(keys, schema)) {
    throw usageError(
      `Expected the changes of the export to have the keys of the table; ${place} has others`,
      'Check that the export is one of this table. Nothing was done.',
    )
  }
  if (!isImage(before, keys) || !isImage(after, keys)) throw noChange(place)
  const key = Object.fromEntries(schema.map(({ name }) => [name, keys[name] as WireValue]))
  return { key, before, after, at: micros / 1e3 }
}

/** V8 quotes parts of what it cannot parse, and that may be a value of an item. */
function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const line: unknown = JSON.parse(text)
    return isObject(line) ? line : undefined
  } catch {
    return undefined
  }
}

/** `{"WriteTimestampMicros":{"N":"1764491400000000"}}` */
function microsOf(metadata: unknown): number | undefined {
  const written = isObject(metadata) ? metadata['WriteTimestampMicros'] : undefined
  const micros = isObject(written) ? written['N'] : undefined
  return typeof micros === 'string' && /^\d{1,20}$/.test(micros) ? Number(micros) : undefined
}

/** Whether it is none, or an item under that key. */
const isImage = (image: unknown, keys: WireItem): image is WireItem | null =>
  image === null ||
  (isItem(image) &&
    Object.entries(keys).every(([name, value]) => {
      const own = Object.hasOwn(image, name) ? image[name] : undefined
      return own !== undefined && canonicalValue(own) === canonicalValue(value)
    }))

const noChange = (place: string): TablesyncError =>
  usageError(
    `Expected ${place} to be a change of an incremental export, got something else`,
    'Bring the export from S3 anew. Nothing was done.',
  )
