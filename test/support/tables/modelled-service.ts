/**
 * A stand-in for the service where the emulators lack something: it takes each request that the API
 * model knows, and keeps a record of all. Requests that the model would refuse it refuses, and keeps
 * in `violations`. Tables are made slowly. It answers for STS too.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type { KeyAttribute } from '../../../lib/model/tables/table.ts'
import type { WireItem } from '../../../lib/model/wire.ts'
import { violationsOf } from './api-model.ts'
import { refusalOf } from './create-table-rules.ts'
import { listenOnLoopback } from './loopback.ts'
import { StubTable } from './stub-table.ts'
import { type Body, invalid, Refusal } from './stub-terms.ts'

export interface Call {
  readonly operation: string
  readonly body: Body
}

/** What a table has beside its description. */
export interface Beside {
  readonly timeToLive?: string
  readonly recoveryDays?: number
  readonly tags?: readonly { readonly Key: string; readonly Value: string }[]
  readonly policy?: string
  readonly kinesis?: readonly string[]
}

interface Kept {
  readonly items: StubTable
  readonly beside: Beside
  /** How often DescribeTable still says that it is being made. */
  looksLeft: number
}

export interface ModelledService {
  readonly endpoint: string
  /** Twelve digits. */
  account: string
  /** How often DescribeTable says CREATING of a new table before it says ACTIVE. */
  looksUntilActive: number
  /** All calls, in the order they came, refused ones too. */
  readonly calls: readonly Call[]
  /** Calls that the service would refuse as malformed. */
  readonly violations: readonly string[]
  /** A table that is there. `described`: what DescribeTable says beside key and name. */
  table(name: string, described?: Body, beside?: Beside, items?: readonly WireItem[]): StubTable
  /** The description of a table, as it is now; undefined: there is none. */
  described(name: string): Body | undefined
  items(name: string): readonly WireItem[]
  /** Each call is refused with the error that this returns, unless it returns none. */
  on(refuse: (call: Call) => string | undefined): void
  /** Calls of an operation. */
  made(operation: string): readonly Call[]
  close(): Promise<void>
}

