/**
 * Outside to trusted: checks what came and fills in what did not. A refusal
 * says what was expected, what came, and under which name the user knows it.
 */
import { availableParallelism } from 'node:os'
import { usageError } from '../errors.ts'
import type { TableRef } from '../model/table.ts'
import { checkOptions, type Spelling } from './check.ts'
import type { RunOptions, TableOptions } from './run-options.ts'
import type { CredentialSettings, Settings, TableSettings } from './settings.ts'
import { parseTableName } from './table-name.ts'

const SEGMENTS_PER_WORKER = 4

export function resolveOptions(options: RunOptions, spelling: Spelling): Settings {
  checkOptions(options, spelling)
  const replicaOptions = options.replicas.map((replica) => asTableOptions(replica))
  const writes = options.dryRun !== true
  const workers = options.workers ?? availableParallelism()
  const startingKey = parseStartingKey(options, spelling)
  return Object.freeze({
    master: masterSettings(options, spelling),
    replicas: distinct(
      replicaOptions.map((replica) => replicaSettings(replica, options, spelling)),
      spelling,
    ),
    strategy: options.strategy ?? 'auto',
    dryRun:
      options.dryRun === true ||
      !(options.writeMissing || options.writeDiffering || options.deleteExtra),
    write: {
      missing: writes && options.writeMissing === true,
      differing: writes && options.writeDiffering === true,
      extra: writes && options.deleteExtra === true,
    },
    scanForExtra: options.scanForExtra === true || options.deleteExtra === true,
    ignore: [...(options.ignore ?? [])],
    consistentRead: options.consistentRead === true,
    startingKey,
    segments: startingKey === undefined ? options.segments : 1,
    parallel: options.parallel ?? workers * SEGMENTS_PER_WORKER,
    workers,
    scanLimit: options.scanLimit,
    batchReadLimit: options.batchReadLimit ?? 100,
    patience: {
      connectTimeout: options.timeouts?.connect ?? 5000,
      responseTimeout: options.timeouts?.response ?? 20_000,
      silenceLimit: options.timeouts?.silence ?? 60_000,
      maxRetries: options.maxRetries ?? 10,
      retryDelayBase: options.retryDelayBase ?? 50,
    },
    report: options.report,
  })
}

function asTableOptions(table: string | TableOptions): TableOptions {
  return typeof table === 'string' ? { table } : table
}

function masterSettings(options: RunOptions, spelling: Spelling): TableSettings {
  const master = asTableOptions(options.master)
  const endpoint = master.endpoint ?? options.masterEndpoint ?? options.endpoint
  return {
    ref: tableRef(master.table, endpoint, 'master', spelling),
    credentials: ownCredentials(master) ?? credentialsOf(options, spelling),
  }
}

function replicaSettings(
  replica: TableOptions,
  options: RunOptions,
  spelling: Spelling,
): TableSettings {
  // The seed's README names an endpoint where a profile is meant; both work.
  const profileIsEndpoint = /^https?:\/\//.test(options.replicaProfile ?? '')
  const profile = profileIsEndpoint ? undefined : options.replicaProfile
  const endpoint =
    replica.endpoint ??
    options.replicaEndpoint ??
    (profileIsEndpoint ? options.replicaProfile : undefined) ??
    options.endpoint
  const credentials =
    ownCredentials(replica) ??
    definedOnly({
      profile,
      roleArn: options.replicaRoleArn,
      mfaSerial: options.replicaMfaSerial,
      mfaToken: options.replicaMfaToken,
    })
  checkMfa(credentials, REPLICA_MFA, spelling)
  return {
    ref: tableRef(replica.table, endpoint, 'replicas', spelling),
    ...(Object.keys(credentials).length > 0 && { credentials }),
  }
}

function ownCredentials(table: TableOptions): CredentialSettings | undefined {
  const { credentials, profile, roleArn, mfaSerial, mfaToken } = table
  const own = definedOnly({ credentials, profile, roleArn, mfaSerial, mfaToken })
  return Object.keys(own).length > 0 ? own : undefined
}

function credentialsOf(options: RunOptions, spelling: Spelling): CredentialSettings {
  const { profile, roleArn, mfaSerial, mfaToken } = options
  const credentials = definedOnly({ profile, roleArn, mfaSerial, mfaToken })
  checkMfa(credentials, MFA, spelling)
  return credentials
}

/** A role that is assumed here wants both; a profile may name role and device itself. */
function checkMfa(
  { profile, roleArn, mfaSerial, mfaToken }: CredentialSettings,
  names: MfaNames,
  spelling: Spelling,
): void {
  const alone = mfaSerial !== undefined ? names.serial : names.token
  if (roleArn === undefined && (mfaSerial !== undefined || mfaToken !== undefined)) {
    if (mfaSerial === undefined && profile !== undefined) return
    throw usageError(
      `Expected \`${spelling(alone)}\` to come with \`${spelling(names.role)}\`, got it alone`,
      'An MFA device is asked for when a role is assumed.',
    )
  }
  if ((mfaSerial === undefined) !== (mfaToken === undefined)) {
    throw usageError(
      `Expected \`${spelling(names.serial)}\` and \`${spelling(names.token)}\` together, got one of them`,
    )
  }
}

interface MfaNames {
  readonly role: string
  readonly serial: string
  readonly token: string
}

const MFA: MfaNames = { role: 'roleArn', serial: 'mfaSerial', token: 'mfaToken' }
const REPLICA_MFA: MfaNames = {
  role: 'replicaRoleArn',
  serial: 'replicaMfaSerial',
  token: 'replicaMfaToken',
}

function tableRef(
  text: string,
  endpoint: string | undefined,
  option: 'master' | 'replicas',
  spelling: Spelling,
): TableRef {
  const ref = parseTableName(text, spelling(option))
  return endpoint === undefined ? ref : { ...ref, endpoint }
}

function distinct(replicas: TableSettings[], spelling: Spelling): TableSettings[] {
  const labels = replicas.map(({ ref }) => ref.label)
  const twice = labels.find((label, index) => labels.indexOf(label) !== index)
  if (twice !== undefined) {
    throw usageError(
      `Expected each \`${spelling('replicas')}\` to have a name of its own, got ${twice} twice`,
    )
  }
  return replicas
}

function parseStartingKey({ startingKey, segments }: RunOptions, spelling: Spelling) {
  if (startingKey === undefined) return undefined
  if (segments !== undefined && segments > 1) {
    throw usageError(
      `Expected one segment with \`${spelling('startingKey')}\`, got ${segments}`,
      'A key is a place in one scan of the whole table.',
    )
  }
  const value = typeof startingKey === 'string' ? parseJson(startingKey) : startingKey
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw usageError(
      `Expected \`${spelling('startingKey')}\` to be a JSON object, got ${JSON.stringify(startingKey)}`,
      'For example {"id":"a","at":7}, or {"id":{"S":"a"},"at":{"N":"7"}}.',
    )
  }
  return value as Readonly<Record<string, unknown>>
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function definedOnly<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const defined = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
