/** Reads one page of one segment. */

import { badResponse } from '../item/bytes/json-bytes.ts'
import type { Body } from '../item/bytes/response-body.ts'
import { readScanPage, type ScanPage } from '../item/bytes/scan-answer.ts'
import { endsAtItsLastItem } from '../item/last-key.ts'
import { keyNames } from '../item/page.ts'
import { filterFields } from './filter-fields.ts'
import type { PageSize } from './page-size.ts'
import type { TableClient } from './request/client.ts'
import { asFailure } from './request/request-errors.ts'

export interface ScanSlice {
  readonly segment: number
  readonly totalSegments: number
  readonly consistent: boolean
  /** Items per request. Absent: as many as DynamoDB puts on a page. */
  readonly limit?: number
  /** Items that are wanted yet: the scan ends when it has them. Absent: all. */
  readonly wanted?: number
}

/** Reads the page of `slice` that follows the key `after`, given as DynamoDB JSON text. */
export type ScanOnePage = (slice: ScanSlice, after: string | undefined) => Promise<ScanPage>

export function scanner(client: TableClient, pageSize?: PageSize): ScanOnePage {
  const { tableName, keySchema, index, label, filter } = client.access
  const blame = (error: unknown) => asFailure(error, { operation: 'Scan', table: index, label })
  const names = keyNames(keySchema)
  return async ({ segment, totalSegments, consistent, limit: most, wanted }, after) => {
    const { limit: fits, units } = pageSize?.next(most, consistent) ?? {
      limit: most,
      units: undefined,
    }
    const limit = wanted === undefined ? fits : Math.min(wanted, fits ?? wanted)
    const fields = [
      `"TableName":${JSON.stringify(tableName)}`,
      `"Segment":${segment},"TotalSegments":${totalSegments}`,
      `"ConsistentRead":${consistent},"ReturnConsumedCapacity":"TOTAL"`,
    ]
    if (limit !== undefined) fields.push(`"Limit":${limit}`)
    if (filter !== undefined) fields.push(filterFields(filter))
    if (after !== undefined) fields.push(`"ExclusiveStartKey":${after}`)
    let doubted: string | undefined
    const read = (body: Body) => {
      const page = readScanPage(body, names, blame, wanted)
      const { lastEvaluatedKey } = page
      // Without a checksum the key may be garbled, and the scan would go on elsewhere. It is taken
      // for right if it comes twice.
      const isSure = body.isVerified || filter !== undefined || lastEvaluatedKey === doubted
      if (isSure || endsAtItsLastItem(page, keySchema)) return page
      doubted = lastEvaluatedKey
      throw badResponse("Expected a page to end with its last item's key, got another one")
    }
    const page = await client.send({
      operation: 'Scan',
      body: `{${fields.join(',')}}`,
      read,
      unitsOf: ({ readUnits }) => readUnits,
      ...(units !== undefined && { guess: units }),
      segment,
      key: after,
    })
    pageSize?.learn(page.readUnits, filter === undefined ? page.count : page.scanned)
    return page
  }
}
