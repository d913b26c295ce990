/** Converts what the SDK throws into our errors: classified once, where they enter. */
import { TablesyncError } from '../../errors.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { FailureKind } from './error-kind.ts'
import {
  isBeforeSending,
  type SocketError,
  socketTrouble,
  triedAddresses,
  UNREACHABLE,
} from './socket-errors.ts'

interface SdkError extends SocketError {
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly throttlingReasons?: readonly string[]
}

const NOT_FOUND: FailureKind = {
  code: 'TABLE_NOT_FOUND',
  scope: 'table',
  hint: 'Check the name, the region and the account that the credentials belong to.',
}
const DENIED: FailureKind = {
  code: 'ACCESS_DENIED',
  scope: 'table',
  hint: 'docs/permissions.md lists the IAM actions that each flag needs.',
}
const BAD_CREDENTIALS: FailureKind = {
  code: 'CREDENTIALS',
  scope: 'table',
  hint: 'Check the profile, role or environment the credentials come from, and that they have not expired.',
}
const BAD_SIGNATURE: FailureKind = {
  code: 'CREDENTIALS',
  scope: 'table',
  hint: 'Check the secret key, and that the clock of this machine is right.',
}
const THROTTLED: FailureKind = {
  code: 'THROTTLED',
  scope: 'segment',
  hint: 'Give the table more capacity, or run with a lower --parallel or a higher --max-retries.',
}
const BAD_RESPONSE: FailureKind = {
  code: 'BAD_RESPONSE',
  scope: 'segment',
  hint: 'Check that the endpoint is DynamoDB, and that no proxy rewrites its answers.',
}

/** Items of one partition key and local indexes (developer guide, "Item collections"). */
const COLLECTION_FULL: FailureKind = {
  code: 'SERVICE',
  scope: 'segment',
  hint: 'The items of one partition key and their local indexes take at most 10 GB. Make room: run with --delete-extra alone first.',
}

/** How the service refuses a signature that is wrong, or whose time it does not believe. */
const MIS_SIGNED = [
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'RequestExpired',
  'RequestInTheFuture',
  'RequestTimeTooSkewed',
  'AuthFailure',
]

/** By the name or the code of the error. */
const KINDS: ReadonlyMap<string, FailureKind> = new Map([
  ['ResourceNotFoundException', NOT_FOUND],
  ['AccessDeniedException', DENIED],
  ['AccessDenied', DENIED],
  ['UnrecognizedClientException', BAD_CREDENTIALS],
  ...MIS_SIGNED.map((name): [string, FailureKind] => [name, BAD_SIGNATURE]),
  ['MissingAuthenticationTokenException', BAD_CREDENTIALS],
  ['ExpiredTokenException', BAD_CREDENTIALS],
  ['CredentialsProviderError', BAD_CREDENTIALS],
  ...[
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'Throttling',
    'ThrottledException',
    'RequestThrottled',
    'RequestThrottledException',
    'RequestLimitExceeded',
    'LimitExceededException',
    'TooManyRequestsException',
    'BandwidthLimitExceeded',
    'PriorRequestNotComplete',
    'SlowDown',
    // In a table that is strongly consistent across regions: another region writes the item.
    'ReplicatedWriteConflictException',
  ].map((name): [string, FailureKind] => [name, THROTTLED]),
  ['ItemCollectionSizeLimitExceededException', COLLECTION_FULL],
  ['ChecksumMismatch', BAD_RESPONSE],
  ['SyntaxError', BAD_RESPONSE],
  ['TimeoutError', UNREACHABLE],
])

/** Where a request failed, for the message. */
export interface RequestContext {
  readonly operation: string
  readonly table: TableIndex
  readonly label: string
}

export function asFailure(
  error: unknown,
  { operation, table, label }: RequestContext,
): TablesyncError {
  if (error instanceof TablesyncError) {
    const { code, scope, hint, message } = error
    return new TablesyncError(message, { code, scope, hint, table, cause: error })
  }
  const failure = error as SdkError
  const message = `${operation} on ${label}: ${describe(failure)}`
  return new TablesyncError(message, { ...kindOf(failure), table, cause: error })
}

