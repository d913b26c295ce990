/** An ending whose error quotes no value of the item: hooks and the service may write some into it. */
import type { FoundItem } from '../../lib/dynamo/lookup-result.ts'
import { parseItem } from '../../lib/item/compare.ts'
import { withoutValues } from '../../lib/item/hidden-values.ts'
import type { ReplicaTask } from '../replica-task.ts'
import type { Found, RepairEnding } from '../verify/ending.ts'

export function cleanEnding<Ending extends RepairEnding | { readonly action: 'none' }>(
  { thread, schema }: ReplicaTask,
  { master, replica }: Found,
  ending: Ending,
): Ending {
  if (thread.setup.showValues || !('error' in ending) || ending.error === undefined) return ending
  const items = [master, replica].flatMap((found) => (found === undefined ? [] : [itemOf(found)]))
  const keyNames = schema.map(({ name }) => name)
  const clean = (text: string) => withoutValues(text, items, keyNames)
  const own = 'own' in ending && ending.own !== undefined ? ending.own : undefined
  return {
    ...ending,
    error: clean(ending.error),
    ...(own !== undefined && { own: { ...own, message: clean(own.message) } }),
  }
}

const itemOf = ({ page, item }: FoundItem) => parseItem(page, item)
