/** Response bodies over a real socket: in any framing, one after the other, never mixed up. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { crc32, gzipSync } from 'node:zlib'
import { PageBuffers } from '../../lib/http/page-buffers.ts'
import type { Body } from '../../lib/item/bytes/response-body.ts'
import { compressing } from '../../lib/model/tables/request-address.ts'
import { compression } from '../../lib/run/tables/compression.ts'
import { addressOf } from '../support/address.ts'
import { choices } from '../support/arbitrary.ts'
import { PATIENCE } from '../support/tables/memory-table.ts'
import { itemClient, serveTable } from '../support/tables/served-table.ts'
import { type Test, t } from '../support/tap.ts'

type Answer = (request: IncomingMessage, response: ServerResponse, asked: string) => unknown

async function clientOf(t: Test, answer: Answer, { gzip } = { gzip: false }) {
  const access = await serveTable(t, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()))
  })
  const plain = await addressOf(access)
  const client = await itemClient(t, access, { address: gzip ? compressing(plain) : plain })
  const ask = (body: string) =>
    client.send({ operation: 'Scan', body, read: (body: Body) => body, unitsOf: () => 0 })
  return { ask }
}

/** Bytes that depend on what was asked, of any length. */
function bytesFor(asked: string): Buffer {
  const { seed, length } = JSON.parse(asked) as { seed: number; length: number }
  const choose = choices(seed)
  return Buffer.from(Array.from({ length }, () => choose(256)))
}

const asked = (seed: number, length: number) => JSON.stringify({ seed, length })

/** Sends in pieces, each once the one before has gone out. */
async function inPieces(response: ServerResponse, bytes: Buffer, seed: number): Promise<void> {
  const choose = choices(seed)
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + choose(choose(4) === 0 ? 50_000 : 300)
    await new Promise((resolve) => response.write(bytes.subarray(at, end), resolve))
    at = end
  }
  response.end()
}

for (const [framing, headersOf] of [
  ['with a content-length', (bytes: Buffer) => ({ 'content-length': bytes.length })],
  ['in chunks', () => ({})],
] as const) {
  t.test(`bodies ${framing} arrive whole, many at a time on kept connections`, async (t) => {
    const { ask } = await clientOf(t, async (_request, response, asked) => {
      const bytes = bytesFor(asked)
      response.writeHead(200, { ...headersOf(bytes), 'x-amz-crc32': crc32(bytes) })
      await inPieces(response, bytes, bytes.length)
    })
    const lengths = [0, 1, 300, 70_000, 65_536, 400_000, 5]
    const lanes = Array.from({ length: 6 }, (_, lane) => lane)
    await Promise.all(
      lanes.map(async (lane) => {
        for (const [at, length] of lengths.entries()) {
          const what = asked(lane * 100 + at, length)
          const body = await ask(what)
          t.ok(body.bytes.equals(bytesFor(what)), `${length} bytes`)
          body.giveBack()
        }
      }),
    )
  })
}

t.test('a body keeps its bytes until it is given back', async (t) => {
  const { ask } = await clientOf(t, (_request, response, asked) => response.end(bytesFor(asked)))
  const kept = await ask(asked(1, 200_000))
  for (let seed = 2; seed < 6; seed++) (await ask(asked(seed, 200_000))).giveBack()
  t.ok(kept.bytes.equals(bytesFor(asked(1, 200_000))))
})

t.test('a truncated body leaves no bytes in the next one', async (t) => {
  let requests = 0
  const { ask } = await clientOf(t, (request, response, asked) => {
    const bytes = bytesFor(asked)
    response.writeHead(200, { 'content-length': bytes.length })
    if (++requests % 2 === 0) response.end(bytes)
    else response.write(bytes.subarray(0, bytes.length / 2), () => request.socket.destroy())
  })
  for (let seed = 0; seed < 4; seed++) {
    const body = await ask(asked(seed, 150_000))
    t.ok(body.bytes.equals(bytesFor(asked(seed, 150_000))))
    body.giveBack()
  }
})

t.test('PageBuffers reuses a buffer only after it was given back', async (t) => {
  const buffers = new PageBuffers()
  const [one, other] = [buffers.take(300_000), buffers.take(300_000)]
  t.not(one.bytes.buffer, other.bytes.buffer)
  one.giveBack()
  const again = buffers.take(200_000)
  t.equal(again.bytes.buffer, one.bytes.buffer)
  t.equal(again.bytes.length, 200_000)
  t.not(buffers.take(200_000).bytes.buffer, one.bytes.buffer)
})

t.test('answers marked as gzip are read, whether they are compressed or not', async (t) => {
  const headers: (string | undefined)[] = []
  const answer: Answer = (request, response, asked) => {
    headers.push(request.headers['accept-encoding'] as string | undefined)
    const bytes = bytesFor(asked)
    const sent = bytes.length > 4096 ? gzipSync(bytes) : bytes
    response.writeHead(200, {
      'content-encoding': 'gzip',
      'content-length': sent.length,
      'x-amz-crc32': crc32(sent),
    })
    response.end(sent)
  }
  const { ask } = await clientOf(t, answer, { gzip: true })
  for (const length of [0, 10, 5000, 300_000]) {
    const { bytes } = await ask(asked(length, length))
    t.ok(bytes.equals(bytesFor(asked(length, length))), `${length} bytes`)
  }
  t.same(new Set(headers), new Set(['gzip']))
})

t.test('an unreadable compressed answer is retried, and then fails', async (t) => {
  let requests = 0
  const answer: Answer = (_request, response) => {
    requests++
    const sent = gzipSync(Buffer.alloc(10_000)).subarray(0, -20)
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': sent.length })
    response.end(sent)
  }
  const { ask } = await clientOf(t, answer, { gzip: true })
  await t.rejects(ask('{}'), { code: 'BAD_RESPONSE', message: /compressed/ })
  t.equal(requests, 1 + PATIENCE.maxRetries)
})

t.test('compression is requested between regions, unless an option decides', async (t) => {
  const address = {
    request: {
      method: 'POST',
      protocol: 'https:',
      hostname: 'x',
      path: '/',
      query: {},
      headers: {},
    },
    signingRegion: 'x',
    signingService: 'dynamodb',
  }
  const isAsked = (how: string, regions: string[], endpoint?: string) => {
    const tables = regions.map((region) => ({ ref: { region, endpoint } }))
    const settings = { compression: how, master: tables[0], replicas: tables.slice(1) }
    const asking = compression(settings as never)
    return 'accept-encoding' in asking(tables[1]?.ref as never, address).request.headers
  }
  const [near, far] = [
    ['us-east-1', 'us-east-1'],
    ['us-east-1', 'eu-west-1'],
  ]
  t.equal(isAsked('auto', near as string[]), false)
  t.equal(isAsked('auto', far as string[]), true)
  t.equal(isAsked('auto', far as string[], 'http://127.0.0.1:8000'), false)
  t.equal(isAsked('gzip', near as string[], 'http://127.0.0.1:8000'), true)
  t.equal(isAsked('none', far as string[]), false)
})
