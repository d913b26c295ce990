/** One table's SDK clients: time-outs, retries, and bodies left as bytes. */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  type TableDescription,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import type { PlainCredentials } from '../model/credentials.ts'
import type { Patience } from '../model/patience.ts'
import type { TableAccess } from '../protocol/messages.ts'
import { installRawBodies, rawResponseOf, withRawBody } from './raw-body.ts'
import { bulkRetryStrategy, type RetryLimits } from './retry.ts'
import { silenceWatch } from './silence.ts'

/** Requests to one table that one thread may have open at a time. */
const MAX_SOCKETS = 128

const AGENT = { keepAlive: true, maxSockets: MAX_SOCKETS }

export type ItemRead = 'Scan' | 'BatchGetItem'
export type ItemWrite = 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'BatchWriteItem'

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
  /** Descriptions are the answers that the SDK parses. */
  describe(): Promise<TableDescription | undefined>
  /** The attribute that says when an item expires; undefined where items do not. */
  describeTimeToLive(): Promise<string | undefined>
  /** Whether the table can be restored to any second of its last days. */
  describePointInTimeRecovery(): Promise<boolean>
  close(): void
}

export interface ClientOptions {
  readonly credentials: () => Promise<PlainCredentials>
  readonly patience: Patience
  /** Aborted: every request ends with its reason. */
  readonly ending?: AbortSignal
}

const COMMANDS = {
  Scan: (table: string) => new ScanCommand({ TableName: table }),
  BatchGetItem: (table: string) =>
    new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [] } } }),
  BatchWriteItem: (table: string) => new BatchWriteItemCommand({ RequestItems: { [table]: [] } }),
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
  const silence = silenceWatch(patience.silenceLimit, options.ending)
  const { onHeard } = silence
  const sdkClient = (limits: RetryLimits) => {
    const client = new DynamoDBClient({
      region: access.region,
      ...(access.endpoint !== undefined && { endpoint: access.endpoint }),
      credentials: options.credentials,
      retryStrategy: bulkRetryStrategy(limits, patience.retryDelayBase),
      customUserAgent: 'tablesync',
      requestHandler,
    })
    installRawBodies(client, { responseTimeout: patience.responseTimeout, onHeard })
    return client
  }
  const reads = sdkClient(patience)
  const writes = sdkClient({ maxRetries: 0, maxConnectRetries: 0 })

  const contextOf = (operation: string) => ({
    operation,
    table: access.index,
    label: access.label,
  })

  return {
    access,
    async send(operation, body) {
      const client = operation === 'Scan' || operation === 'BatchGetItem' ? reads : writes
      const command = COMMANDS[operation](access.tableName)
      withRawBody(command.input, body)
      // One signature stands for all six: the union of their overloads has none in common.
      const output = await silence.watch(contextOf(operation), (abortSignal) =>
        client.send(command as ScanCommand, { abortSignal }),
      )
      return rawResponseOf(output)
    },
    async describe() {
      const command = new DescribeTableCommand({ TableName: access.tableName })
      const { Table } = await silence.watch(contextOf('DescribeTable'), (abortSignal) =>
        reads.send(command, { abortSignal }),
      )
      return Table
    },
    async describeTimeToLive() {
      const command = new DescribeTimeToLiveCommand({ TableName: access.tableName })
      const answer = await silence.watch(contextOf('DescribeTimeToLive'), (abortSignal) =>
        reads.send(command, { abortSignal }),
      )
      const { TimeToLiveStatus: status, AttributeName } = answer.TimeToLiveDescription ?? {}
      return status === 'ENABLED' || status === 'ENABLING' ? AttributeName : undefined
    },
    async describePointInTimeRecovery() {
      const command = new DescribeContinuousBackupsCommand({ TableName: access.tableName })
      const answer = await silence.watch(contextOf('DescribeContinuousBackups'), (abortSignal) =>
        reads.send(command, { abortSignal }),
      )
      const { PointInTimeRecoveryDescription } = answer.ContinuousBackupsDescription ?? {}
      return PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED'
    },
    close() {
      reads.destroy()
      writes.destroy()
      requestHandler.destroy()
    },
  }
}
