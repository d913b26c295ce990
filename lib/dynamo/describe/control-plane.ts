/** Sends requests about tables, not about items: all that the SDK itself does, in the main thread. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { TablesyncError } from '../../errors.ts'
import { sdkHandler } from '../../http/sdk-handler.ts'
import type { RequestTimeouts } from '../../model/request-timeouts.ts'
import type { CredentialKeeper } from '../../model/tables/aws-credentials.ts'
import { whereIs } from '../../model/tables/endpoint-kind.ts'
import type { EndpointVariant } from '../../model/tables/table.ts'
import type { TableAccess } from '../../protocol/setup.ts'
import type { Outages } from '../../protocol/shared/outages.ts'
import { identityFrom } from '../request/cached-credentials.ts'
import { silenceWatch } from '../request/inactivity-timeout.ts'
import { OutageGate } from '../request/outage-wait.ts'
import { asFailure, isMisSigned } from '../request/request-errors.ts'
import { retrying } from '../request/retry.ts'
import { isExpiry } from '../request/signed-request.ts'

export interface ControlPlaneOptions {
  readonly credentials: CredentialKeeper
  readonly timeouts: RequestTimeouts
  /** When it aborts, every request ends with its reason. */
  readonly ending?: AbortSignal
  /** Absent: requests do not wait for a table that is out of reach. */
  readonly outages?: Outages
}

export type Described = Omit<TableAccess, 'keySchema' | 'address'>

export interface ControlPlane {
  readonly sdk: DynamoDBClient
  /**
   * Asks, and retries as often as `limits` allow.
   *
   * @throws TablesyncError, classified by `request-errors.ts`
   */
  ask<Answer>(operation: string, once: Asking<Answer>, limits?: RequestTimeouts): Promise<Answer>
  /** For answers that the run can do without: at most one retry. */
  askOnceOrTwice<Answer>(operation: string, once: Asking<Answer>): Promise<Answer>
  close(): void
}

type Asking<Answer> = (options: { readonly abortSignal: AbortSignal }) => Promise<Answer>

export function openControlPlane(access: Described, options: ControlPlaneOptions): ControlPlane {
  const { timeouts } = options
  const { index: table, label } = access
  const requestHandler = sdkHandler({ timeouts: timeouts, trust: access.trust })
  const silence = silenceWatch(timeouts.silenceLimit, options.ending)
  const isEnding = () => options.ending?.aborted === true
  const gate = new OutageGate({ ...options, table, isEnding })
  const identity = identityFrom(options.credentials)
  const isVariant = (kind: EndpointVariant['kind']) =>
    access.variants?.some((variant) => variant.kind === kind) === true
  const sdk = new DynamoDBClient({
    region: access.region,
    ...(access.profile !== undefined && { profile: access.profile }),
    // The SDK would use the endpoint of AWS_PROFILE, whatever profile it is given.
    ...(access.endpoint === undefined
      ? { ignoreConfiguredEndpointUrls: true }
      : { endpoint: access.endpoint }),
    useFipsEndpoint: isVariant('FIPS'),
    useDualstackEndpoint: isVariant('dual-stack'),
    credentials: () => identity.get(),
    maxAttempts: 1,
    customUserAgent: access.userAgent,
    requestHandler,
  })

  function ask<Answer>(
    operation: string,
    once: Asking<Answer>,
    limits: RequestTimeouts = timeouts,
  ): Promise<Answer> {
    const context = { operation, table, label }
    return silence.watch(context, (cutoff, excused) => {
      const answerOnce = async () => {
        // The SDK heeds the signal, but not while it waits for credentials.
        const answer = await cutoff.endingEarly(once({ abortSignal: cutoff.signal }))
        silence.onHeard()
        return answer
      }
      // The SDK has learnt the service's clock from the refusal, but does not retry on its own.
      const answerNow = () =>
        answerOnce().catch((error: Error) => {
          if (isMisSigned(error) && isClockMended(error)) return answerOnce()
          throw error
        })
      const attempt = async () => {
        try {
          const credentials = await cutoff.endingEarly(identity.get())
          return await answerNow().catch(async (error: unknown) => {
            const mayHelp = isExpiry(error)
            if (mayHelp && (await cutoff.endingEarly(identity.replace(credentials)))) {
              return answerNow()
            }
            throw error
          })
        } catch (error) {
          throw withEmulatorHint(asFailure(error, context), access.endpoint)
        }
      }
      const watched = gate.watch(attempt, { context, cutoff, excused })
      return retrying(limits, cutoff, watched.attempt, { outlasts: watched.outlasts })
    })
  }

  return {
    sdk,
    ask,
    askOnceOrTwice: (operation, once) =>
      ask(operation, once, { ...timeouts, maxRetries: Math.min(timeouts.maxRetries, 1) }),
    close() {
      sdk.destroy()
      requestHandler.destroy()
    },
  }
}

/** DynamoDB Local refuses access keys that cannot name a database (its usage notes, since 2.0). */
function withEmulatorHint(error: TablesyncError, endpoint: string | undefined): TablesyncError {
  const { cause, code, scope, table } = error
  const isKeyRefused = (cause as Error | undefined)?.name === 'UnrecognizedClientException'
  if (!isKeyRefused || whereIs(endpoint) === 'aws') return error
  return new TablesyncError(error.message, {
    ...{ code, scope, table, cause },
    hint: 'DynamoDB Local accepts only letters and digits in access key ids (no - or _). Set AWS_ACCESS_KEY_ID or the profile so.',
  })
}

/** The SDK marks an error after which it has corrected its clock. */
const isClockMended = (error: Error): boolean =>
  (error as { $metadata?: { clockSkewCorrected?: boolean } }).$metadata?.clockSkewCorrected === true