export const isMisSigned = ({ name }: Error): boolean => MIS_SIGNED.includes(name)

/** Whether there was no answer, or one with status 5xx: the endpoint may be down for all. */
export function hasNoAnswer({ code, cause }: TablesyncError): boolean {
  const status = (cause as SdkError | undefined)?.$metadata?.httpStatusCode
  if (status !== undefined) return status >= 500
  // Somebody answered, though not in HTTP.
  if ((cause as SocketError | undefined)?.code?.startsWith('HPE_')) return false
  return code === 'UNREACHABLE' || code === 'TABLE_SILENT'
}

export function hasReachedNobody({ cause }: TablesyncError): boolean {
  return isBeforeSending((cause ?? {}) as SocketError)
}

/** `what`: what became of a request because the run is ending. */
export const runEnds = (what: string) =>
  new TablesyncError(`The run is to end: this was ${what}`, { code: 'ENDED', scope: 'segment' })

/** Whether the request was not sent because the run is ending. */
export function isEnded(error: unknown): boolean {
  return error instanceof TablesyncError && error.code === 'ENDED'
}

/** Whether the condition of a write did not hold. */
export function isRefusal({ cause }: TablesyncError): boolean {
  return (cause as SdkError | undefined)?.name === 'ConditionalCheckFailedException'
}

/** Whether another transaction used the item: nothing was written, and it may soon be over. */
export function isContended({ cause }: TablesyncError): boolean {
  return (cause as SdkError | undefined)?.name === 'TransactionConflictException'
}

/** Whether a range of keys was throttled while the table as a whole has capacity left. */
export function isHotKeyRange({ cause }: TablesyncError): boolean {
  const reasons = (cause as SdkError | undefined)?.throttlingReasons ?? []
  return reasons.some((reason) => reason.includes('KeyRange'))
}

/** Whether the same request may succeed later. If the error ends its item: no more tries. */
export function isPassing(error: TablesyncError): boolean {
  return error.scope !== 'item' && mayPass(error)
}

/** Whether the reason may be gone later, however often the request was tried. */
export function mayPass({ code }: TablesyncError): boolean {
  return code === 'THROTTLED' || code === 'UNREACHABLE' || code === 'BAD_RESPONSE'
}

/** Whether the service refused the request for good: not for lack of capacity or for now. */
export const isFinalRefusal = ({ code }: TablesyncError) =>
  code === 'ACCESS_DENIED' || code === 'SERVICE'

/** Whether no single key can be at fault, but the connection, the credentials or the run. */
export function isOfTheTable({ code, cause }: TablesyncError): boolean {
  if (code === 'UNREACHABLE') {
    return (cause as SdkError | undefined)?.$metadata?.httpStatusCode === undefined
  }
  return !['ACCESS_DENIED', 'SERVICE', 'THROTTLED', 'BAD_RESPONSE'].includes(code)
}

function kindOf(error: SdkError): FailureKind {
  const known = KINDS.get(error.name) ?? KINDS.get(error.code ?? '')
  if (known) return known
  const status = error.$metadata?.httpStatusCode ?? 0
  // Without a status nobody has answered, so it is no refusal.
  const trouble = status === 0 ? socketTrouble(error) : undefined
  if (trouble !== undefined) return trouble
  if (status === 429) return THROTTLED
  if (status >= 500) return UNREACHABLE
  return { code: 'SERVICE', scope: 'segment' }
}

/** Why it failed, in the words of the original error. */
export const reasonOf = ({ cause, message }: TablesyncError): string =>
  cause instanceof Error ? describe(cause) : message

function describe(error: SdkError): string {
  const tried = triedAddresses(error)
  if (tried !== undefined) return tried
  const name = error.name === 'Error' ? (error.code ?? 'Error') : error.name
  // V8 quotes parts of what it cannot parse, and that may be a value of an item.
  if (error.name === 'SyntaxError' && / JSON\b/.test(error.message) && /["']/.test(error.message)) {
    return `${name}: an answer that is not JSON`
  }
  return error.message === '' ? name : `${name}: ${error.message}`
}
