/** Conditional writes to a replica, one attempt each. */
import type { TablesyncError } from '../errors.ts'
import { readWriteUnits } from '../item/bytes/batch-answers.ts'
import { unitsToWrite } from '../item/write-units.ts'
import type { WriteUnits } from '../model/units.ts'
import type { WireItem } from '../model/wire.ts'
import type { Expression } from './conditions.ts'
import type { TableClient } from './request/client.ts'
import type { ItemWrite } from './request/operations.ts'
import { isRefusal } from './request/request-errors.ts'
import type { UpdateExpression } from './update-expression.ts'

/**
 * `refused`: the condition did not hold, so nothing was written. DynamoDB charges for this, and
 * does not say how much.
 */
export type WriteResult =
  | { readonly end: 'written'; readonly writeUnits: WriteUnits }
  | { readonly end: 'refused' }

/** Items and keys are DynamoDB JSON text. Errors are thrown; a refused condition is no error. */
export interface Writer {
  put(item: string, expression: Expression): Promise<WriteResult>
  update(key: string, expression: UpdateExpression): Promise<WriteResult>
  delete(key: string, expression: Expression): Promise<WriteResult>
}

export function writer(client: TableClient): Writer {
  const table = `"TableName":${JSON.stringify(client.access.tableName)}`

  return {
    put: (item, expression) => send('PutItem', [`"Item":${item}`], expression),
    update: (key, expression) =>
      send(
        'UpdateItem',
        [`"Key":${key}`, `"UpdateExpression":${JSON.stringify(expression.update)}`],
        expression,
      ),
    delete: (key, expression) => send('DeleteItem', [`"Key":${key}`], expression),
  }

  async function send(
    operation: ItemWrite,
    fields: readonly string[],
    { names, values, condition }: Expression,
  ): Promise<WriteResult> {
    const all = [
      table,
      ...fields,
      `"ConditionExpression":${JSON.stringify(condition)}`,
      `"ExpressionAttributeNames":${JSON.stringify(names)}`,
      '"ReturnConsumedCapacity":"TOTAL"',
    ]
    if (hasAny(values)) all.push(`"ExpressionAttributeValues":${JSON.stringify(values)}`)
    try {
      const body = `{${all.join(',')}}`
      const writeUnits = await client.send({
        operation,
        body,
        read: readWriteUnits,
        unitsOf: (units) => units,
        // Charged also if refused (Developer Guide, Capacity unit consumption).
        refusedUnits: unitsToWrite(body.length),
      })
      return { end: 'written', writeUnits }
    } catch (error) {
      if (isRefusal(error as TablesyncError)) return { end: 'refused' }
      throw error
    }
  }
}

const hasAny = (values: WireItem) => Object.keys(values).length > 0
