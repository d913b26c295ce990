/**
 * Writes the items that tablesync would write, by the requests that it would send, and does nothing
 * else: no scan, no read, no journal. The items are computed here, at some 2 µs each.
 */
import { absent } from '../../lib/dynamo/conditions.ts'
import { updateTo } from '../../lib/dynamo/update-expression.ts'
import { BY_DEFAULT } from '../../lib/item/places/compared.ts'
import type { KeySchema } from '../../lib/model/tables/table.ts'
import { differenceAt } from '../tables/difference-at.ts'
import type { GeneratedTable } from '../tables/generated-table.ts'
import { type GeneratedItem, itemsAt } from '../tables/items-at.ts'
import { parseTableName } from '../tables/table-name.ts'
import type { Found, Job } from './job.ts'
import { forEachAtOnce, openSignedRequests } from './signed-requests.ts'

const SCHEMA: KeySchema = [{ name: 'id', type: 'S' }]
const BATCH = 25

/** By PutItem, under the condition that the replica lacks the item. */
export async function rawPut({ endpoint, master, replica }: Job): Promise<Found> {
  const { condition, names } = absent(SCHEMA)
  const rest = `"ConditionExpression":"${condition}","ExpressionAttributeNames":${JSON.stringify(names)},"ReturnConsumedCapacity":"TOTAL"}`
  const requests = await openSignedRequests(endpoint)
  const items = await forEachAtOnce(itemsOf(master), ({ text }) =>
    requests.send('PutItem', `{"TableName":"${replica}","Item":${text},${rest}`),
  )
  requests.close()
  return { items }
}

/** By BatchWriteItem, which knows no conditions. */
export async function rawBatchWrite({ endpoint, master, replica }: Job): Promise<Found> {
  const requests = await openSignedRequests(endpoint)
  let items = 0
  await forEachAtOnce(batchesOf(itemsOf(master)), (batch) => {
    items += batch.length
    const puts = batch.map(({ text }) => `{"PutRequest":{"Item":${text}}}`)
    return requests.send(
      'BatchWriteItem',
      `{"RequestItems":{"${replica}":[${puts.join(',')}]},"ReturnConsumedCapacity":"TOTAL"}`,
    )
  })
  requests.close()
  return { items }
}

/** By UpdateItem, under the condition that the replica's item is as it was seen. */
export async function rawUpdate({ endpoint, replica }: Job): Promise<Found> {
  const requests = await openSignedRequests(endpoint)
  const table = parseTableName(replica)
  const [first = 0] = differingOf(table)
  const template = updateBody(replica, table, first)
  const items = await forEachAtOnce(differingOf(table), (position) =>
    requests.send(
      'UpdateItem',
      template
        .replaceAll(idOf(first), idOf(position))
        .replaceAll(`"${first}.25"`, `"${position}.25"`),
    ),
  )
  requests.close()
  return { items }
}

/** The request that tablesync sends for an item. Those of others differ in key and total alone. */
function updateBody(name: string, table: GeneratedTable, position: number): string {
  const wire = (variant: GeneratedTable['variant']) =>
    JSON.parse(itemsAt({ ...table, variant }, position)[0]?.text ?? '{}')
  const shape = { schema: SCHEMA, compared: BY_DEFAULT }
  const { update, condition, names, values } = updateTo(wire('base'), wire(table.variant), shape)
  return JSON.stringify({
    TableName: name,
    Key: { id: { S: idOf(position) } },
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: names,
    ReturnConsumedCapacity: 'TOTAL',
    ExpressionAttributeValues: values,
  })
}

const idOf = (position: number) => `order-${String(position).padStart(10, '0')}`

function* differingOf(table: GeneratedTable): Generator<number> {
  for (let position = 0; position < table.items; position++) {
    if (differenceAt(table, position) === 'differing') yield position
  }
}

function* itemsOf(name: string): Generator<GeneratedItem> {
  const table = parseTableName(name)
  for (let position = 0; position < table.items; position++) yield* itemsAt(table, position)
}

function* batchesOf(items: Iterable<GeneratedItem>): Generator<GeneratedItem[]> {
  let batch: GeneratedItem[] = []
  for (const item of items) {
    batch.push(item)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
