/** Items by key. `UnprocessedKeys` are drained here and nowhere else. */
import { TablesyncError } from '../errors.ts'
import { type CanonicalKey, canonicalKeyOf, type KeyText } from '../item/key.ts'
import { type ItemPage, keyNames } from '../item/page.ts'
import { readBatchGetPage } from '../item/responses.ts'
import type { Patience } from '../model/patience.ts'
import type { ReadUnits } from '../model/units.ts'
import type { TableClient } from './client.ts'

/** The most keys BatchGetItem takes (API reference, BatchGetItem). */
export const MAX_BATCH_KEYS = 100

export interface FoundItem {
  readonly page: ItemPage
  readonly item: number
}

export interface LookupResult {
  /** A key that is not in here does not exist. */
  readonly found: ReadonlyMap<CanonicalKey, FoundItem>
  readonly readUnits: ReadUnits
}

export interface LookupOptions {
  readonly consistent: boolean
  /** Return the key attributes alone. Costs the same units, and less of the wire. */
  readonly keysOnly?: boolean
}

/** Looks up to 100 different keys up, in as many requests as the service wants. */
export type LookUp = (keys: readonly KeyText[], options: LookupOptions) => Promise<LookupResult>

export function lookup(client: TableClient, patience: Patience): LookUp {
  const { tableName, keySchema, label, index } = client.access
  const names = keyNames(keySchema)

  return async (keys, options) => {
    const found = new Map<CanonicalKey, FoundItem>()
    let readUnits = 0
    let wanted = keys
    for (let retry = 0; wanted.length > 0; ) {
      const page = await client.send({
        operation: 'BatchGetItem',
        body: requestBody(wanted, options),
        read: (body) => readBatchGetPage(body, names),
        unitsOf: ({ readUnits }) => readUnits,
        key: wanted[0],
        guess: options.consistent ? wanted.length : wanted.length / 2,
      })
      readUnits += page.readUnits
      for (let item = 0; item < page.count; item++) {
        found.set(canonicalKeyOf(page, item, keySchema), { page, item })
      }
      if (page.unprocessed.length === 0) break
      // A batch that gets on is served in parts; only one that stands still counts as a retry.
      retry = page.unprocessed.length < wanted.length ? 0 : retry + 1
      wanted = page.unprocessed
      if (retry > patience.maxRetries) throw stuck(wanted.length)
      await client.rest(retry)
    }
    return { found, readUnits }
  }

  function requestBody(keys: readonly KeyText[], { consistent, keysOnly }: LookupOptions): string {
    const fields = [`"Keys":[${keys.join(',')}]`, `"ConsistentRead":${consistent}`]
    if (keysOnly) {
      const placeholders = keySchema.map((_, part) => `#k${part}`)
      const named = keySchema.map(({ name }, part) => [`#k${part}`, name])
      fields.push(`"ProjectionExpression":"${placeholders.join(',')}"`)
      fields.push(`"ExpressionAttributeNames":${JSON.stringify(Object.fromEntries(named))}`)
    }
    const table = JSON.stringify(tableName)
    return `{"RequestItems":{${table}:{${fields.join(',')}}},"ReturnConsumedCapacity":"TOTAL"}`
  }

  function stuck(count: number): TablesyncError {
    return new TablesyncError(
      `BatchGetItem on ${label}: ${count} keys stayed unprocessed in ${patience.maxRetries} retries`,
      {
        code: 'THROTTLED',
        scope: 'segment',
        table: index,
        hint: 'Give the table more read capacity, or run with a lower --parallel.',
      },
    )
  }
}
