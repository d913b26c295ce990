/** Refuses what a run cannot do that changes the master's items, and masks that do not fit. */
import { usageError } from '../../errors.ts'
import { ruleOfAttribute } from '../../masks/rule-of-attribute.ts'
import type { KeySchema } from '../../model/tables/table.ts'
import type { Spelling } from '../../options/option.ts'
import type { Settings } from '../../options/settings.ts'
import type { Tables } from '../tables/table-inspection.ts'
import { keysAreMasked } from './changed-keys.ts'

/** @throws TablesyncError with code `USAGE` */
export function refuseBesideChanges(
  settings: Settings,
  { inspected, access }: Tables,
  spelling: Spelling,
): void {
  const { change } = settings
  if (change === undefined) return
  const schema = inspected[0].facts.keySchema
  const isMasked = keysAreMasked(settings, schema)
  if (change.transform !== undefined) refuseExtras(settings, spelling, 'the hook `transform`')
  if (isMasked) {
    refuseUnmaskedKeys(settings, schema)
    refuseExtras(settings, spelling, 'masked keys')
    refuseFiles(settings, spelling)
  }
  refuseMisfitMasks(settings, { access }, spelling)
}

/** Masks of attributes that decide what is newer, or when items expire. */
export function refuseMisfitMasks(
  settings: Settings,
  { access }: Pick<Tables, 'access'>,
  spelling: Spelling,
): void {
  refuseVersion(settings, spelling)
  for (const { ttlAttribute } of access) refuseExpiry(settings, ttlAttribute)
}

/** What looks for items that the master lacks, or goes by keys that the master may not have. */
function refuseExtras(settings: Settings, spelling: Spelling, beside: string): void {
  const { strategy, scanForExtra, asked, keyList } = settings
  const given = [
    ...(strategy === 'march' ? [`${spelling('strategy')} march`] : []),
    ...(asked.extra ? [spelling('deleteExtra')] : []),
    ...(scanForExtra ? [spelling('scanForExtra')] : []),
    ...(keyList === undefined ? [] : [spelling('keys')]),
  ][0]
  if (given === undefined) return
  throw usageError(
    `Expected ${beside} without \`${given}\`, got both`,
    'Leave one of the two out: what the replica has tells nothing of the master.',
  )
}

/** No file of ours holds a clear key. */
function refuseFiles({ checkpoint, repairPlan, startingKey }: Settings, spelling: Spelling): void {
  const given = [
    ...(checkpoint === undefined ? [] : [spelling('checkpoint')]),
    ...(repairPlan === undefined ? [] : [spelling('plan')]),
    ...(startingKey === undefined ? [] : [spelling('startingKey')]),
  ][0]
  if (given === undefined) return
  throw usageError(
    `Expected masked keys without \`${given}\`, got both`,
    'Leave it out: its file would hold clear keys, which masks keep out of all files.',
  )
}

function refuseUnmaskedKeys({ change }: Settings, schema: KeySchema): void {
  for (const { name, type } of schema) {
    const rule = ruleOfAttribute(change?.masks?.rules ?? [], name)
    if (rule !== undefined && rule !== 'drop') continue
    throw usageError(
      `Expected a rule that keeps or masks ${JSON.stringify(name)} (${type}) of the key, got ${rule ?? 'none'}`,
      'Write one into the file of --masks: an item needs its key.',
    )
  }
}

function refuseVersion({ change, versionAttribute: version }: Settings, spelling: Spelling): void {
  const rules = change?.masks?.rules
  if (rules === undefined || version === undefined) return
  if (ruleOfAttribute(rules, version) === 'keep') return
  throw usageError(
    `Expected the rule keep for \`${spelling('versionAttribute')}\` ${JSON.stringify(version)}, got another`,
    'A masked version does not say which item is newer.',
  )
}

function refuseExpiry({ change }: Settings, attribute: string | undefined): void {
  const rules = change?.masks?.rules
  if (rules === undefined || attribute === undefined) return
  const rule = ruleOfAttribute(rules, attribute)
  if (rule === 'keep' || rule === 'drop' || rule === undefined) return
  throw usageError(
    `Expected ${JSON.stringify(attribute)}, by which items expire, to be kept or dropped`,
    'A masked time lets items expire at random. --no-ttl-aware compares them all.',
  )
}
