/** A table's client for items: it paces, watches and retries requests, and converts errors. */
import { TablesyncError } from '../../errors.ts'
import { openConnections } from '../../http/connection-pool.ts'
import type { Body } from '../../item/bytes/response-body.ts'
import type { RequestTimeouts } from '../../model/request-timeouts.ts'
import type { CredentialKeeper } from '../../model/tables/aws-credentials.ts'
import type { TableAccess } from '../../protocol/setup.ts'
import type { Outages } from '../../protocol/shared/outages.ts'
import { TokenBuckets } from '../../protocol/shared/token-buckets.ts'
import type { Answered, Traffic } from '../../protocol/shared/traffic.ts'
import { RefusedKeys } from '../refused-keys.ts'
import { identityFrom } from './cached-credentials.ts'
import { withoutSentValues } from './clean-message.ts'
import type { Cutoff } from './cutoff.ts'
import { HotSegments } from './hot-partitions.ts'
import { InFlight } from './in-flight.ts'
import { type Excused, silenceWatch } from './inactivity-timeout.ts'
import { capacityOf, type ItemOperation, isRead } from './operations.ts'
import { OutageGate } from './outage-wait.ts'
import { Pace } from './rate-limiter.ts'
import {
  asFailure,
  isHotKeyRange,
  isRefusal,
  type RequestContext,
  runEnds,
} from './request-errors.ts'
import { rest, retryDelay, retrying } from './retry.ts'
import { openExchange } from './signed-request.ts'

export interface ItemRequest<Answer> {
  readonly operation: ItemOperation
  /** DynamoDB JSON text. */
  readonly body: string
  read(body: Body): Answer
  /** Capacity units that the request took, as its answer says. */
  unitsOf(answer: Answer): number
  /** Units that it may take; used until an operation of its kind was answered. */
  readonly guess?: number
  /** Units for a condition that does not hold: the service charges them without saying so. */
  readonly refusedUnits?: number
  /** The segment of a Scan. */
  readonly segment?: number
  /** Its key, as DynamoDB JSON text: the first one, or the one that a scan continues after. */
  readonly key?: string | undefined
}

export interface TableClient {
  readonly access: TableAccess
  /** Shared by all tasks of a thread. */
  readonly refusedKeys: RefusedKeys
  /**
   * Sends one item operation once its table has capacity for it. Reads are retried as often as
   * `maxRetries` says. A write is one attempt, since a second one must begin with fresh reads.
   *
   * @throws TablesyncError, classified by `request-errors.ts`
   */
  send<Answer>(request: ItemRequest<Answer>): Promise<Answer>
  /**
   * Waits before the next try of a request that was answered in part.
   *
   * @throws TablesyncError with code `ENDED` if the run is ending
   */
  rest(retry: number): Promise<void>
  /** The same client for one task, which records what the task has in flight. */
  of(task: InFlight): TableClient
  /** Ends requests in flight: reads count as not sent, and writes as sent without an answer. */
  endRequests(): void
  close(): void
}

export interface ClientOptions {
  readonly credentials: CredentialKeeper
  readonly timeouts: RequestTimeouts
  /** Absent: this client shares its rate limit with no other. */
  readonly tokenBuckets?: TokenBuckets
  /** Absent: nobody counts the answers. */
  readonly traffic?: Traffic
  /** Absent: nobody checks whether the table is out of reach, and requests do not wait for it. */
  readonly outages?: Outages
  /** When it aborts, every request ends with its reason. */
  readonly ending?: AbortSignal
}

/** The run is ending, and an answer has taken too long. */
const CUT_OFF = runEnds('not waited for')

const answerLost = ({ operation, label, table }: RequestContext) =>
  new TablesyncError(`${operation} on ${label}: no answer before the run was to end`, {
    code: 'UNREACHABLE',
    scope: 'segment',
    table,
  })

