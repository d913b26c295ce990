/** Conditional writes to a replica, one attempt each. */
import { readWriteUnits } from '../item/responses.ts'
import type { WriteUnits } from '../model/units.ts'
import type { WireItem } from '../model/wire.ts'
import type { ItemWrite, TableClient } from './client.ts'
import type { Expression, UpdateExpression } from './expressions.ts'

/**
 * `refused`: the condition did not hold, so nothing was written. DynamoDB
 * charges for it and does not say how much.
 */
export type WriteResult =
  | { readonly end: 'written'; readonly writeUnits: WriteUnits }
  | { readonly end: 'refused' }

/** Items and keys are DynamoDB JSON text. Errors are thrown, the refused condition is not one. */
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
      const response = await client.send(operation, `{${all.join(',')}}`)
      return { end: 'written', writeUnits: readWriteUnits(response) }
    } catch (error) {
      if (isRefusal(error)) return { end: 'refused' }
      throw error
    }
  }
}

const hasAny = (values: WireItem) => Object.keys(values).length > 0

function isRefusal(error: unknown): boolean {
  const { cause } = error as { cause?: { name?: string } }
  return cause?.name === 'ConditionalCheckFailedException'
}
