/**
 * Tables for tests: created, filled and read back by a plain SDK client, independent of the engine.
 */
import { randomBytes } from 'node:crypto'
import {
  type AttributeValue,
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  type WriteRequest,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import type { KeyAttribute } from '../../../lib/model/tables/table.ts'
import type { Test } from '../tap.ts'

export type Item = Record<string, AttributeValue>

export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' }

/** An engine may serve several test files. */
const ofThisFile = randomBytes(4).toString('hex')
let made = 0

/** The name of a table that no other test file has. */
export const freshName = (): string => `t-${ofThisFile}-${++made}`

export interface TestTable {
  readonly name: string
  /** The name that tablesync is given. */
  readonly label: string
  readonly endpoint: string
  put(items: Iterable<Item>): Promise<void>
  remove(items: Iterable<Item>): Promise<void>
  all(): Promise<Item[]>
  /** The id that the engine gives it. Undefined: it gives none. */
  id(): Promise<string | undefined>
  keyOf(item: Item): Item
}

export interface TableShape {
  readonly key?: readonly KeyAttribute[]
  readonly region?: string
  readonly name?: string
}

const HASH_ONLY: readonly KeyAttribute[] = [{ name: 'id', type: 'S' }]

/** A client of an emulator, closed at the end of the test. */
export function clientOf(t: Test, endpoint: string): DynamoDBClient {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint,
    credentials: LOCAL_CREDENTIALS,
  })
  t.teardown(() => client.destroy())
  return client
}

export async function makeTable(endpoint: string, shape: TableShape = {}): Promise<TestTable> {
  const { key = HASH_ONLY, region = 'us-east-1', name = freshName() } = shape
  const client = new DynamoDBClient({
    region,
    endpoint,
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 3,
  })
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: key.map((part) => ({
        AttributeName: part.name,
        AttributeType: part.type,
      })),
      KeySchema: key.map((part, index) => ({
        AttributeName: part.name,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
    }),
  )
  await waitUntilTableExists(
    { client, maxWaitTime: 10, minDelay: 0.01 as never },
    { TableName: name },
  )
  const keyOf = (item: Item): Item =>
    Object.fromEntries(key.map((part) => [part.name, item[part.name] as AttributeValue]))

  async function batchWrite(requests: WriteRequest[]): Promise<void> {
    for (let wanted = requests; wanted.length > 0; ) {
      const { UnprocessedItems } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [name]: wanted } }),
      )
      wanted = UnprocessedItems?.[name] ?? []
    }
  }

  async function write(requests: Iterable<WriteRequest>): Promise<void> {
    const under: Promise<void>[] = []
    let batch: WriteRequest[] = []
    for (const request of requests) {
      batch.push(request)
      if (batch.length < 25) continue
      under.push(batchWrite(batch))
      batch = []
      if (under.length >= 8) await Promise.all(under.splice(0))
    }
    if (batch.length > 0) under.push(batchWrite(batch))
    await Promise.all(under)
  }

  return {
    name,
    label: `${region}:${name}`,
    endpoint,
    keyOf,
    async put(items) {
      const all = [...items]
      // Large items do not fit into one batch.
      if (all.some((item) => JSON.stringify(item).length > 100_000)) {
        for (const item of all)
          await client.send(new PutItemCommand({ TableName: name, Item: item }))
        return
      }
      await write(all.map((item) => ({ PutRequest: { Item: item } })))
    },
    remove: (items) => write([...items].map((item) => ({ DeleteRequest: { Key: keyOf(item) } }))),
    async id() {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: name }))
      return Table?.TableId
    },
    async all() {
      const items: Item[] = []
      let from: Item | undefined
      do {
        const page = await client.send(
          new ScanCommand({
            TableName: name,
            ConsistentRead: true,
            ...(from && { ExclusiveStartKey: from }),
          }),
        )
        items.push(...(page.Items ?? []))
        from = page.LastEvaluatedKey
      } while (from !== undefined)
      return items
    },
  }
}