export async function startModelledService(region = 'us-east-1'): Promise<ModelledService> {
  const tables = new Map<string, Kept>()
  const calls: Call[] = []
  const violations: string[] = []
  const refusals: ((call: Call) => string | undefined)[] = []
  const { endpoint, close } = await listenOnLoopback(answer, violations)

  const service: ModelledService = {
    ...{ endpoint, close },
    account: '111122223333',
    looksUntilActive: 2,
    calls,
    violations,
    table(name, described = {}, beside = {}, items = []) {
      const table = new StubTable(name, keyOf(described), items)
      table.described = { TableArn: arnOf(name), TableId: `id-of-${name}`, ...described }
      tables.set(name, { items: table, beside, looksLeft: 0 })
      return table
    },
    described: (name) => tables.get(name)?.items.describe()['Table'] as Body | undefined,
    items: (name) => tables.get(name)?.items.all() ?? [],
    on: (refuse) => void refusals.push(refuse),
    made: (wanted) => calls.filter(({ operation }) => operation === wanted),
  }
  return service

  function arnOf(name: string): string {
    return `arn:aws:dynamodb:${region}:${service.account}:table/${name}`
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const sent = await text(incoming)
    const target = incoming.headers['x-amz-target']
    if (target === undefined) return answerSts(new URLSearchParams(sent), outgoing)
    const operation = String(target).replace(/^DynamoDB_20120810\./, '')
    const call = { operation, body: JSON.parse(sent) as Body }
    calls.push(call)
    try {
      const error = refusals.map((refuse) => refuse(call)).find((one) => one !== undefined)
      if (error !== undefined) throw new Refusal(error, `${error}, as the test wants it`)
      const [violation] = violationsOf(operation, call.body)
      if (violation !== undefined) throw invalid(violation)
      const answered = JSON.stringify(carryOut(call))
      outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' })
      outgoing.end(answered)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { type, message } = error
      if (type === 'ValidationException') violations.push(`${operation}: ${message}`)
      outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
      outgoing.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message }))
    }
  }

  /** In the query protocol of STS (API reference, GetCallerIdentity). */
  function answerSts(form: URLSearchParams, outgoing: ServerResponse): void {
    const operation = form.get('Action') ?? ''
    const call = { operation, body: Object.fromEntries(form) }
    calls.push(call)
    const error = refusals.map((refuse) => refuse(call)).find((one) => one !== undefined)
    outgoing.writeHead(error === undefined ? 200 : 403, { 'content-type': 'text/xml' })
    const xmlns = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'
    const { account } = service
    outgoing.end(
      error === undefined
        ? `<GetCallerIdentityResponse ${xmlns}><GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/x</Arn><UserId>X</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`
        : `<ErrorResponse ${xmlns}><Error><Type>Sender</Type><Code>${error}</Code><Message>as the test wants it</Message></Error></ErrorResponse>`,
    )
  }

  function carryOut({ operation, body }: Call): Body {
    if (operation === 'ListTables') return listTables(body)
    if (operation === 'CreateTable') return createTable(body)
    const name = nameIn(body)
    const kept = tables.get(name)
    if (kept === undefined) throw new Refusal('ResourceNotFoundException', `No table ${name}`)
    const { items, beside } = kept
    const written = { ConsumedCapacity: { TableName: name, CapacityUnits: 1 } }
    switch (operation) {
      case 'DescribeTable':
        return describe(kept)
      case 'DescribeTimeToLive':
        items.ttlAttribute = beside.timeToLive
        return items.describeTimeToLive()
      case 'DescribeContinuousBackups':
        return { ContinuousBackupsDescription: recoveryOf(beside) }
      case 'ListTagsOfResource':
        return { Tags: beside.tags ?? [] }
      case 'GetResourcePolicy':
        if (beside.policy !== undefined) return { Policy: beside.policy }
        throw new Refusal('PolicyNotFoundException', 'There is none')
      case 'DescribeKinesisStreamingDestination':
        return {
          KinesisDataStreamDestinations: (beside.kinesis ?? []).map((StreamArn) => ({
            StreamArn,
            DestinationStatus: 'ACTIVE',
          })),
        }
      case 'Scan':
        return items.scan(body)
      case 'Query':
        return items.query(body)
      case 'BatchGetItem': {
        const found = items.get((body['RequestItems'] as Record<string, Body>)[name] as Body)
        return { Responses: { [name]: found }, UnprocessedKeys: {}, ConsumedCapacity: [] }
      }
      case 'BatchWriteItem':
        items.putAll((body['RequestItems'] as Record<string, Body[]>)[name] ?? [])
        return { UnprocessedItems: {}, ConsumedCapacity: [] }
      case 'PutItem':
        items.put(body)
        return written
      case 'UpdateItem':
        items.update(body)
        return written
      case 'DeleteItem':
        items.delete(body)
        return written
      default:
        throw invalid(`${operation} is not carried out here`)
    }
  }

  /** Names in their order, 100 at most at once (API reference, ListTables). */
  function listTables(body: Body): Body {
    const { ExclusiveStartTableName: after = '', Limit: limit = 100 } = body as {
      readonly ExclusiveStartTableName?: string
      readonly Limit?: number
    }
    if (limit < 1 || limit > 100) throw invalid('Limit is from 1 to 100')
    const left = [...tables.keys()].sort().filter((name) => name > after)
    const TableNames = left.slice(0, limit)
    const isMore = left.length > TableNames.length
    return { TableNames, ...(isMore && { LastEvaluatedTableName: TableNames.at(-1) }) }
  }

  function createTable(body: Body): Body {
    const name = String(body['TableName'])
    const refusal = refusalOf(body)
    if (refusal !== undefined) throw invalid(`expected ${refusal}`)
    if (tables.has(name))
      throw new Refusal('ResourceInUseException', `Table already exists: ${name}`)
    const table = service.table(name, asDescribed(body))
    const kept = { items: table, beside: {}, looksLeft: service.looksUntilActive }
    tables.set(name, kept)
    return { TableDescription: describe(kept)['Table'] }
  }

  function describe(kept: Kept): Body {
    const described = kept.items.describe()
    if (kept.looksLeft <= 0) return described
    kept.looksLeft = Math.min(kept.looksLeft - 1, service.looksUntilActive)
    return { Table: { ...(described['Table'] as Body), TableStatus: 'CREATING' } }
  }
}

/** The request as DescribeTable tells it again. */
function asDescribed({ TableName: _, ...body }: Body): Body {
  const { BillingMode, TableClass, SSESpecification: encryption, ...rest } = body
  const { KMSMasterKeyId = 'arn:aws:kms:us-east-1:111122223333:key/of-aws' } = (encryption ??
    {}) as { KMSMasterKeyId?: string }
  return {
    ...rest,
    BillingModeSummary: { BillingMode: BillingMode ?? 'PROVISIONED' },
    ...(TableClass !== undefined && { TableClassSummary: { TableClass } }),
    ...(encryption !== undefined && {
      SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: KMSMasterKeyId },
    }),
  }
}

function keyOf({ KeySchema, AttributeDefinitions }: Body): readonly KeyAttribute[] {
  const types = (AttributeDefinitions ?? []) as readonly Readonly<Record<string, string>>[]
  const keys = (KeySchema ?? [{ AttributeName: 'id' }]) as readonly { AttributeName: string }[]
  return keys.map(({ AttributeName: name }) => ({
    name,
    type: (types.find((one) => one['AttributeName'] === name)?.['AttributeType'] ??
      'S') as KeyAttribute['type'],
  }))
}

const recoveryOf = ({ recoveryDays }: Beside): Body => ({
  PointInTimeRecoveryDescription: {
    PointInTimeRecoveryStatus: recoveryDays === undefined ? 'DISABLED' : 'ENABLED',
    ...(recoveryDays !== undefined && { RecoveryPeriodInDays: recoveryDays }),
  },
})

/** Tables are named by name or by ARN. */
const nameIn = (body: Body): string =>
  String(
    body['TableName'] ??
      body['ResourceArn'] ??
      Object.keys((body['RequestItems'] as object | undefined) ?? {})[0],
  ).replace(/^arn:.*:table\//, '')
