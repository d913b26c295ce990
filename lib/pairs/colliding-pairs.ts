/** Refuses pairs that would work against each other. */
import { usageError } from '../errors.ts'
import { placeOf } from '../model/tables/endpoint-kind.ts'
import type { TableSettings } from '../options/groups/table-options.ts'
import type { Settings } from '../options/settings.ts'

interface Resolved {
  readonly name: string
  readonly settings: Pick<Settings, 'master' | 'replicas'>
}

/**
 * Tables are told apart by account, region and name: two profiles may lead to one account, which
 * nobody knows before the tables are described.
 *
 * @throws TablesyncError with code `USAGE`
 */
export function refuseCollidingPairs(pairs: readonly Resolved[]): void {
  const masters = new Map<string, string>()
  for (const { name, settings } of pairs) masters.set(placeIn(settings.master, settings), name)
  const replicas = new Map<string, string>()
  for (const { name, settings } of pairs) {
    for (const replica of settings.replicas) {
      const place = placeIn(replica, settings)
      const { label } = replica.ref
      const [twice, asMaster] = [replicas.get(place), masters.get(place)]
      if (twice !== undefined) {
        throw usageError(
          `Expected each replica in one pair, got ${label} in ${twice} and ${name}`,
          'Two masters would overwrite each other there. Leave one of the two out.',
        )
      }
      if (asMaster !== undefined) {
        throw usageError(
          `Expected ${label} to be a master or a replica, got it as master of ${asMaster} and replica of ${name}`,
          'One pair would change what another takes for the truth. Compare in two runs.',
        )
      }
      replicas.set(place, name)
    }
  }
}

function placeIn(
  { ref, credentials }: TableSettings,
  { master }: Pick<Settings, 'master'>,
): string {
  const { region, name, account, endpoint } = ref
  const { profile, roleArn } = credentials ?? master.credentials ?? {}
  const who = account ?? [profile, roleArn].join(' ')
  return JSON.stringify([placeOf(endpoint) ?? 'aws', region, name, who])
}
