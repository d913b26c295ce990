/** A made-up key, for requests where any key will do. */
import type { KeyText } from '../../item/key.ts'
import type { KeySchema, KeyType } from '../../model/tables/table.ts'

const SOME_VALUE: { readonly [type in KeyType]: string } = {
  S: 'tablesync',
  N: '0',
  B: Buffer.from('tablesync').toString('base64'),
}

/** A key of the right shape. It does not matter whether an item has it. */
export function nowhere(schema: KeySchema): KeyText {
  const parts = schema.map(({ name, type }) => [name, { [type]: SOME_VALUE[type] }])
  return JSON.stringify(Object.fromEntries(parts))
}
