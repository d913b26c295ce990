/** Single requests, signed and sent over `node:http` or `node:https`: what no writer gets around. */
import { SignatureV4 } from '@smithy/signature-v4'
import { Sha256 } from '../../lib/dynamo/request/sha256.ts'
import { openTransport } from './raw-pages.ts'

export interface SignedRequests {
  /** Sends a body of DynamoDB JSON and reads the answer to its end. */
  send(operation: string, body: string): Promise<Buffer>
  close(): void
}

/** So many requests are under way at once. */
const AT_ONCE = 32

export async function openSignedRequests(endpoint: string): Promise<SignedRequests> {
  const { agent, request } = await openTransport(endpoint)
  const { protocol, hostname, port, host } = new URL(endpoint)
  const signer = new SignatureV4({
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    region: 'local',
    service: 'dynamodb',
    sha256: Sha256,
  })
  const address = { method: 'POST', protocol, hostname, port: Number(port), path: '/', query: {} }
  return {
    async send(operation, text) {
      const body = Buffer.from(text)
      const headers = {
        host,
        'content-type': 'application/x-amz-json-1.0',
        'content-length': String(body.length),
        'x-amz-target': `DynamoDB_20120810.${operation}`,
      }
      const signed = await signer.sign({ ...address, headers, body })
      return new Promise((resolve, reject) => {
        const options = { method: 'POST', agent, headers: signed.headers }
        const asked = request(endpoint, options, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => {
            const answer = Buffer.concat(chunks)
            if (response.statusCode === 200) resolve(answer)
            else reject(new Error(`status ${response.statusCode}: ${answer}`))
          })
        })
        asked.on('error', reject)
        asked.end(body)
      })
    },
    close: () => agent.destroy(),
  }
}

/** Does a job for each of many, several at once. Returns how many there were. */
export async function forEachAtOnce<One>(
  many: Iterable<One> | AsyncIterable<One>,
  job: (one: One) => Promise<unknown>,
): Promise<number> {
  const rest = asyncIteratorOf(many)
  let count = 0
  const lane = async () => {
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      count++
      await job(next.value)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return count
}

async function* asyncIteratorOf<One>(many: Iterable<One> | AsyncIterable<One>) {
  yield* many
}
