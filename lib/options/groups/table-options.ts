/** Options that name the tables, and say where they are. */
import { usageError } from '../../errors.ts'
import type { CapacityChoices } from '../../model/tables/capacity.ts'
import { shownEndpoint, type TableRef } from '../../model/tables/table.ts'
import type { Group, OptionsOf, Spelling } from '../option.ts'
import { ownOptions } from '../own-options.ts'
import { checkUrl } from '../values/check-value.ts'
import { shown } from '../values/quoted-value.ts'
import { parseTableName } from '../values/table-name.ts'
import {
  type CredentialOptions,
  type CredentialSettings,
  checkCredentials,
  masterCredentials,
  ownCredentials,
  replicaCredentials,
} from './credential-options.ts'
import { type PaceOptions, resolveCapacity } from './pace-options.ts'

export const TABLE_OPTIONS = {
  master: {
    flag: 'master',
    aliases: ['m'],
    kind: 'text',
    value: 'table',
    help: 'The table that is the truth, as <region>:<table> or ARN. Never written',
  },
  replicas: {
    flag: 'replica',
    aliases: ['r', 'slave', 'slaves', 's'],
    kind: 'texts',
    value: 'table',
    also: ['revert'],
    help: 'A table that should equal the master. Repeatable',
    helpFor: { revert: 'The table that was exported. Not written: undo writes' },
  },
} as const satisfies Group

export const ENDPOINT_OPTIONS = {
  /** Endpoint of all tables. */
  endpoint: {
    flag: 'endpoint',
    kind: 'url',
    value: 'url',
    also: ['apply', 'undo', 'revert', 'fingerprint'],
    help: 'Endpoint of all tables, instead of the service of their region',
    helpFor: {
      undo: 'Endpoint of the replicas, instead of the service of their region',
      revert: 'Endpoint of the replica, instead of the service of its region',
    },
  },
  /** Endpoint of the master. */
  masterEndpoint: {
    flag: 'master-endpoint',
    kind: 'url',
    value: 'url',
    also: ['apply', 'undo'],
    help: 'Endpoint of the master',
    helpFor: { undo: 'Not used: an undo asks no master' },
  },
  /** Endpoint of the replicas. */
  replicaEndpoint: {
    flag: 'replica-endpoint',
    aliases: ['slave-endpoint'],
    kind: 'url',
    value: 'url',
    also: ['apply', 'undo', 'revert'],
    help: 'Endpoint of the replicas',
  },
} as const satisfies Group

/** A table with an endpoint and credentials of its own. */
export interface TableOptions extends CredentialSettings {
  /** `<region>:<table>` or a table ARN. */
  readonly table: string
  readonly endpoint?: string
}

export interface NamedTables {
  /** The table that is the truth. It is never written. */
  readonly master: string | TableOptions
  /** The tables that should equal it: at least one. */
  readonly replicas: readonly (string | TableOptions)[]
}

export type EndpointOptions = OptionsOf<typeof ENDPOINT_OPTIONS>

export interface TableSettings {
  readonly ref: TableRef
  /** Absent: the master's serve this table too. Present for the master always. */
  readonly credentials?: CredentialSettings
  readonly capacity: CapacityChoices
}

export interface TablesSettings {
  readonly master: TableSettings
  readonly replicas: readonly TableSettings[]
}

type Given = NamedTables & EndpointOptions & CredentialOptions & PaceOptions

/** @param tablesFrom the file that names the tables with their endpoints. Absent: the options do */
export function resolveTables(
  options: Given,
  spelling: Spelling,
  tablesFrom?: string,
): TablesSettings {
  checkTables(options, spelling)
  const replicas = options.replicas.map((replica) => {
    return replicaSettings(asTableOptions(replica), options, spelling, tablesFrom)
  })
  return {
    master: masterSettings(options, spelling, tablesFrom),
    replicas: distinct(replicas, spelling),
  }
}

function checkTables({ master, replicas }: NamedTables, spelling: Spelling): void {
  checkTable(master, spelling('master'))
  if (!Array.isArray(replicas) || replicas.length === 0) {
    const name = `\`${spelling('replicas')}\``
    throw usageError(
      typeof replicas === 'string'
        ? `Expected ${name} to be a list, got ${shown(replicas)}`
        : `Expected at least one ${name}, got ${shown(replicas)}`,
      'Name the tables to compare with the master, as <region>:<table> or ARN.',
    )
  }
  for (const replica of replicas) checkTable(replica, spelling('replicas'))
}

