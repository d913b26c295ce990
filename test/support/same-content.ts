/** Whether two tables hold the same items: a full comparison that shares no code with the engine. */
import { isDeepStrictEqual } from 'node:util'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Item, TestTable } from './tables/tables.ts'

export async function sameContent(one: TestTable, other: TestTable): Promise<boolean> {
  const [a, b] = await Promise.all([one.all(), other.all()])
  return isDeepStrictEqual(content(a), content(b))
}

/** Items as text, sorted so that scan order does not matter. */
export function content(items: readonly Item[]): string[] {
  return items.map((item) => JSON.stringify(plain({ M: item }))).sort()
}

function plain(value: AttributeValue): unknown {
  if (value.B !== undefined) return ['B', Buffer.from(value.B).toString('hex')]
  if (value.BS !== undefined)
    return ['BS', value.BS.map((each) => Buffer.from(each).toString('hex')).sort()]
  if (value.SS !== undefined) return ['SS', [...value.SS].sort()]
  if (value.NS !== undefined) return ['NS', [...value.NS].sort()]
  if (value.L !== undefined) return ['L', value.L.map(plain)]
  if (value.M !== undefined) {
    const members = Object.entries(value.M).map(([name, each]) => [name, plain(each)])
    return ['M', members.sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1))]
  }
  return value
}
