/**
 * The part of DynamoDB's HTTP API that tablesync uses, with faults on demand. Strict: it refuses
 * what it does not know, and records that in `violations`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import type { KeyAttribute } from '../../../lib/model/tables/table.ts'
import type { WireItem } from '../../../lib/model/wire.ts'
import { type Loopback, listenOnLoopback } from './loopback.ts'
import { StubTable } from './stub-table.ts'
import { type Body, invalid, Refusal } from './stub-terms.ts'

export interface StubRequest {
  readonly operation: string
  readonly table: string
  readonly body: Body
  /** The access key that signed it. */
  readonly accessKeyId: string
  /** Absent: the credentials had none. */
  readonly sessionToken?: string
}

/** What a request gets instead of its plain answer. */
export type Fault =
  /** Refused, once `after` settles if that is given. `landed`: carried out all the same. */
  | {
      readonly error: string
      readonly status?: number
      readonly landed?: true
      readonly after?: Promise<unknown>
    }
  /** Answered with other bytes, or with another answer, whose checksum is right. */
  | { readonly rewrite: (answer: Body) => string | Body }
  /** Carried out at once, and answered once this settles. */
  | { readonly answeredAfter: Promise<unknown> }
  /**
   * Carried out. Then `cut`: half of the body and a closed connection; `wrong-checksum`: a body
   * that does not match `x-amz-crc32`; `stall`: half of the body and nothing more; `drip`: a byte
   * at a time, and never the last; `hang-up`: a connection closed at once.
   */
  | 'cut'
  | 'wrong-checksum'
  | 'stall'
  | 'drip'
  | 'hang-up'
  /** Never answered. `silence`: not carried out; `silence-landed`: carried out. */
  | 'silence'
  | 'silence-landed'

/** Undefined leaves the request to the next intercept, and finally to the table. */
export type Intercept = (request: StubRequest) => Fault | undefined

export interface Stub extends Loopback {
  /** In the order they came. */
  readonly requests: readonly StubRequest[]
  /** Requests that it does not know, or that the service would refuse as malformed. */
  readonly violations: readonly string[]
  table(name: string, items?: Iterable<WireItem>, key?: readonly KeyAttribute[]): StubTable
  /** Beside those that are on already, in that order. Call what it returns to end it. */
  on(intercept: Intercept): () => void
}

const EXPRESSIONS = ['ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues']
const FILTER = ['FilterExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues']
const FIELDS: { readonly [operation: string]: readonly string[] } = {
  DescribeTable: [],
  DescribeTimeToLive: [],
  DescribeContinuousBackups: [],
  Scan: [
    ...['Segment', 'TotalSegments', 'ConsistentRead', 'Limit', 'ExclusiveStartKey'],
    ...FILTER,
  ],
  Query: ['KeyConditionExpression', 'ConsistentRead', ...FILTER],
  BatchGetItem: ['RequestItems'],
  BatchWriteItem: ['RequestItems'],
  PutItem: ['Item', ...EXPRESSIONS],
  UpdateItem: ['Key', 'UpdateExpression', ...EXPRESSIONS],
  DeleteItem: ['Key', ...EXPRESSIONS],
}

