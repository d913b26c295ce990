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

/** How long a source that failed is left alone, while what it gave before is valid. */
const ASK_AGAIN_AFTER: Milliseconds = 20_000

/** What emulators take where the user has no AWS credentials. */
const ANONYMOUS: PlainCredentials = { accessKeyId: 'local', secretAccessKey: 'local' }

export interface CredentialPlace {
  readonly region: string
  /** On this machine there is no instance role to ask for, and none is needed. */
  readonly loopback: boolean
}

/** The source gives up with `CREDENTIALS` where an answer takes longer than `limit`. */
export function openCredentials(
  choice: CredentialChoice,
  place: CredentialPlace,
  limit: Milliseconds,
): CredentialSource {
  if (typeof choice.credentials === 'object') {
    const credentials = plain(choice.credentials)
    return async () => credentials
  }
  return renewed({
    provide: choice.credentials ?? provider(choice, place),
    profile: choice.profile,
    limit,
  })
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

interface Renewal {
  readonly provide: CredentialSource
  readonly profile: string | undefined
  readonly limit: Milliseconds
}

/** One request at a time, and its answer kept until it nears its end. */
function renewed({ provide, profile, limit }: Renewal): CredentialSource {
  let held: PlainCredentials | undefined
  let asking: Promise<PlainCredentials> | undefined
  let askAgainAt = 0
  return async () => {
    const due = Date.now() < askAgainAt ? 0 : RENEW_BEFORE
    if (held !== undefined && timeLeft(held) > due) return held
    asking ??= answerWithin(limit, provide).finally(() => {
      asking = undefined
    })
    try {
      held = plain(await asking)
    } catch (error) {
      // What is still valid is better than nothing, and than waiting with every request.
      if (held === undefined || timeLeft(held) <= 0) throw unobtainable(error, profile)
      askAgainAt = Date.now() + ASK_AGAIN_AFTER
    }
    return held
  }
}

async function answerWithin(
  limit: Milliseconds,
  provide: CredentialSource,
): Promise<PlainCredentials> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${limit / 1000} s`)), limit)
  })
  try {
    return await Promise.race([provide(), late])
  } finally {
    clearTimeout(timer)
  }
}

/** Whoever was asked for credentials said no: not to be taken for a word of the table's. */
function unobtainable(cause: unknown, profile: string | undefined): TablesyncError {
  if (cause instanceof TablesyncError) return cause
  const from = profile === undefined ? '' : ` from profile ${profile}`
  return new TablesyncError(`No credentials${from}: ${describe(cause)}`, {
    code: 'CREDENTIALS',
    scope: 'table',
    hint: 'Check the profile, role or environment that they are to come from.',
    cause,
  })
}

const describe = (cause: unknown) =>
  cause instanceof Error ? `${cause.name}: ${cause.message}` : 'what was thrown is no error'

function timeLeft({ expiration }: PlainCredentials): Milliseconds {
  return expiration === undefined ? Number.POSITIVE_INFINITY : expiration.getTime() - Date.now()
}

/**
 * Providers add symbols, methods and fields of their own, which no thread needs.
 *
 * @throws TablesyncError with code `CREDENTIALS` where they are none
 */
function plain(given: PlainCredentials): PlainCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = given ?? {}
  const texts = [accessKeyId, secretAccessKey, sessionToken ?? '', accountId ?? '']
  const isPlain = texts.every((text) => typeof text === 'string')
  if (!isPlain || (expiration !== undefined && !isDate(expiration))) throw malformed()
  return {
    accessKeyId: accessKeyId as string,
    secretAccessKey: secretAccessKey as string,
    ...(sessionToken !== undefined && { sessionToken }),
    ...(expiration !== undefined && { expiration }),
    ...(accountId !== undefined && { accountId }),
  }
}

const isDate = (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime())

/** What came is not told: a part of it may be secret. */
function malformed(): TablesyncError {
  return new TablesyncError(
    'Expected credentials with accessKeyId and secretAccessKey, and where they have them ' +
      'sessionToken, accountId (text) and expiration (a Date), got something else',
    { code: 'CREDENTIALS', scope: 'table' },
  )
}
