/** Pages as `node:http` delivers them, unprocessed. */
import { Agent, request } from 'node:http'

export interface RawPage {
  readonly bytes: number
  /** The whole page if the caller asked to keep it, else only its end. */
  readonly text: Buffer
}

/** Where the next page begins. Only for keys that are one plain string. */
const LAST_KEY = /"LastEvaluatedKey":(\{"id":\{"S":"[^"]*"\}\})/

/** What follows the items on a page. */
const TAIL_BYTES = 300

/** The pages of one segment, each requested once the one before has arrived. */
export async function* rawPages(
  endpoint: string,
  table: string,
  slice: { readonly segment: number; readonly totalSegments: number },
  { agent, isKept }: { readonly agent: Agent; readonly isKept: boolean },
): AsyncGenerator<RawPage> {
  const { segment, totalSegments } = slice
  for (let key: string | undefined = ''; key !== undefined; ) {
    const from = key === '' ? '' : `,"ExclusiveStartKey":${key}`
    const body = `{"TableName":"${table}","Segment":${segment},"TotalSegments":${totalSegments}${from}}`
    const page = await post(endpoint, body, agent, isKept)
    key = LAST_KEY.exec(page.text.subarray(-TAIL_BYTES).toString())?.[1]
    yield page
  }
}

export const openAgent = () => new Agent({ keepAlive: true })

function post(endpoint: string, body: string, agent: Agent, isKept: boolean): Promise<RawPage> {
  return new Promise((resolve, reject) => {
    const headers = {
      'x-amz-target': 'DynamoDB_20120810.Scan',
      'content-type': 'application/x-amz-json-1.0',
      'content-length': body.length,
      // Emulators require this header and accept any value.
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    }
    const sent = request(endpoint, { method: 'POST', agent, headers }, (response) => {
      let bytes = 0
      let chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (!isKept && chunks.length === 2) chunks = [chunks[1] as Buffer]
        chunks.push(chunk)
      })
      response.on('end', () => {
        if (response.statusCode === 200) resolve({ bytes, text: Buffer.concat(chunks) })
        else reject(new Error(`status ${response.statusCode}: ${Buffer.concat(chunks)}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