export async function startStub(): Promise<Stub> {
  const tables = new Map<string, StubTable>()
  const intercepts = new Set<Intercept>()
  const requests: StubRequest[] = []
  const violations: string[] = []

  const server = await listenOnLoopback(answer, violations)

  return {
    ...server,
    requests,
    violations,
    table(name, items = [], key = [{ name: 'id', type: 'S' }]) {
      const table = new StubTable(name, key, items)
      tables.set(name, table)
      return table
    },
    on(intercept) {
      intercepts.add(intercept)
      return () => void intercepts.delete(intercept)
    },
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = requestOf(incoming, await text(incoming))
    requests.push(request)
    let fault: Fault | undefined
    for (const intercept of intercepts) fault ??= intercept(request)
    if (fault === 'silence') return
    if (isError(fault) && !fault.landed) {
      await fault.after
      return refuse(outgoing, fault.error, fault)
    }
    try {
      const body = carryOut(request)
      if (typeof fault === 'object' && 'answeredAfter' in fault) {
        await fault.answeredAfter
        fault = undefined
      }
      if (isError(fault)) refuse(outgoing, fault.error, fault)
      else send(outgoing, body, fault)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      if (error.type === 'ValidationException') violations.push(error.message)
      refuse(outgoing, error.type, { message: error.message })
    }
  }

  function carryOut({ operation, table: name, body }: StubRequest): Body {
    const allowed = FIELDS[operation]
    if (allowed === undefined) throw invalid(`Undeclared operation ${operation}`)
    const known = [...allowed, 'TableName', 'ReturnConsumedCapacity']
    const stray = Object.keys(body).find((field) => !known.includes(field))
    if (stray !== undefined) throw invalid(`Undeclared field ${stray} of ${operation}`)
    const table = tables.get(name)
    if (table === undefined) throw new Refusal('ResourceNotFoundException', `No table ${name}`)
    const written = { ConsumedCapacity: { TableName: name, CapacityUnits: 1 } }
    switch (operation) {
      case 'DescribeTable':
        return table.describe()
      case 'DescribeTimeToLive':
        return table.describeTimeToLive()
      case 'DescribeContinuousBackups':
        return {
          ContinuousBackupsDescription: {
            PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
          },
        }
      case 'Scan':
        return table.scan(body)
      case 'Query':
        return table.query(body)
      case 'BatchGetItem': {
        const items = table.get((body['RequestItems'] as Record<string, Body>)[name] as Body)
        const units = [{ TableName: name, CapacityUnits: items.length / 2 }]
        return { Responses: { [name]: items }, UnprocessedKeys: {}, ConsumedCapacity: units }
      }
      case 'BatchWriteItem': {
        const requests = (body['RequestItems'] as Record<string, Body[]>)[name] ?? []
        table.putAll(requests)
        const units = [{ TableName: name, CapacityUnits: requests.length }]
        return { UnprocessedItems: {}, ConsumedCapacity: units }
      }
      case 'PutItem':
        table.put(body)
        return written
      case 'UpdateItem':
        table.update(body)
        return written
      default:
        table.delete(body)
        return written
    }
  }
}

function requestOf({ headers }: IncomingMessage, json: string): StubRequest {
  const body = JSON.parse(json) as Body
  const table = body['TableName'] ?? Object.keys((body['RequestItems'] as object) ?? {})[0]
  const sessionToken = headers['x-amz-security-token']
  return {
    operation: String(headers['x-amz-target']).replace(/^DynamoDB_20120810\./, ''),
    table: String(table),
    body,
    accessKeyId: /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? '',
    ...(sessionToken !== undefined && { sessionToken: String(sessionToken) }),
  }
}

function refuse(
  outgoing: ServerResponse,
  type: string,
  { status = 400, message = `${type}, as the test wants it` },
): void {
  outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
  outgoing.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message }))
}

function send(
  outgoing: ServerResponse,
  plain: Body,
  fault: Exclude<Fault, object> | Rewrite,
): void {
  if (fault === 'silence-landed') return
  if (fault === 'hang-up') return void outgoing.destroy()
  const rewritten = typeof fault === 'object' ? fault.rewrite(plain) : plain
  const right = typeof rewritten === 'string' ? rewritten : JSON.stringify(rewritten)
  // Still a readable answer, with other numbers in it.
  const wrong = `${right.replaceAll('"N":"', '"N":"9')} `
  const bytes = Buffer.from(fault === 'wrong-checksum' ? wrong : right)
  const half = bytes.subarray(0, bytes.length / 2)
  outgoing.writeHead(200, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': fault === 'drip' ? 1_000_000 : bytes.length,
    'x-amz-crc32': crc32(right),
  })
  if (fault === 'cut') outgoing.write(half, () => outgoing.destroy())
  else if (fault === 'stall') outgoing.write(half)
  else if (fault === 'drip') drip(outgoing)
  else outgoing.end(bytes)
}

function drip(outgoing: ServerResponse): void {
  const dripping = setInterval(() => outgoing.write(' '), 50)
  outgoing.once('close', () => clearInterval(dripping))
}

type Rewrite = Extract<Fault, { rewrite: unknown }> | undefined

function isError(fault: Fault | undefined): fault is Extract<Fault, { error: string }> {
  return typeof fault === 'object' && 'error' in fault
}
