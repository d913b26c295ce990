/** Options of who we are to a table, and which of them go together. */
import { usageError } from '../../errors.ts'
import type { CredentialSource, PlainCredentials } from '../../model/tables/aws-credentials.ts'
import type { Group, OptionsOf, Spelling } from '../option.ts'
import { ownOptions } from '../own-options.ts'
import { shown } from '../values/quoted-value.ts'

export const CREDENTIAL_OPTIONS = {
  /** Profile of the shared AWS files, for the master and for replicas that have no credentials of their own. */
  profile: {
    flag: 'profile',
    kind: 'text',
    value: 'name',
    also: ['apply', 'undo', 'revert', 'shard', 'fingerprint'],
    help: 'Profile of the shared AWS files, for master and replicas',
    helpFor: {
      undo: 'Profile of the shared AWS files, for the replicas',
      revert: 'Profile of the shared AWS files, for the replica',
    },
  },
  /** Role to assume, for the master and for replicas that have no credentials of their own. */
  roleArn: {
    flag: 'role-arn',
    kind: 'text',
    value: 'arn',
    also: ['apply', 'undo', 'revert', 'shard', 'fingerprint'],
    help: 'Role to assume, for master and replicas',
    helpFor: {
      undo: 'Role to assume, for the replicas',
      revert: 'Role to assume, for the replica',
    },
  },
  /** MFA device that the role requires. */
  mfaSerial: {
    flag: 'mfa-serial',
    kind: 'text',
    value: 'serial',
    also: ['apply', 'undo', 'revert', 'shard', 'fingerprint'],
    help: 'MFA device that the role requires',
  },
  /** Token of the MFA device. */
  mfaToken: {
    flag: 'mfa-token',
    kind: 'text',
    value: 'digits',
    secret: true,
    also: ['apply', 'undo', 'revert', 'shard', 'fingerprint'],
    help: 'Token of the MFA device; used once and never logged',
  },
  /** Profile for the replicas. */
  replicaProfile: {
    flag: 'replica-profile',
    aliases: ['slave-profile'],
    kind: 'text',
    value: 'name',
    also: ['apply', 'undo', 'revert', 'shard'],
    help: 'Profile for the replicas. A URL is taken as --replica-endpoint',
  },
  /** Role to assume for the replicas. */
  replicaRoleArn: {
    flag: 'replica-role-arn',
    aliases: ['slave-role-arn'],
    kind: 'text',
    value: 'arn',
    also: ['apply', 'undo', 'revert', 'shard'],
    help: 'Role to assume for the replicas, from --replica-profile or the default credentials',
  },
  /** MFA device that the replicas' role requires. */
  replicaMfaSerial: {
    flag: 'replica-mfa-serial',
    aliases: ['slave-mfa-serial'],
    kind: 'text',
    value: 'serial',
    also: ['apply', 'undo', 'revert', 'shard'],
    help: "MFA device that the replicas' role requires",
  },
  /** Token of that device. */
  replicaMfaToken: {
    flag: 'replica-mfa-token',
    aliases: ['slave-mfa-token'],
    kind: 'text',
    value: 'digits',
    secret: true,
    also: ['apply', 'undo', 'revert', 'shard'],
    help: 'Token of that device; used once and never logged',
  },
} as const satisfies Group

export type CredentialOptions = OptionsOf<typeof CREDENTIAL_OPTIONS>

export interface CredentialSettings {
  /** Credentials, or a function that yields them. */
  readonly credentials?: PlainCredentials | CredentialSource
  readonly profile?: string
  readonly roleArn?: string
  readonly mfaSerial?: string
  readonly mfaToken?: string
}

export function checkCredentials(value: unknown, name: string): void {
  if (typeof value === 'function') return
  const { accessKeyId, secretAccessKey } = (value ?? {}) as Record<string, unknown>
  if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string') return
  throw usageError(
    `Expected \`${name}\` to be credentials, or a function that yields them, got ${shown(value)}`,
    'Credentials have accessKeyId and secretAccessKey.',
  )
}

/** Those that a table was given by itself. */
export function ownCredentials(
  table: CredentialSettings & { readonly table: string },
): CredentialSettings | undefined {
  const { credentials, profile, roleArn, mfaSerial, mfaToken } = table
  const own = definedOnly({ credentials, profile, roleArn, mfaSerial, mfaToken })
  const names = Object.keys(own)
  if (names.length === 0) return undefined
  if (credentials !== undefined && names.length > 1) {
    throw usageError(
      `Expected \`credentials\` of ${table.table} without other settings for credentials, got ${names.join(', ')}`,
      'To use a role, pass a function that assumes it and returns its credentials.',
    )
  }
  checkMfa(own, MFA, (name) => `${name} of ${table.table}`)
  return own
}

export function masterCredentials(
  options: CredentialOptions,
  spelling: Spelling,
): CredentialSettings {
  const { profile, roleArn, mfaSerial, mfaToken } = options
  const credentials = definedOnly({ profile, roleArn, mfaSerial, mfaToken })
  checkMfa(credentials, MFA, spelling)
  return credentials
}

/** Undefined: the master's serve the replicas too. */
export function replicaCredentials(
  options: CredentialOptions,
  profile: string | undefined,
  spelling: Spelling,
): CredentialSettings | undefined {
  const credentials = definedOnly({
    profile,
    roleArn: options.replicaRoleArn,
    mfaSerial: options.replicaMfaSerial,
    mfaToken: options.replicaMfaToken,
  })
  checkMfa(credentials, REPLICA_MFA, spelling)
  return Object.keys(credentials).length > 0 ? credentials : undefined
}

const ROLE = /^arn:[^:]+:iam::\d{12}:role\/.+/

/** A role that is assumed here wants both; a profile may name role and device itself. */
function checkMfa(
  { profile, roleArn, mfaSerial, mfaToken }: CredentialSettings,
  names: MfaNames,
  spelling: Spelling,
): void {
  if (roleArn !== undefined && !ROLE.test(roleArn)) {
    throw usageError(
      `Expected \`${spelling(names.role)}\` to be the ARN of a role, got ${shown(roleArn)}`,
      'For example arn:aws:iam::123456789012:role/reader, with an account of 12 digits.',
    )
  }
  const alone = mfaSerial !== undefined ? names.serial : names.token
  if (roleArn === undefined && (mfaSerial !== undefined || mfaToken !== undefined)) {
    if (mfaSerial === undefined && profile !== undefined) return
    throw usageError(
      `Expected \`${spelling(alone)}\` to come with \`${spelling(names.role)}\`, got it alone`,
      `Add \`${spelling(names.role)}\`: an MFA device belongs to a role that is assumed.`,
    )
  }
  if ((mfaSerial === undefined) !== (mfaToken === undefined)) {
    throw usageError(
      `Expected \`${spelling(names.serial)}\` and \`${spelling(names.token)}\` together, got one of them`,
      'Add the other one.',
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

function definedOnly<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const defined = Object.entries(values).filter(([, value]) => value !== undefined)
  return ownOptions(Object.fromEntries(defined)) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
