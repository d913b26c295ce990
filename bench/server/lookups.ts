/** Answers to reads of single keys. */
import { positionOf } from '../tables/items-at.ts'
import { tableName } from '../tables/table-name.ts'
import { billed, readUnits } from './billing.ts'
import type { Repairs } from './repairs.ts'
import type { BatchGetBody, Body } from './requests.ts'
import { servedTable } from './served-tables.ts'

export function batchGet({ RequestItems }: BatchGetBody): Buffer {
  const [[name, { Keys, ConsistentRead = false }] = ['', { Keys: [] }]] =
    Object.entries(RequestItems)
  const table = lookupTable(name)
  let units = 0
  const texts = Keys.map(({ id }) => {
    const text = itemOf(table, id.S)
    units += readUnits(text?.length ?? 0, ConsistentRead)
    return text
  }).filter((text) => text !== undefined)
  billed[ConsistentRead ? 'recheck' : 'lookup'] += units
  return Buffer.from(
    `{"Responses":{"${name}":[${texts.join(',')}]},"UnprocessedKeys":{},"ConsumedCapacity":[{"CapacityUnits":${units}}]}`,
  )
}

export function getItem({ TableName, Key, ConsistentRead = false }: Body): Buffer {
  const text = itemOf(lookupTable(TableName), Key?.id.S ?? '')
  const units = readUnits(text?.length ?? 0, ConsistentRead)
  billed[ConsistentRead ? 'recheck' : 'lookup'] += units
  const item = text === undefined ? '' : `,"Item":${text}`
  return Buffer.from(`{"ConsumedCapacity":{"CapacityUnits":${units}}${item}}`)
}

/** A shuffled table has the items of the base, only in another order. */
function lookupTable(name: string): Repairs {
  const { table } = servedTable(name)
  const isShuffled = table.variant === 'shuffled'
  return servedTable(isShuffled ? tableName({ ...table, variant: 'base' }) : name)
}

function itemOf(table: Repairs, key: string): string | undefined {
  const position = positionOf(key) ?? Number.POSITIVE_INFINITY
  if (position >= table.table.items) return undefined
  return table.itemsAt(position).find(({ id }) => id === key)?.text
}