export function openClient(access: TableAccess, options: ClientOptions): TableClient {
  const { timeouts, tokenBuckets = new TokenBuckets(TokenBuckets.memoryFor(access.index + 1)) } =
    options
  const silence = silenceWatch(timeouts.silenceLimit, options.ending)
  const identity = identityFrom(options.credentials)
  const { address } = access
  const connections = openConnections(address.request, {
    ...timeouts,
    trust: access.trust,
    onHeard: silence.onHeard,
  })
  const { traffic } = options
  const onAnswer =
    traffic &&
    ((operation: ItemOperation, answered: Answered) =>
      traffic.answered(access.index, capacityOf(operation), answered))
  const exchange = openExchange({ address, identity, connections, onAnswer })
  const pace = new Pace(tokenBuckets, access.index)
  const hot = new HotSegments(timeouts.retryDelayBase)
  const isEnding = () => tokenBuckets.isEnding
  const gate = new OutageGate({ ...options, table: access.index, isEnding })

  const contextOf = (operation: string) => ({
    operation,
    table: access.index,
    label: access.label,
  })

  const keyNames = access.keySchema.map(({ name }) => name)

  async function attempt<Answer>(
    request: ItemRequest<Answer>,
    cutoff: Cutoff,
    excused: Excused,
  ): Promise<Answer> {
    const { operation, segment } = request
    const cooled = hot.cooled(segment, cutoff)
    if (cooled !== undefined) await excused(cooled)
    const turn = await pace.turn(request, cutoff, excused)
    try {
      const answer = request.read(await exchange(operation, request.body, cutoff))
      turn.settle(request.unitsOf(answer))
      hot.cool(segment)
      return answer
    } catch (thrown) {
      const failure = asFailure(thrown, contextOf(operation))
      const isQuoting = !isRead(operation) && !isRefusal(failure)
      const error = isQuoting ? withoutSentValues(failure, request.body, keyNames) : failure
      if (error.code === 'THROTTLED' && !isHotKeyRange(error)) turn.throttled()
      else turn.settle(isRefusal(error) ? (request.refusedUnits ?? 0) : 0)
      if (isHotKeyRange(error)) hot.heat(segment)
      throw error
    }
  }

  async function send<Answer>(request: ItemRequest<Answer>, task: InFlight): Promise<Answer> {
    const { operation, segment, key } = request
    const context = contextOf(operation)
    const doing = task.begin(() => {
      const where = segment === undefined ? '' : ` of segment ${segment}`
      const at = key === undefined || access.keysAreHidden ? '' : ` at ${key}`
      return `${operation} on ${access.label}${where}${at}`
    })
    try {
      return await silence.watch(context, (cutoff, excused) => {
        const known: Excused = (waiting) => excused(doing.excused(waiting))
        const once = () => attempt(request, cutoff, known)
        const { attempt: admitted, outlasts } = gate.watch(once, {
          ...{ context, cutoff },
          excused: known,
        })
        return retrying(timeouts, cutoff, admitted, {
          excused: doing.excused,
          ...{ isEnding, outlasts },
          isRepeatable: isRead(operation),
        })
      })
    } catch (error) {
      throw error === CUT_OFF && !isRead(operation) ? answerLost(context) : error
    } finally {
      doing.end()
    }
  }

  async function restOf(retry: number, task: InFlight): Promise<void> {
    const doing = task.begin(() => `the next try on ${access.label}`)
    const delay = retryDelay(timeouts.retryDelayBase, retry)
    await doing.excused(rest(delay, isEnding)).finally(() => doing.end())
  }

  const nobody = new InFlight()
  const client: TableClient = {
    access,
    refusedKeys: new RefusedKeys(),
    send: (request) => send(request, nobody),
    rest: (retry) => restOf(retry, nobody),
    of: (task) => ({
      ...client,
      send: (request) => send(request, task),
      rest: (retry) => restOf(retry, task),
    }),
    endRequests: () => silence.end(CUT_OFF),
    close: () => connections.close(),
  }
  return client
}
