/** Exports that cannot be taken back, each refused by name. */
import { usageError } from '../errors.ts'

type Summary = Readonly<Record<string, unknown>>

/** @throws TablesyncError with code `USAGE` */
export function refuseUnfit(summary: Summary): void {
  const { exportType, outputFormat, outputView } = summary
  const isFull = exportType === 'FULL_EXPORT' || 'exportTime' in summary
  if (isFull || exportType !== 'INCREMENTAL_EXPORT') {
    throw unfit('an incremental export', isFull ? 'a full one' : told(exportType))
  }
  if (outputFormat !== 'DYNAMODB_JSON') {
    throw unfit('an export in DynamoDB JSON', told(outputFormat))
  }
  if (outputView !== 'NEW_AND_OLD_IMAGES') {
    throw unfit('an export of new and old images', told(outputView))
  }
  const partly = partOf(summary)
  if (partly !== undefined) throw unfit('an export of all changes', `one with ${partly}`)
}

/** What says that the export leaves changes or attributes out, at whatever depth. */
function partOf(value: object, levels = MOST_LEVELS): string | undefined {
  for (const [name, inner] of Object.entries(value)) {
    if (PARTLY.test(name) && !isEmpty(inner)) return name
    if (typeof inner !== 'object' || inner === null) continue
    if (levels === 0) return `more in ${name} than is known`
    const found = partOf(inner, levels - 1)
    if (found !== undefined) return found
  }
  return undefined
}

const MOST_LEVELS = 8

/** A filter judges the newest image alone, and a projection leaves attributes out of both. */
const PARTLY = /filter|projection|condition|attributesToGet/i

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.values(value as object).every((one) => one === null))

const told = (value: unknown) => (typeof value === 'string' ? value : 'one that does not say')

const unfit = (expected: string, got: string) =>
  usageError(
    `Expected ${expected}, got ${got}`,
    'Export the table again: incremental, NEW_AND_OLD_IMAGES, DYNAMODB_JSON, without filter and projection.',
  )
