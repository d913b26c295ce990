/** Which options say who we are to a table, and which of them go together. */
import { usageError } from '../../errors.ts'
import type { Spelling } from '../option.ts'
import { ownOptions } from '../own-options.ts'
import { shown } from '../quoted-value.ts'
import type { RunOptions, TableOptions } from '../run-options.ts'
import type { CredentialSettings } from '../settings.ts'

/** Those that a table was given by itself. */
export function ownCredentials(table: TableOptions): CredentialSettings | undefined {
  const { credentials, profile, roleArn, mfaSerial, mfaToken } = table
  const own = definedOnly({ credentials, profile, roleArn, mfaSerial, mfaToken })
  const names = Object.keys(own)
  if (names.length === 0) return undefined
  if (credentials !== undefined && names.length > 1) {
    throw usageError(
      `Expected \`credentials\` of ${table.table} by themselves, got ${names.join(', ')}`,
      'Credentials are used as they are. A function may assume a role and yield what it gets.',
    )
  }
  checkMfa(own, MFA, (name) => `${name} of ${table.table}`)
  return own
}

export function masterCredentials(options: RunOptions, spelling: Spelling): CredentialSettings {
  const { profile, roleArn, mfaSerial, mfaToken } = options
  const credentials = definedOnly({ profile, roleArn, mfaSerial, mfaToken })
  checkMfa(credentials, MFA, spelling)
  return credentials
}

/** Undefined: the master's serve the replicas too. */
export function replicaCredentials(
  options: RunOptions,
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

function definedOnly<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const defined = Object.entries(values).filter(([, value]) => value !== undefined)
  return ownOptions(Object.fromEntries(defined)) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
