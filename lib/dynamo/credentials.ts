/**
 * Who we are to each table. Resolved in the main thread, once, and served to
 * the workers from there: a provider cannot cross threads, and an MFA token
 * can be used only once.
 */
import {
  fromEnv,
  fromIni,
  fromNodeProviderChain,
  fromTemporaryCredentials,
} from '@aws-sdk/credential-providers'
import { TablesyncError } from '../errors.ts'
import type { CredentialKeeper, CredentialSource, PlainCredentials } from '../model/credentials.ts'
import type { Milliseconds } from '../model/units.ts'
import { keepFixed, keepRenewed, type Provide, plainCredentials } from './credential-keeper.ts'

export interface CredentialChoice {
  /** A profile of the shared AWS files: static keys, SSO, process or role. */
  readonly profile?: string
  /** A role to assume, from the profile where one is given, else from the default chain. */
  readonly roleArn?: string
  readonly mfaSerial?: string
  readonly mfaToken?: string
  /** Credentials, or a function that yields them; stands above all the others. */
  readonly credentials?: PlainCredentials | CredentialSource
}

/** What emulators take where the user has no AWS credentials. */
const ANONYMOUS: PlainCredentials = { accessKeyId: 'local', secretAccessKey: 'local' }

export interface CredentialPlace {
  readonly region: string
  /** On this machine there is no instance role to ask for, and none is needed. */
  readonly loopback: boolean
  /** What a session of an assumed role is called, for whoever reads the account's logs. */
  readonly sessionName: string
}

/** The source gives up with `CREDENTIALS` where an answer takes longer than `limit`. */
export function openCredentials(
  choice: CredentialChoice,
  place: CredentialPlace,
  limit: Milliseconds,
): CredentialKeeper {
  const own = choice.credentials
  if (typeof own === 'object') return keepFixed(plainCredentials(own))
  return keepRenewed({
    provide: typeof own === 'function' ? () => own() : provider(choice, place),
    profile: choice.profile,
    limit,
  })
}

function provider(
  choice: CredentialChoice,
  { region, loopback, sessionName }: CredentialPlace,
): Provide {
  const { profile, roleArn, mfaSerial, mfaToken } = choice
  const mfaCodeProvider = oneTimeToken(mfaToken)
  const clientConfig = { region }
  const base =
    profile === undefined && loopback
      ? localChain()
      : fromNodeProviderChain({
          ...(profile !== undefined && { profile }),
          mfaCodeProvider,
          clientConfig,
        })
  if (roleArn === undefined) return (forceRefresh) => base({ forceRefresh })
  const assumed = fromTemporaryCredentials({
    masterCredentials: base,
    params: {
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      ...(mfaSerial !== undefined && { SerialNumber: mfaSerial }),
    },
    ...(mfaSerial !== undefined && { mfaCodeProvider }),
    clientConfig,
  })
  return () => assumed()
}

/** The environment, then the shared files, then nobody in particular. */
function localChain(): CredentialSource {
  return () => fromEnv()().catch(() => fromIni()().catch(() => ANONYMOUS))
}

function oneTimeToken(token: string | undefined): (serial: string) => Promise<string> {
  let used = false
  return async (serial) => {
    if (token !== undefined && !used) {
      used = true
      return token
    }
    throw new TablesyncError(
      used
        ? `The session of MFA device ${serial} has ended, and its token can be used only once`
        : `MFA device ${serial} wants a token, and none was given`,
      {
        code: 'CREDENTIALS',
        scope: 'table',
        hint: used
          ? 'Run again with a new token; give the role a longer session where runs take longer.'
          : 'Give the six digits with --mfa-token or --replica-mfa-token.',
      },
    )
  }
}
