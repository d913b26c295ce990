/** Pages as `node:http` or `node:https` delivers them, unprocessed. */
import { Agent, request } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

export interface RawPage {
  readonly bytes: number
  /** The whole page if the caller asked to keep it, else only its end. */
  readonly text: Buffer
}

export interface Transport {
  readonly agent: Agent
  readonly request: typeof request
}

export interface Reading {
  readonly transport: Transport
  readonly isKept: boolean
  /** Whether pages are asked for as gzip. Their end is only known once they are unpacked. */
  readonly isCompressed?: boolean
}

export interface Slice {
  readonly segment: number
  readonly totalSegments: number
}

export const slices = (totalSegments: number): Slice[] =>
  Array.from({ length: totalSegments }, (_, segment) => ({ segment, totalSegments }))

/** Where the next page begins. Only for keys that are one plain string. */
const LAST_KEY = /"LastEvaluatedKey":(\{"id":\{"S":"[^"]*"\}\})/

/** What follows the items on a page. */
const TAIL_BYTES = 300

/** The pages of one segment, each requested once the one before has arrived. */
export async function* rawPages(
  endpoint: string,
  table: string,
  { segment, totalSegments }: Slice,
  reading: Reading,
): AsyncGenerator<RawPage> {
  for (let key: string | undefined = ''; key !== undefined; ) {
    const from = key === '' ? '' : `,"ExclusiveStartKey":${key}`
    const body = `{"TableName":"${table}","Segment":${segment},"TotalSegments":${totalSegments}${from}}`
    const page = await post(endpoint, body, reading)
    key = LAST_KEY.exec(page.text.subarray(-TAIL_BYTES).toString())?.[1]
    yield page
  }
}

/** Kept connections. TLS is loaded only for an endpoint that speaks it. */
export async function openTransport(endpoint: string): Promise<Transport> {
  if (endpoint.startsWith('http:')) return { agent: new Agent({ keepAlive: true }), request }
  const tls = await import('node:https')
  return { agent: new tls.Agent({ keepAlive: true }), request: tls.request }
}

const unpack = promisify(gunzip)

async function post(endpoint: string, body: string, reading: Reading): Promise<RawPage> {
  const page = await sent(endpoint, body, reading)
  if (!reading.isCompressed || page.text[0] !== 0x1f) return page
  return { bytes: page.bytes, text: await unpack(page.text) }
}

function sent(endpoint: string, body: string, reading: Reading): Promise<RawPage> {
  const { transport, isKept, isCompressed = false } = reading
  const keepsAll = isKept || isCompressed
  return new Promise((resolve, reject) => {
    const headers = {
      'x-amz-target': 'DynamoDB_20120810.Scan',
      'content-type': 'application/x-amz-json-1.0',
      'content-length': body.length,
      ...(isCompressed && { 'accept-encoding': 'gzip' }),
      // Emulators require this header and accept any value.
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    }
    const { agent } = transport
    const asked = transport.request(endpoint, { method: 'POST', agent, headers }, (response) => {
      let bytes = 0
      let chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (!keepsAll && chunks.length === 2) chunks = [chunks[1] as Buffer]
        chunks.push(chunk)
      })
      response.on('end', () => {
        if (response.statusCode === 200) resolve({ bytes, text: Buffer.concat(chunks) })
        else reject(new Error(`status ${response.statusCode}: ${Buffer.concat(chunks)}`))
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}
