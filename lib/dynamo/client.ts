/** One table's client: what is sent is paced, watched, tried again, and its errors made ours. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { CredentialKeeper } from '../model/credentials.ts'
import type { Patience } from '../model/patience.ts'
import type { TableAccess } from '../protocol/messages.ts'
import { Traffic } from '../protocol/traffic.ts'
import { type Ask, type Descriptions, descriptions } from './descriptions.ts'
import { isExpiry, openExchange } from './exchange.ts'
import { asFailure, isHotKeyRange, isRefusal } from './failures.ts'
import { HotSegments } from './hot-segments.ts'
import { identityFrom } from './identity.ts'
import { Pace } from './pace.ts'
import { ONE_ATTEMPT, retrying } from './retry.ts'
import { type Excused, silenceWatch } from './silence.ts'
import { type ItemOperation, isRead } from './templates.ts'
import { UnderWay } from './under-way.ts'

/** Requests to one table that one thread may have open at a time. */
const MAX_SOCKETS = 128

const AGENT = { keepAlive: true, maxSockets: MAX_SOCKETS }

export interface ItemRequest<Answer> {
  readonly operation: ItemOperation
  /** DynamoDB JSON text. */
  readonly body: string
  /** Reads the answer's bytes. */
  read(bytes: Uint8Array): Answer
  /** Capacity units that the answer says it took. */
  unitsOf(answer: Answer): number
  /** What a condition that does not hold is taken to cost: the service charges it, and says nothing. */
  readonly refusedUnits?: number
  /** The segment of a Scan. */
  readonly segment?: number
  /** What it is about, as DynamoDB JSON text: the first key, or the one it goes on after. */
  readonly key?: string | undefined
}

export interface TableClient extends Descriptions {
  readonly access: TableAccess
  /**
   * Sends one item operation, once its table has capacity for it. Reads are
   * tried again as often as `maxRetries` says; a write is one attempt, since a
   * second one must begin with fresh reads.
   *
   * @throws TablesyncError, classified by `failures.ts`
   */
  send<Answer>(request: ItemRequest<Answer>): Promise<Answer>
  /** The same client for one task, which is told what of its own is under way. */
  of(task: UnderWay): TableClient
  close(): void
}

export interface ClientOptions {
  readonly credentials: CredentialKeeper
  readonly patience: Patience
  /** Absent: this client's requests are nobody else's concern. */
  readonly traffic?: Traffic
  /** Aborted: every request ends with its reason. */
  readonly ending?: AbortSignal
}

export function openClient(access: TableAccess, options: ClientOptions): TableClient {
  const { patience, traffic = new Traffic(Traffic.memoryFor(access.index + 1)) } = options
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: patience.connectTimeout,
    requestTimeout: patience.responseTimeout,
    throwOnRequestTimeout: true,
    httpAgent: AGENT,
    httpsAgent: AGENT,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
  const silence = silenceWatch(patience.silenceLimit, options.ending)
  const identity = identityFrom(options.credentials)
  const sdk = new DynamoDBClient({
    region: access.region,
    ...(access.endpoint !== undefined && { endpoint: access.endpoint }),
    credentials: () => identity.get(),
    maxAttempts: 1,
    customUserAgent: access.userAgent,
    requestHandler,
  })
  const exchange = openExchange(sdk, {
    tableName: access.tableName,
    identity,
    requestHandler,
    responseTimeout: patience.responseTimeout,
    onHeard: silence.onHeard,
  })
  const pace = new Pace(traffic, access.index)
  const hot = new HotSegments(patience.retryDelayBase)

  const contextOf = (operation: string) => ({
    operation,
    table: access.index,
    label: access.label,
  })

  async function attempt<Answer>(
    request: ItemRequest<Answer>,
    signal: AbortSignal,
    excused: Excused,
  ): Promise<Answer> {
    const { operation, segment } = request
    const cooled = hot.cooled(segment, signal)
    if (cooled !== undefined) await excused(cooled)
    const turn = await pace.turn(operation, signal, excused)
    try {
      const answer = request.read(await exchange(operation, request.body, signal))
      turn.settle(request.unitsOf(answer))
      hot.cool(segment)
      return answer
    } catch (thrown) {
      const error = asFailure(thrown, contextOf(operation))
      if (error.code === 'THROTTLED' && !isHotKeyRange(error)) turn.throttled()
      else turn.settle(isRefusal(error) ? (request.refusedUnits ?? 0) : 0)
      if (isHotKeyRange(error)) hot.heat(segment)
      throw error
    }
  }

  const ask: Ask = (operation, once) => {
    const context = contextOf(operation)
    return silence.watch(context, (abortSignal) => {
      const answerNow = async () => {
        const answer = await once({ abortSignal })
        silence.onHeard()
        return answer
      }
      return retrying(patience, abortSignal, async () => {
        try {
          const credentials = await identity.get()
          return await answerNow().catch(async (error: unknown) => {
            if (isExpiry(error) && (await identity.replace(credentials))) return answerNow()
            throw error
          })
        } catch (error) {
          throw asFailure(error, context)
        }
      })
    })
  }

  async function send<Answer>(request: ItemRequest<Answer>, task: UnderWay): Promise<Answer> {
    const { operation, segment, key } = request
    const limits = isRead(operation) ? patience : ONE_ATTEMPT
    const doing = task.begin(() => {
      const where = segment === undefined ? '' : ` of segment ${segment}`
      return `${operation} on ${access.label}${where}${key === undefined ? '' : ` at ${key}`}`
    })
    try {
      return await silence.watch(contextOf(operation), (signal, excused) => {
        const known: Excused = (waiting) => excused(doing.excused(waiting))
        return retrying(limits, signal, () => attempt(request, signal, known), doing.excused)
      })
    } finally {
      doing.end()
    }
  }

  const nobody = new UnderWay()
  const client: TableClient = {
    ...descriptions(sdk, access.tableName, ask),
    access,
    send: (request) => send(request, nobody),
    of: (task) => ({ ...client, send: (request) => send(request, task) }),
    close() {
      sdk.destroy()
      requestHandler.destroy()
    },
  }
  return client
}
