/** Which account credentials belong to: a table without a full name is made in that one. */
import { TablesyncError, usageError } from '../errors.ts'
import { QUIET, sdkHandler } from '../http/sdk-handler.ts'
import type { RequestTimeouts } from '../model/request-timeouts.ts'
import type { CredentialKeeper } from '../model/tables/aws-credentials.ts'
import { placeOf, whereIs } from '../model/tables/endpoint-kind.ts'
import { NO_ACCOUNT } from '../model/tables/planned-table.ts'
import type { TableRef } from '../model/tables/table.ts'
import { readConfiguration } from './configuration.ts'
import { configuredEndpoint } from './endpoint.ts'

export interface CallerAccount {
  /** Twelve digits. */
  readonly account: string
  /** `aws`, `aws-cn`, `aws-us-gov` …, as ARNs begin. */
  readonly partition: string
}

/** What emulators say, which have one account mostly. */
const OF_EMULATORS: CallerAccount = { account: NO_ACCOUNT, partition: 'aws' }

/** Errors that an STS answers with, and no engine without one. */
const OF_STS = /^(AccessDenied|ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch)/

export interface AccountAsking {
  readonly ref: TableRef
  /** The table's profile; its endpoints apply to STS too. */
  readonly profile: string | undefined
  readonly credentials: CredentialKeeper
  readonly timeouts: Pick<RequestTimeouts, 'connectTimeout' | 'responseTimeout'>
  readonly trust: string | undefined
  readonly ending: AbortSignal
}

/**
 * Asks STS. Of an endpoint that is not the service's, only an STS is asked that somebody has
 * configured: that of AWS would speak of another world.
 *
 * @throws TablesyncError with code `CREDENTIALS` if STS gives no account
 */
export async function callerAccount(asking: AccountAsking): Promise<CallerAccount> {
  const { ref, profile } = asking
  const sts = configuredEndpoint(await readConfiguration(), profile, 'STS')
  const isAws = whereIs(ref.endpoint) === 'aws'
  if (!isAws && sts === undefined) return OF_EMULATORS
  try {
    return await identityOf(asking, sts?.url)
  } catch (error) {
    asking.ending.throwIfAborted()
    const { name, message, $metadata } = error as Error & {
      readonly $metadata?: { readonly httpStatusCode?: number }
    }
    const isAnswered = ($metadata?.httpStatusCode ?? 0) >= 400 && !OF_STS.test(name)
    // One variable names the endpoint of all services, and this one is of DynamoDB alone.
    if (!isAws && isAnswered && placeOf(sts?.url) === placeOf(ref.endpoint)) return OF_EMULATORS
    if (error instanceof TablesyncError) throw error
    throw new TablesyncError(`GetCallerIdentity for ${ref.label}: ${name}: ${message}`, {
      code: 'CREDENTIALS',
      scope: 'run',
      cause: error,
      hint: 'No table is made in an account that is not known. Let the endpoint of STS be reached.',
    })
  }
}

async function identityOf(
  { ref, profile, credentials, timeouts, trust, ending }: AccountAsking,
  endpoint: string | undefined,
): Promise<CallerAccount> {
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts')
  const client = new STSClient({
    region: ref.region,
    ...(profile !== undefined && { profile }),
    ...(endpoint === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint }),
    credentials: async () => (await credentials()).credentials,
    requestHandler: sdkHandler({ timeouts, ending, trust }),
    logger: QUIET,
  })
  try {
    const { Account: account = '', Arn } = await client.send(new GetCallerIdentityCommand({}))
    if (/^\d{12}$/.test(account)) return { account, partition: Arn?.split(':')[1] || 'aws' }
    throw usageError(`Expected STS to give an account of 12 digits for ${ref.label}, got none`)
  } finally {
    client.destroy()
  }
}
