/** Gets credentials from their source: a file, a process, a service or the machine. */
import {
  fromEnv,
  fromIni,
  fromInstanceMetadata,
  fromTemporaryCredentials,
  fromTokenFile,
} from '@aws-sdk/credential-providers'
import { QUIET, sdkHandler } from '../http/sdk-handler.ts'
import type { RequestTimeouts } from '../model/request-timeouts.ts'
import type { PlainCredentials } from '../model/tables/aws-credentials.ts'
import type { Configuration, Section } from './configuration.ts'
import { containerCredentials } from './container-credentials.ts'
import { runCredentialCommand } from './credential-command.ts'
import type { AssumedRole, CredentialPath, Origin } from './credential-path.ts'
import { configuredEndpoint } from './endpoint.ts'

export interface Asking {
  readonly configuration: Configuration
  /** The table's profile; its endpoints apply to STS and SSO too. Absent: the environment's. */
  readonly profile: string | undefined
  readonly region: string
  readonly timeouts: Pick<RequestTimeouts, 'connectTimeout' | 'responseTimeout'>
  /** Certificates to trust (PEM). Undefined: those that Node.js trusts. */
  readonly trust: string | undefined
  /** The session name for an assumed role whose profile does not give one. */
  readonly sessionName: string
  /** Returns the token of a device, once. */
  readonly mfaCode: (serial: string) => Promise<string>
  /** When it aborts, nobody waits for the answer any more. */
  readonly ending: AbortSignal
}

export async function ask(
  { origin, roles }: CredentialPath,
  asking: Asking,
): Promise<PlainCredentials> {
  let credentials = await first(origin, asking)
  for (const role of roles) credentials = await assume(role, credentials, asking)
  return credentials
}

async function first(origin: Origin, asking: Asking): Promise<PlainCredentials> {
  const { configuration, ending } = asking
  switch (origin.kind) {
    case 'environment':
      return fromEnv()()
    case 'container':
      return containerCredentials(configuration.env, ending)
    case 'instance':
      return fromInstanceMetadata({ logger: QUIET })()
    case 'process':
      return runCredentialCommand(origin.profile, origin.command, ending)
    case 'web-identity': {
      const { tokenFile: webIdentityTokenFile, roleArn, sessionName } = origin
      const roleSessionName = sessionName ?? asking.sessionName
      const clientConfig = { ...clientOf('STS', asking), region: asking.region }
      return fromTokenFile({ webIdentityTokenFile, roleArn, roleSessionName, clientConfig })()
    }
    case 'keys':
      return keysOf(configuration.credentialsOf(origin.profile) ?? {})
    case 'sso':
    case 'login': {
      const { profile, kind } = origin
      // The region is that of the session, which the SDK finds.
      const clientConfig = clientOf(kind === 'login' ? 'SIGNIN' : 'SSO', asking)
      return fromIni({ profile, clientConfig, logger: QUIET, ignoreCache: true })()
    }
  }
}

/** Reads keys without the SDK: if the profile is also a role, the SDK would assume it first. */
function keysOf(section: Section): PlainCredentials {
  const { aws_session_token: sessionToken, aws_account_id: accountId } = section
  return {
    accessKeyId: section['aws_access_key_id'] ?? '',
    secretAccessKey: section['aws_secret_access_key'] ?? '',
    ...(sessionToken !== undefined && { sessionToken }),
    ...(accountId !== undefined && { accountId }),
  }
}

/** @throws what STS throws, under the name that STS gives it */
export async function assume(
  role: AssumedRole,
  masterCredentials: PlainCredentials,
  asking: Asking,
): Promise<PlainCredentials> {
  const { roleArn, externalId, duration, mfaSerial } = role
  const assumed = await fromTemporaryCredentials({
    masterCredentials,
    params: {
      RoleArn: roleArn,
      RoleSessionName: role.sessionName ?? asking.sessionName,
      ...(externalId !== undefined && { ExternalId: externalId }),
      ...(duration !== undefined && { DurationSeconds: Number.parseInt(duration, 10) }),
      ...(mfaSerial !== undefined && { SerialNumber: mfaSerial }),
    },
    mfaCodeProvider: asking.mfaCode,
    clientConfig: { ...clientOf('STS', asking), region: asking.region },
  })()
  // The account's own endpoint is chosen by its id.
  const [, , , , accountId] = roleArn.split(':')
  return { ...assumed, ...(accountId && { accountId }) }
}

/** A client that follows the table's own profile, and takes nothing from `AWS_PROFILE`. */
function clientOf(service: string, { configuration, profile, timeouts, ending, trust }: Asking) {
  const endpoint = configuredEndpoint(configuration, profile, service)
  return {
    ...(profile !== undefined && { profile }),
    ...(endpoint === undefined
      ? { ignoreConfiguredEndpointUrls: true }
      : { endpoint: endpoint.url }),
    requestHandler: sdkHandler({ timeouts, ending, trust }),
    logger: QUIET,
  }
}
