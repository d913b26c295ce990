/**
 * An in-memory table that takes request bodies and returns response bodies: items in any scan
 * order, pages of any size. An unexpected request is an error.
 */

import type { ReadableTable, WritableTable } from '../../../lib/dynamo/item-table.ts'
import { lookup } from '../../../lib/dynamo/lookup.ts'
import { RefusedKeys } from '../../../lib/dynamo/refused-keys.ts'
import type { TableClient } from '../../../lib/dynamo/request/client.ts'
import { scanner } from '../../../lib/dynamo/scan.ts'
import { type Body, ownBody } from '../../../lib/item/bytes/response-body.ts'
import { canonicalNumber } from '../../../lib/item/number.ts'
import type { RequestTimeouts } from '../../../lib/model/request-timeouts.ts'
import type { RequestAddress } from '../../../lib/model/tables/request-address.ts'
import type { KeySchema } from '../../../lib/model/tables/table.ts'
import type { WireItem } from '../../../lib/model/wire.ts'

export const PATIENCE: RequestTimeouts = {
  connectTimeout: 1000,
  responseTimeout: 1000,
  silenceLimit: 5000,
  stallLimit: 300_000,
  maxOutage: 0,
  maxRetries: 3,
  maxConnectRetries: 3,
  retryDelayBase: 1,
}

/** The address of tables that get no real requests. */
const NOWHERE: RequestAddress = {
  request: { method: 'POST', protocol: 'http:', hostname: 'x', path: '/', query: {}, headers: {} },
  signingRegion: 'x',
  signingService: 'dynamodb',
}

export interface MemoryTableOptions {
  readonly index: number
  readonly schema: KeySchema
  /** In scan order. */
  readonly items: readonly WireItem[]
  readonly pageSize: number
  /** How an item is spelt in responses. @default plain JSON */
  readonly spell?: (item: WireItem) => string
}

export interface MemoryTable extends WritableTable {
  readonly requests: { readonly operation: string; readonly keys: number }[]
}

/** A body whose bytes are overwritten once it is given back, as those of a connection are. */
const lent = (bytes: Buffer): Body => ({
  ...ownBody(bytes),
  giveBack: () => void bytes.fill('x'),
})

export function memoryTable(options: MemoryTableOptions): MemoryTable {
  const { index, schema, items, pageSize, spell = JSON.stringify } = options
  const requests: { operation: string; keys: number }[] = []
  const partOf = (value: WireItem[string] | undefined) =>
    value !== undefined && 'N' in value ? { N: canonicalNumber(value.N) } : value
  const keyOf = (item: WireItem) => JSON.stringify(schema.map(({ name }) => partOf(item[name])))
  const positions = new Map(items.map((item, position) => [keyOf(item), position]))
  const access = {
    index,
    label: `table-${index}`,
    tableName: `T${index}`,
    userAgent: 'test',
    region: 'x',
    keySchema: schema,
    address: NOWHERE,
  }

  function scan(body: { ExclusiveStartKey?: WireItem }): string {
    const after = body.ExclusiveStartKey
    const from = after === undefined ? 0 : (positions.get(keyOf(after)) ?? Number.NaN) + 1
    const page = items.slice(from, from + pageSize)
    const last = page.at(-1)
    // As the service does: a full page says that there may be more, even where there is not.
    const key =
      page.length === pageSize && last !== undefined
        ? `,"LastEvaluatedKey":{${schema.map(({ name }) => `${JSON.stringify(name)}:${JSON.stringify(last[name])}`).join(',')}}`
        : ''
    return `{"Count":${page.length},"Items":[${page.map((each) => spell(each)).join(',')}]${key},"ConsumedCapacity":{"CapacityUnits":1}}`
  }

  function batchGet(body: { RequestItems: Record<string, { Keys: WireItem[] }> }): string {
    const { Keys } = body.RequestItems[access.tableName] as { Keys: WireItem[] }
    if (new Set(Keys.map(keyOf)).size !== Keys.length) throw new Error('a key came twice')
    requests.push({ operation: 'BatchGetItem', keys: Keys.length })
    const found = Keys.map((key) => positions.get(keyOf(key))).filter((at) => at !== undefined)
    const texts = found.map((at) => spell(items[at] as WireItem))
    return `{"Responses":{"T":[${texts.join(',')}]},"ConsumedCapacity":[{"CapacityUnits":${Keys.length / 2}}]}`
  }

  const client: TableClient = {
    access,
    refusedKeys: new RefusedKeys(),
    async send({ operation, body, read }) {
      const parsed = JSON.parse(body)
      if (operation === 'Scan') {
        requests.push({ operation, keys: 0 })
        return read(lent(Buffer.from(scan(parsed))))
      }
      if (operation === 'BatchGetItem') return read(ownBody(Buffer.from(batchGet(parsed))))
      throw new Error(`no ${operation} was laid out`)
    },
    of: () => client,
    rest: async () => {},
    endRequests() {},
    close() {},
  }
  const readable: ReadableTable = {
    access,
    scanPage: scanner(client),
    lookUp: lookup(client, PATIENCE),
  }
  const refuse = () => Promise.reject(new Error('no write was laid out'))
  return {
    ...readable,
    requests,
    putInBatch: refuse,
    putTogether: refuse,
    write: { put: refuse, update: refuse, delete: refuse },
  }
}
