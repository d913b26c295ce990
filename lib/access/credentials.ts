/**
 * Which identity is used for each table. The main thread resolves it once and serves it to the
 * workers: a provider cannot cross threads, and an MFA token can be used only once.
 *
 * Exactly one source is asked: the one that was given, or else the one that the environment sets
 * up. If it fails, no other is asked in its place: that would be another identity, maybe in another
 * account.
 */

import type { RequestTimeouts } from '../model/request-timeouts.ts'
import type {
  CredentialKeeper,
  CredentialSource,
  PlainCredentials,
} from '../model/tables/aws-credentials.ts'
import type { Place } from '../model/tables/endpoint-kind.ts'
import { readConfiguration } from './configuration.ts'
import {
  type Given,
  keepFixed,
  keepRenewed,
  plainCredentials,
  type Renewal,
} from './credential-keeper.ts'
import { credentialPath, type Origin } from './credential-path.ts'
import { environmentPath } from './environment-path.ts'
import { oneTimeToken } from './mfa-token.ts'
import { type Asking, ask, assume } from './sources.ts'
import { readTrust } from './trust.ts'

export interface CredentialChoice {
  /** A profile of the shared AWS files: static keys, SSO, process or role. */
  readonly profile?: string
  /** A role to assume, from the profile if one is given, else from the environment's source. */
  readonly roleArn?: string
  readonly mfaSerial?: string
  readonly mfaToken?: string
  /** Credentials, or a function that returns them. They override all other choices. */
  readonly credentials?: PlainCredentials | CredentialSource
}

/** What emulators get if the user has no AWS credentials. */
const DEFAULT_KEYS: PlainCredentials = { accessKeyId: 'local', secretAccessKey: 'local' }

export interface CredentialPlace {
  readonly region: string
  /** Who answers: the service, an emulator on this machine, or something else elsewhere. */
  readonly where: Place
  /** The name of an assumed role's session, for people who read the account's logs. */
  readonly sessionName: string
}

export type CredentialTimeouts = Pick<RequestTimeouts, 'connectTimeout' | 'responseTimeout'> & {
  /** How long one answer may take (milliseconds); then the source fails with `CREDENTIALS`. */
  readonly limit: number
  /** When it aborts, nobody needs credentials any more, and requests for them end. */
  readonly over: AbortSignal
}

export function openCredentials(
  choice: CredentialChoice,
  place: CredentialPlace,
  timeouts: CredentialTimeouts,
): CredentialKeeper {
  const { credentials: own } = choice
  if (typeof own === 'object') return keepFixed(plainCredentials(own))
  const source =
    typeof own === 'function'
      ? { provide: async () => ({ credentials: await own() }), from: () => undefined }
      : sourceOf(choice, place, timeouts)
  return keepRenewed({ ...source, limit: timeouts.limit, over: timeouts.over })
}

function sourceOf(
  choice: CredentialChoice,
  { region, where, sessionName }: CredentialPlace,
  timeouts: CredentialTimeouts,
): Pick<Renewal, 'provide' | 'from'> {
  const { profile, roleArn, mfaSerial } = choice
  const mfaCode = oneTimeToken(choice.mfaToken)
  let from = profile === undefined ? undefined : `profile ${profile}`
  const mayBeNobody = profile === undefined && where !== 'aws'
  /** Once a source has given credentials, default keys would be a change of identity. */
  let hasGiven = false
  let defaultKeys: string | undefined

  async function base(asking: Asking): Promise<Given> {
    const { configuration, ending } = asking
    if (defaultKeys !== undefined) return { credentials: DEFAULT_KEYS, defaultKeys }
    const { AWS_PROFILE: named } = configuration.env
    if (profile === undefined && named) from = `profile ${named}, which AWS_PROFILE names`
    try {
      const path =
        profile === undefined
          ? environmentPath(configuration, { asksMachine: where !== 'here' })
          : credentialPath(profile, configuration)
      from ??= nameOf(path.origin)
      const credentials = await ask(path, asking)
      hasGiven = true
      return { credentials }
    } catch (error) {
      if (!mayBeNobody || hasGiven || ending.aborted) throw error
      defaultKeys = `${from === undefined ? '' : `${from}: `}${(error as Error).message}`
      return { credentials: DEFAULT_KEYS, defaultKeys }
    }
  }

  return {
    from: () => from,
    async provide(ending) {
      const configuration = await readConfiguration()
      const trust = await readTrust(configuration)
      const asking = {
        ...{ configuration, profile, region, timeouts, trust, sessionName, mfaCode, ending },
      }
      const given = await base(asking)
      if (roleArn === undefined) return given
      return { credentials: await assume({ roleArn, mfaSerial }, given.credentials, asking) }
    },
  }
}

/** The name of the source that the environment sets up, for messages. */
function nameOf(origin: Origin): string {
  if ('profile' in origin && origin.profile !== undefined) return `profile ${origin.profile}`
  const names = {
    environment: 'the environment',
    container: 'the role of this container',
    instance: 'the role of this machine, since nothing else is set up',
    'web-identity': 'the role that AWS_ROLE_ARN names',
  }
  return names[origin.kind as keyof typeof names]
}
