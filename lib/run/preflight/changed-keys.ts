/** Whether a run that changes items changes their keys, and what that means for how it reads. */
import { ruleOfAttribute } from '../../masks/rule-of-attribute.ts'
import type { KeySchema } from '../../model/tables/table.ts'
import type { Settings } from '../../options/settings.ts'

type Changing = Pick<Settings, 'change' | 'checkpoint'>

export function keysAreMasked({ change }: Pick<Settings, 'change'>, schema: KeySchema): boolean {
  const rules = change?.masks?.rules
  return rules !== undefined && schema.some(({ name }) => ruleOfAttribute(rules, name) !== 'keep')
}

/** A run that resumes another would not know which keys that one has given away. */
export const mayChangeKeys = (settings: Changing, schema: KeySchema): boolean =>
  keysAreMasked(settings, schema) ||
  (settings.change?.transform !== undefined && settings.checkpoint === undefined)

/** Whether replicas can only be read by key: a scan of them says nothing of the master. */
export const isByKeyOnly = (settings: Pick<Settings, 'change'>, schema: KeySchema): boolean =>
  settings.change?.transform !== undefined || keysAreMasked(settings, schema)
