/**
 * How a profile gets its credentials: from which source, and over which roles. The profile is taken
 * at its word. No other source is tried in its place, since that would be another identity.
 */
import type { Configuration, Section } from './configuration.ts'

/** Where the first credentials come from. `profile`: the profile that says so. */
export type Origin =
  | { readonly kind: 'keys' | 'sso' | 'login'; readonly profile: string }
  | { readonly kind: 'process'; readonly profile: string; readonly command: string }
  | {
      readonly kind: 'web-identity'
      readonly profile: string | undefined
      readonly tokenFile: string
      readonly roleArn: string
      readonly sessionName: string | undefined
    }
  | { readonly kind: 'environment' | 'container' | 'instance' }

export interface AssumedRole {
  readonly roleArn: string
  readonly sessionName?: string | undefined
  readonly externalId?: string | undefined
  /** Seconds, as the text in the file. */
  readonly duration?: string | undefined
  readonly mfaSerial?: string | undefined
}

export interface CredentialPath {
  readonly origin: Origin
  /** In the order in which they are assumed. */
  readonly roles: readonly AssumedRole[]
}

const NAMED_SOURCES = {
  Environment: 'environment',
  EcsContainer: 'container',
  Ec2InstanceMetadata: 'instance',
} as const

/** Settings of a profile that say how it gets credentials (SDKs and tools reference guide). */
const SPEAKS_OF_CREDENTIALS =
  /^(aws_access_key_id|aws_secret_access_key|role_arn|source_profile|credential_source|credential_process|web_identity_token_file|login_session|sso_.+)$/

export function speaksOfCredentials(section: Section | undefined): boolean {
  return Object.keys(section ?? {}).some((name) => SPEAKS_OF_CREDENTIALS.test(name))
}

/**
 * @param before the profiles that led to this one by `source_profile`
 * @throws Error whose message says which profile lacks what
 */
export function credentialPath(
  profile: string,
  configuration: Configuration,
  before: readonly string[] = [],
): CredentialPath {
  const section = configuration.credentialsOf(profile)
  if (section === undefined) {
    const named = before.length === 0 ? '' : `source_profile of ${before.at(-1)}: `
    throw new Error(
      `${named}there is no profile ${profile} in ${configuration.files}, or it is empty`,
    )
  }
  const { aws_access_key_id: id, aws_secret_access_key: secret } = section
  const hasKeys = id !== undefined && secret !== undefined
  // A role's profile may name itself as the source of the keys that assume the role.
  if (before.length > 0 && hasKeys) return begin({ kind: 'keys', profile })
  if (before.includes(profile)) {
    throw new Error(`the profiles name each other as source: ${[...before, profile].join(', ')}`)
  }
  const { role_arn: roleArn, web_identity_token_file: tokenFile } = section
  const { source_profile: source, credential_source: namedSource } = section
  if (roleArn !== undefined && (source !== undefined || namedSource !== undefined)) {
    if (source !== undefined && namedSource !== undefined) {
      throw new Error(`profile ${profile} has both source_profile and credential_source`)
    }
    const path =
      source === undefined
        ? begin(namedOrigin(profile, namedSource as string))
        : credentialPath(source, configuration, [...before, profile])
    return { ...path, roles: [...path.roles, roleOf(roleArn, section)] }
  }
  if (roleArn !== undefined && tokenFile === undefined) {
    throw new Error(
      `profile ${profile} has role_arn but no source_profile, credential_source or web_identity_token_file`,
    )
  }
  if (roleArn === undefined && namedSource !== undefined) {
    return begin(namedOrigin(profile, namedSource))
  }
  return begin(originOf(profile, section, configuration))
}

const begin = (origin: Origin): CredentialPath => ({ origin, roles: [] })

function roleOf(roleArn: string, section: Section): AssumedRole {
  return {
    roleArn,
    sessionName: section['role_session_name'],
    externalId: section['external_id'],
    duration: section['duration_seconds'],
    mfaSerial: section['mfa_serial'],
  }
}

function namedOrigin(profile: string, source: string): Origin {
  const kind = Object.entries(NAMED_SOURCES).find(([name]) => name === source)?.[1]
  if (kind !== undefined) return { kind }
  const names = Object.keys(NAMED_SOURCES).join(', ')
  throw new Error(
    `profile ${profile} has the credential_source ${source}; expected one of ${names}`,
  )
}

/** Looks for sources in the order in which the SDK looks for them in one profile. */
function originOf(profile: string, section: Section, configuration: Configuration): Origin {
  const lacks = (name: string) => new Error(`profile ${profile} lacks ${name}`)
  const { aws_access_key_id: id, aws_secret_access_key: secret } = section
  if (id !== undefined && secret !== undefined) return { kind: 'keys', profile }
  if (id !== undefined) throw lacks('aws_secret_access_key')
  if (secret !== undefined) throw lacks('aws_access_key_id')
  const { web_identity_token_file: tokenFile, role_arn: roleArn } = section
  if (tokenFile !== undefined) {
    if (roleArn === undefined) throw lacks('role_arn')
    const sessionName = section['role_session_name']
    return { kind: 'web-identity', profile, tokenFile, roleArn, sessionName }
  }
  const { credential_process: command } = section
  if (command !== undefined) return { kind: 'process', profile, command }
  if (Object.keys(section).some((name) => name.startsWith('sso_'))) {
    checkSso(profile, section, configuration)
    return { kind: 'sso', profile }
  }
  if (section['login_session'] !== undefined) return { kind: 'login', profile }
  throw new Error(`profile ${profile} says nothing of credentials`)
}

function checkSso(profile: string, section: Section, configuration: Configuration): void {
  const { sso_session: name } = section
  const session = name === undefined ? {} : configuration.section('sso-session', name)
  if (session === undefined) {
    throw new Error(`profile ${profile} names the sso-session ${name}, which is not in its file`)
  }
  const all = { ...section, ...session }
  for (const wanted of ['sso_start_url', 'sso_region', 'sso_account_id', 'sso_role_name']) {
    if (all[wanted] === undefined) throw new Error(`profile ${profile} lacks ${wanted}`)
  }
}
