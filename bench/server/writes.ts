/** Answers to writes. Of a write the server keeps only that it happened. */
import { writeUnits } from './billing.ts'
import type { BatchWriteBody, Body } from './requests.ts'
import { servedTable } from './served-tables.ts'

export function write(operation: string, body: Body): Buffer {
  const table = servedTable(body.TableName)
  const id = (body.Item ?? body.Key)?.id.S ?? ''
  if (operation === 'DeleteItem') table.delete(id)
  else table.write(id)
  return Buffer.from(`{"ConsumedCapacity":{"CapacityUnits":${writeUnits(table.table.bytes)}}}`)
}

export function batchWrite({ RequestItems }: BatchWriteBody): Buffer {
  let units = 0
  for (const [name, requests] of Object.entries(RequestItems)) {
    const table = servedTable(name)
    for (const { PutRequest } of requests) table.write(PutRequest.Item.id.S)
    units += requests.length * writeUnits(table.table.bytes)
  }
  return Buffer.from(`{"UnprocessedItems":{},"ConsumedCapacity":[{"CapacityUnits":${units}}]}`)
}
