/** What is typed of endpoints and credentials wins over what a table says of itself. */
import type { TableOptions } from './groups/table-options.ts'

type Fields = Readonly<Record<string, unknown>>

interface OfTables {
  readonly master?: string | TableOptions
  readonly replica?: string | TableOptions
  readonly replicas?: readonly (string | TableOptions)[]
}

/** Typed options that say the same as a field of a table. */
const OF_MASTER: Fields = {
  endpoint: ['endpoint', 'masterEndpoint'],
  profile: ['profile'],
  roleArn: ['roleArn'],
  mfaSerial: ['mfaSerial'],
}
const OF_REPLICA: Fields = {
  endpoint: ['endpoint', 'replicaEndpoint'],
  profile: ['replicaProfile'],
  roleArn: ['replicaRoleArn'],
  mfaSerial: ['replicaMfaSerial'],
}

/** The same, without what was typed otherwise. */
export function reached<Given extends OfTables>(given: Given, typed: Fields): Given {
  const { master, replica, replicas } = given
  return {
    ...given,
    ...(master !== undefined && { master: without(master, OF_MASTER, typed) }),
    ...(replica !== undefined && { replica: without(replica, OF_REPLICA, typed) }),
    ...(Array.isArray(replicas) && {
      replicas: replicas.map((one) => without(one, OF_REPLICA, typed)),
    }),
  }
}

function without(
  table: string | TableOptions,
  fields: Fields,
  typed: Fields,
): string | TableOptions {
  if (typeof table !== 'object' || table === null) return table
  const kept = Object.entries(table).filter(
    ([field]) =>
      !((fields[field] ?? []) as readonly string[]).some((name) => typed[name] !== undefined),
  )
  return Object.fromEntries(kept) as unknown as TableOptions
}
