/** Refuses pairs that would work against each other. */
import { usageError } from '../errors.ts'
import { placeOf } from '../model/tables/endpoint-kind.ts'
import type { TableSettings } from '../options/groups/table-options.ts'
import type { Settings } from '../options/settings.ts'

interface Resolved {
  readonly name: string
  readonly settings: Pick<Settings, 'master' | 'replicas'>
}

interface Known {
  readonly pair: string
  readonly label: string
  readonly place: string
  /** Undefined: the account of its credentials. */
  readonly account: string | undefined
  readonly credentials: string
}

/**
 * Two tables are the same if account, region and name are. Which account a profile leads to is not
 * known yet, so two profiles count as two accounts. If only one of two tables is named by its ARN,
 * they count as the same.
 *
 * @throws TablesyncError with code `USAGE`
 */
export function refuseCollidingPairs(pairs: readonly Resolved[]): void {
  const masters = pairs.map(({ name, settings }) => knownAs(name, settings.master, settings))
  const replicas = pairs.flatMap(({ name, settings }) =>
    settings.replicas.map((replica) => knownAs(name, replica, settings)),
  )
  for (const [at, replica] of replicas.entries()) {
    const twice = replicas.slice(0, at).find((one) => mayBeOne(one, replica))
    if (twice !== undefined && twice.pair !== replica.pair) {
      throw usageError(
        `Expected each replica in one pair, got ${replica.label} in ${twice.pair} and ${replica.pair}`,
        'Two masters would overwrite each other there. Leave one of the two out.',
      )
    }
    // Within a pair, the tables themselves are compared.
    const master = masters.find((one) => one.pair !== replica.pair && mayBeOne(one, replica))
    if (master === undefined) continue
    throw usageError(
      `Expected ${replica.label} to be a master or a replica, got it as master of ${master.pair} and replica of ${replica.pair}`,
      'One pair would change what another takes for the truth. Compare in two runs.',
    )
  }
}

function mayBeOne(one: Known, other: Known): boolean {
  if (one.place !== other.place) return false
  if (one.account !== undefined && other.account !== undefined) return one.account === other.account
  return one.account !== other.account || one.credentials === other.credentials
}

function knownAs(
  pair: string,
  { ref, credentials }: TableSettings,
  { master }: Pick<Settings, 'master'>,
): Known {
  const { region, name, account, endpoint, label } = ref
  const { profile, roleArn } = credentials ?? master.credentials ?? {}
  return {
    ...{ pair, label, account },
    place: JSON.stringify([placeOf(endpoint) ?? 'aws', region, name]),
    credentials: JSON.stringify([profile, roleArn]),
  }
}