/** What a table may be given besides its name. */
const TABLE_FIELDS = ['endpoint', 'credentials', 'profile', 'roleArn', 'mfaSerial', 'mfaToken']

function checkTable(table: unknown, name: string): void {
  if (typeof table === 'string' && table !== '') return
  const given = table as Partial<Record<string, unknown>> | null | undefined
  if (typeof given?.['table'] !== 'string') {
    throw usageError(
      `Expected one \`${name}\`, as <region>:<table> or ARN, got ${shown(table)}`,
      'For example us-east-1:Orders.',
    )
  }
  for (const [field, value] of Object.entries(given)) {
    if (field === 'table' || value === undefined) continue
    if (!TABLE_FIELDS.includes(field)) {
      throw usageError(
        `Expected \`${name}\` to have known fields, got \`${field}\``,
        `A table has table, ${TABLE_FIELDS.join(', ')}.`,
      )
    }
    if (field === 'endpoint') checkUrl(value, `endpoint of ${name}`)
    else if (field === 'credentials') checkCredentials(value, `credentials of ${name}`)
    else if (typeof value !== 'string' || value === '') {
      throw usageError(
        `Expected \`${field} of ${name}\` to be text, got ${typeof value}`,
        'Give it as a text that is not empty, or leave it out.',
      )
    }
  }
}

function asTableOptions(table: string | TableOptions): TableOptions {
  return typeof table === 'string' ? ownOptions({ table }) : table
}

function masterSettings(options: Given, spelling: Spelling, tablesFrom?: string): TableSettings {
  const master = asTableOptions(options.master)
  const endpoint =
    endpointOf(master, tablesFrom) ??
    firstEndpoint(options, ['masterEndpoint', 'endpoint'], spelling)
  return {
    ref: { ...parseTableName(master.table, spelling('master')), ...endpoint },
    credentials: ownCredentials(master) ?? masterCredentials(options, spelling),
    capacity: resolveCapacity(options, 'master', spelling),
  }
}

function replicaSettings(
  replica: TableOptions,
  options: Given,
  spelling: Spelling,
  tablesFrom: string | undefined,
): TableSettings {
  // The seed's README names an endpoint where a profile is meant; both work.
  const profileIsEndpoint = /^https?:\/\//.test(options.replicaProfile ?? '')
  const profile = profileIsEndpoint ? undefined : options.replicaProfile
  const asProfile = profileIsEndpoint ? (['replicaProfile'] as const) : []
  const names = ['replicaEndpoint', ...asProfile, 'endpoint'] as const
  const endpoint = endpointOf(replica, tablesFrom) ?? firstEndpoint(options, names, spelling)
  const credentials = ownCredentials(replica) ?? replicaCredentials(options, profile, spelling)
  return {
    ref: { ...parseTableName(replica.table, spelling('replicas')), ...endpoint },
    ...(credentials !== undefined && { credentials }),
    capacity: resolveCapacity(options, 'replica', spelling),
  }
}

type Endpoint = Pick<TableRef, 'endpoint' | 'endpointFrom'>

/** The table's own. */
function endpointOf({ endpoint }: TableOptions, from: string | undefined): Endpoint | undefined {
  if (endpoint === undefined) return undefined
  return { endpoint: shownEndpoint(endpoint), ...(from !== undefined && { endpointFrom: from }) }
}

/** The first that an option gives, with that option's name. */
function firstEndpoint(
  options: Given,
  names: readonly ('masterEndpoint' | 'replicaEndpoint' | 'replicaProfile' | 'endpoint')[],
  spelling: Spelling,
): Endpoint {
  const name = names.find((each) => options[each] !== undefined)
  if (name === undefined) return {}
  // Requests are signed: a user and a password in it are of no use to anybody.
  return { endpoint: shownEndpoint(options[name] as string), endpointFrom: spelling(name) }
}

function distinct(replicas: TableSettings[], spelling: Spelling): TableSettings[] {
  const labels = replicas.map(({ ref }) => ref.label)
  const twice = labels.find((label, index) => labels.indexOf(label) !== index)
  if (twice === undefined) return replicas
  throw usageError(
    `Expected each \`${spelling('replicas')}\` to have a name of its own, got ${twice} twice`,
    'Name each replica once. For two tables of one name, use ARNs.',
  )
}
