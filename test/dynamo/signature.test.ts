/** Signatures against those of the library that signs any request. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { signerFor } from '../../lib/dynamo/request/signature.ts'
import type { RequestAddress } from '../../lib/model/tables/request-address.ts'
import { t } from '../support/tap.ts'

class Sha256 {
  readonly #hash
  constructor(secret?: unknown) {
    const key = secret as string | Uint8Array | undefined
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key)
  }
  update(chunk: Uint8Array): void {
    this.#hash.update(chunk)
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset(): void {}
}

const word = fc.stringMatching(/^[A-Za-z0-9]{1,12}$/)
const value = fc.stringMatching(/^[!-~][ -~]{0,30}$/)
const extra = fc.dictionary(
  fc.constantFrom(
    'x-amz-user-agent',
    'accept-encoding',
    'User-Agent',
    'amz-sdk-request',
    'proxy-word',
    'sec-word',
    'Expect',
    'x-a',
    'x-amz-d',
    'x-amz-zz',
    'a',
    'zz',
  ),
  value,
)

const anything = fc.record({
  region: word,
  path: fc.constantFrom('/', '/', '/', '/a/b c/', '/äö'),
  query: fc.constantFrom({}, {}, {}, { b: '2', a: ['1', '3'] as string[] }),
  headers: extra,
  token: fc.option(value, { nil: undefined }),
  secret: value,
  key: word,
  requests: fc.array(
    fc.record({
      operation: fc.constantFrom('Scan', 'PutItem', 'BatchGetItem'),
      text: fc.string({ maxLength: 200, unit: 'binary' }),
      at: fc.date({
        min: new Date('2001-01-01T00:00:00Z'),
        max: new Date('2090-01-01T00:00:00Z'),
        noInvalidDate: true,
      }),
      isSoon: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  ),
})

t.test('signerFor signs as the library does', async (t) => {
  await fc.assert(
    fc.asyncProperty(anything, async ({ region, path, query, headers, token, ...others }) => {
      const credentials = {
        accessKeyId: others.key,
        secretAccessKey: others.secret,
        ...(token !== undefined && { sessionToken: token }),
      }
      const request = {
        ...{ method: 'POST', protocol: 'https:', hostname: 'example.com', path, query },
        headers: { 'content-type': 'application/x-amz-json-1.0', host: 'example.com', ...headers },
      }
      const address: RequestAddress = {
        request,
        signingRegion: region,
        signingService: 'dynamodb',
      }
      const sign = signerFor(address, credentials)
      const reference = new SignatureV4({
        ...{ credentials, region, service: 'dynamodb', sha256: Sha256 },
      })
      let last = 0
      for (const { operation, text, at, isSoon } of others.requests) {
        const body = Buffer.from(text)
        const time = isSoon ? last + 1500 : at.getTime()
        last = time
        const target = `DynamoDB_20120810.${operation}`
        const wanted = await reference.sign(
          {
            ...request,
            headers: {
              ...request.headers,
              'content-length': String(body.length),
              'x-amz-target': target,
            },
            body,
          },
          { signingDate: new Date(time) },
        )
        assert.deepEqual({ ...(await sign({ target, body, at: time })) }, wanted.headers)
      }
    }),
    { numRuns: 2000 },
  )
  t.pass('2,000 addresses')
})
