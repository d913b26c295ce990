/** One table's SDK clients: time-outs, retries, and bodies left as bytes. */
import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { TablesyncError } from '../errors.ts'
import type { PlainCredentials } from '../model/credentials.ts'
import type { Patience } from '../model/patience.ts'
import type { TableAccess } from '../protocol/messages.ts'
import { asFailure, type RequestContext } from './failures.ts'
import { installRawBodies, rawResponseOf, withRawBody } from './raw-body.ts'
import { bulkRetryStrategy } from './retry.ts'

/** Requests to one table that one thread may have open at a time. */
const MAX_SOCKETS = 128

const AGENT = { keepAlive: true, maxSockets: MAX_SOCKETS }

export type ItemRead = 'Scan' | 'BatchGetItem'
export type ItemWrite = 'PutItem' | 'UpdateItem' | 'DeleteItem'

export interface TableClient {
  readonly access: TableAccess
  /**
   * Sends one item operation, its body as DynamoDB JSON text. Reads are tried
   * again as often as `maxRetries` says; a write is one attempt, since a second
   * one must begin with fresh reads.
   *
   * @throws TablesyncError, classified by `failures.ts`
   */
  send(operation: ItemRead | ItemWrite, body: string): Promise<Uint8Array>
  /** For descriptions: an ordinary client that parses what it gets. */
  readonly sdk: DynamoDBClient
  close(): void
}

export interface ClientOptions {
  readonly credentials: () => Promise<PlainCredentials>
  readonly patience: Patience
}

const COMMANDS = {
  Scan: (table: string) => new ScanCommand({ TableName: table }),
  BatchGetItem: (table: string) =>
    new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [] } } }),
  PutItem: (table: string) => new PutItemCommand({ TableName: table, Item: {} }),
  UpdateItem: (table: string) => new UpdateItemCommand({ TableName: table, Key: {} }),
  DeleteItem: (table: string) => new DeleteItemCommand({ TableName: table, Key: {} }),
}

export function openClient(access: TableAccess, options: ClientOptions): TableClient {
  const { patience } = options
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: patience.connectTimeout,
    requestTimeout: patience.responseTimeout,
    throwOnRequestTimeout: true,
    httpAgent: AGENT,
    httpsAgent: AGENT,
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  })
  let lastHeard = 0
  const onHeard = () => {
    lastHeard = performance.now()
  }
  const sdkClient = (maxRetries: number) => {
    const client = new DynamoDBClient({
      region: access.region,
      ...(access.endpoint !== undefined && { endpoint: access.endpoint }),
      credentials: options.credentials,
      retryStrategy: bulkRetryStrategy(maxRetries, patience.retryDelayBase),
      customUserAgent: 'tablesync',
      requestHandler,
    })
    installRawBodies(client, { responseTimeout: patience.responseTimeout, onHeard })
    return client
  }
  const reads = sdkClient(patience.maxRetries)
  const writes = sdkClient(0)

  return {
    access,
    sdk: reads,
    async send(operation, body) {
      const client = operation === 'Scan' || operation === 'BatchGetItem' ? reads : writes
      const command = COMMANDS[operation](access.tableName)
      withRawBody(command.input, body)
      const watch = watchSilence(() => lastHeard, patience.silenceLimit)
      try {
        // One signature stands for all five: the union of their overloads has none in common.
        const output = await client.send(command as ScanCommand, { abortSignal: watch.signal })
        return rawResponseOf(output)
      } catch (error) {
        const context = { operation, table: access.index, label: access.label }
        throw watch.signal.aborted
          ? silent(context, patience.silenceLimit)
          : asFailure(error, context)
      } finally {
        watch.end()
      }
    },
    close() {
      reads.destroy()
      writes.destroy()
      requestHandler.destroy()
    },
  }
}

/** Aborts once nothing was heard for `limit` since the watch began. */
function watchSilence(lastHeard: () => number, limit: number) {
  const controller = new AbortController()
  const began = performance.now()
  let timer: NodeJS.Timeout
  const look = () => {
    const quiet = performance.now() - Math.max(began, lastHeard())
    if (quiet >= limit) controller.abort()
    else timer = setTimeout(look, limit - quiet + 1)
  }
  timer = setTimeout(look, limit)
  return { signal: controller.signal, end: () => clearTimeout(timer) }
}

function silent({ operation, table, label }: RequestContext, limit: number): TablesyncError {
  return new TablesyncError(`${operation} on ${label}: not a byte for ${limit / 1000} s`, {
    code: 'TABLE_SILENT',
    scope: 'table',
    table,
    hint: 'Check the endpoint and the network between here and there, then run again.',
  })
}
