/** The body of a request that looks keys up. */
import type { KeyText } from '../item/key.ts'
import type { TableAccess } from '../protocol/setup.ts'

export interface LookupOptions {
  readonly consistent: boolean
  /** Return only the key attributes. Costs the same units, but fewer bytes are sent. */
  readonly keysOnly?: boolean
}

export function lookupBody(
  { tableName, keySchema }: TableAccess,
  keys: readonly KeyText[],
  { consistent, keysOnly }: LookupOptions,
): string {
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
