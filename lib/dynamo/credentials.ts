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
import type { CredentialSource, PlainCredentials } from '../model/credentials.ts'
import type { Milliseconds } from '../model/units.ts'

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

/** Credentials with less left than this are renewed before they are handed out. */
const RENEW_BEFORE: Milliseconds = 6 * 60_000

/** What emulators take where the user has no AWS credentials. */
const ANONYMOUS: PlainCredentials = { accessKeyId: 'local', secretAccessKey: 'local' }

export interface CredentialPlace {
  readonly region: string
  /** On this machine there is no instance role to ask for, and none is needed. */
  readonly loopback: boolean
}

export function openCredentials(
  choice: CredentialChoice,
  place: CredentialPlace,
): CredentialSource {
  if (typeof choice.credentials === 'object') {
    const { credentials } = choice
    return async () => credentials
  }
  return renewed(choice.credentials ?? provider(choice, place), choice.profile)
}

function provider(
  choice: CredentialChoice,
  { region, loopback }: CredentialPlace,
): CredentialSource {
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
  if (roleArn === undefined) return base
  return fromTemporaryCredentials({
    masterCredentials: base,
    params: {
      RoleArn: roleArn,
      RoleSessionName: 'tablesync',
      ...(mfaSerial !== undefined && { SerialNumber: mfaSerial }),
    },
    ...(mfaSerial !== undefined && { mfaCodeProvider }),
    clientConfig,
  })
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

/** One request at a time, and its answer kept until it nears its end. */
function renewed(provide: CredentialSource, profile: string | undefined): CredentialSource {
  let held: PlainCredentials | undefined
  let asking: Promise<PlainCredentials> | undefined
  return async () => {
    if (held !== undefined && timeLeft(held) > RENEW_BEFORE) return held
    asking ??= provide().finally(() => {
      asking = undefined
    })
    try {
      held = plain(await asking)
    } catch (error) {
      // What is still valid is better than nothing, and is asked for again next time.
      if (held === undefined || timeLeft(held) <= 0) throw unobtainable(error, profile)
    }
    return held
  }
}

/** Whoever was asked for credentials said no: not to be taken for a word of the table's. */
function unobtainable(cause: unknown, profile: string | undefined): TablesyncError {
  if (cause instanceof TablesyncError) return cause
  const { name, message } = cause as Error
  const from = profile === undefined ? '' : ` from profile ${profile}`
  return new TablesyncError(`No credentials${from}: ${name}: ${message}`, {
    code: 'CREDENTIALS',
    scope: 'table',
    hint: 'Check the profile, role or environment that they are to come from.',
    cause,
  })
}

function timeLeft({ expiration }: PlainCredentials): Milliseconds {
  return expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - Date.now()
}

/** Providers add symbols and fields of their own, which no thread needs. */
function plain(given: PlainCredentials): PlainCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = given
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    ...(expiration !== undefined && { expiration }),
    ...(accountId !== undefined && { accountId }),
  }
}
