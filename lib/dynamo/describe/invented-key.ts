/** A key that a table is asked for where any will do. */
import type { KeyText } from '../../item/key.ts'
import type { KeySchema, KeyType } from '../../model/tables/table.ts'

const SOME_VALUE: { readonly [type in KeyType]: string } = {
  S: 'tablesync',
  N: '0',
  B: Buffer.from('tablesync').toString('base64'),
}

/** A key of the right shape; whether an item has it does not matter. */
export function nowhere(schema: KeySchema): KeyText {
  const parts = schema.map(({ name, type }) => [name, { [type]: SOME_VALUE[type] }])
  return JSON.stringify(Object.fromEntries(parts))
}
