/** Answers in any framing, and malformed ones, over real sockets. */
import { once, setMaxListeners } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import fc from 'fast-check'
import type { ConnectionOptions } from '../../lib/http/answer.ts'
import { openConnections } from '../../lib/http/connection-pool.ts'
import { type Test, t } from '../support/tap.ts'
import { CERTIFICATE, PRIVATE_KEY } from './self-signed.ts'

const LIMITS: ConnectionOptions = { connectTimeout: 10_000, responseTimeout: 10_000, onHeard() {} }
const SHORT = { connectTimeout: 200, responseTimeout: 200 }

type Serve = (socket: Socket, request: string, nth: number) => unknown

/** Connections to a server that calls `serve` for each complete request. */
async function opened(
  t: Test,
  serve: Serve,
  { tls = false, limits = {} as Partial<ConnectionOptions> } = {},
) {
  let connected = 0
  let requests = 0
  const sockets = new Set<Socket>()
  const onConnection = (socket: Socket) => {
    connected++
    sockets.add(socket)
    socket.on('error', () => {})
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      const length = /content-length: (\d+)/.exec(text)?.[1]
      const end = text.indexOf('\r\n\r\n') + 4 + Number(length)
      if (text.length < end) return
      const request = text.slice(0, end)
      text = text.slice(end)
      serve(socket, request, requests++)
    })
  }
  const server: Server = tls
    ? createTlsServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, onConnection)
    : createServer(onConnection)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const address = {
    ...{ method: 'POST', hostname: tls ? 'localhost' : '127.0.0.1', port, path: '/', query: {} },
    ...{ protocol: tls ? 'https:' : 'http:', headers: {} },
  }
  const connections = openConnections(address, { ...LIMITS, ...limits })
  t.teardown(() => {
    connections.close()
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const post = async (text = '{}', signal = new AbortController().signal) => {
    const body = Buffer.from(text)
    const headers = { host: 'x', 'content-length': String(body.length) }
    const answer = await connections.post(headers, body, signal)
    return { ...answer, text: answer.body.bytes.toString('latin1') }
  }
  return { post, connections, connected: () => connected, requests: () => requests }
}

const OK = 'HTTP/1.1 200 OK\r\n'
const sized = (text: string) => `${OK}content-length: ${text.length}\r\n\r\n${text}`

for (const tls of [false, true]) {
  t.test(`one connection is used again and again${tls ? ', over TLS' : ''}`, async (t) => {
    if (tls) trustAnybody(t)
    const answer = (socket: Socket, _: string, nth: number) => socket.write(sized(`answer ${nth}`))
    const { post, connected } = await opened(t, answer, { tls })
    for (let nth = 0; nth < 5; nth++) t.equal((await post()).text, `answer ${nth}`)
    t.equal(connected(), 1)
  })

  t.test(`bodies larger than one read arrive whole${tls ? ', over TLS' : ''}`, async (t) => {
    if (tls) trustAnybody(t)
    const body = Array.from({ length: 300_000 }, (_, at) => at.toString(36)).join('')
    const { post } = await opened(t, (socket) => socket.write(sized(body)), { tls })
    const answers = await Promise.all(Array.from({ length: 6 }, () => post()))
    for (const { text } of answers) t.ok(text === body)
  })
}

t.test('a request of any size arrives as it was sent', async (t) => {
  const { post } = await opened(t, (socket, request) => {
    socket.write(sized(request.slice(request.indexOf('\r\n\r\n') + 4)))
  })
  for (const length of [0, 1, 65_535, 65_536, 3_000_000]) {
    t.ok((await post('x'.repeat(length))).text === 'x'.repeat(length), `${length} bytes`)
  }
})

t.test('bodies in any framing and any pieces arrive as they were sent', async (t) => {
  interface Sent {
    readonly framing: 'sized' | 'chunked' | 'to the end'
    readonly body: string
    readonly cuts: readonly number[]
    readonly interim: boolean
  }
  const arbitrary: fc.Arbitrary<Sent> = fc.record({
    framing: fc.constantFrom('sized', 'chunked', 'to the end'),
    body: fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.nat({ max: 200_000 }).map((length) => 'abcdefghij'.repeat(length / 10)),
    ),
    cuts: fc.array(fc.nat(), { maxLength: 6 }),
    interim: fc.boolean(),
  })
  const asked: Sent[] = []
  const { post } = await opened(t, async (socket, request) => {
    const { framing, body, cuts, interim } = asked[Number(request.split('\r\n\r\n')[1])] as Sent
    const text = `${interim ? 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n' : ''}${framed(framing, Buffer.from(body).toString('latin1'), cuts)}`
    const places = [...cuts.map((cut) => cut % (text.length + 1)), text.length].sort(
      (a, b) => a - b,
    )
    let from = 0
    for (const to of places) {
      if (to > from) await new Promise((sent) => socket.write(text.slice(from, to), 'latin1', sent))
      from = to
    }
    if (framing === 'to the end') socket.end()
  })
  await fc.assert(
    fc.asyncProperty(fc.array(arbitrary, { minLength: 1, maxLength: 4 }), async (some) => {
      const first = asked.length
      asked.push(...some)
      const answers = await Promise.all(some.map((_, at) => post(String(first + at))))
      return answers.every(({ body }, at) => body.bytes.equals(Buffer.from(some[at]?.body ?? '?')))
    }),
    { numRuns: 60 },
  )
  t.ok(asked.length > 60)
})

function framed(framing: string, body: string, cuts: readonly number[]): string {
  if (framing === 'sized') return sized(body)
  if (framing === 'to the end') return `${OK}\r\n${body}`
  const places = [...cuts.map((cut) => cut % (body.length + 1)), body.length].sort((a, b) => a - b)
  let text = `${OK}Transfer-Encoding: chunked\r\n\r\n`
  let from = 0
  for (const to of places) {
    if (to > from) text += `${(to - from).toString(16)}\r\n${body.slice(from, to)}\r\n`
    from = to
  }
  return `${text}0\r\n\r\n`
}

for (const [what, answer] of [
  ['that is not HTTP', 'hello there\r\n\r\n'],
  ['with a length that is no number', `${OK}content-length: many\r\n\r\nabc`],
  ['with two different lengths', `${OK}content-length: 1\r\ncontent-length: 2\r\n\r\nabc`],
  ['with an unknown encoding', `${OK}transfer-encoding: odd\r\ncontent-length: 1\r\n\r\nabc`],
  ...['-6', 'zz', '5g', '0x5', '', ' 5', '123456789'].map(
    (head) =>
      [
        `with a chunk of ${JSON.stringify(head)} bytes`,
        `${OK}transfer-encoding: chunked\r\n\r\n${head}\r\nX`,
      ] as const,
  ),
  [
    'with a chunk that is longer than its size',
    `${OK}transfer-encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n`,
  ],
  ['with a head that does not end', `${OK}x: ${'y'.repeat(40_000)}`],
  ['with a line that is no header', `${OK}${' '.repeat(20_000)}\r\n\r\n`],
  [
    'with both a length and an encoding',
    `${OK}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
  ],
  ['with the same length twice', `${OK}content-length: 1\r\ncontent-length: 1\r\n\r\na`],
  ['with a status below 100', 'HTTP/1.1 099 Low\r\ncontent-length: 0\r\n\r\n'],
  ['whose status line ends in LF alone', 'HTTP/1.1 200 OK\n'],
  ['whose header ends in LF alone', `${OK}x: y\n`],
  ['whose head ends in LF alone', `${OK}x: y\r\n\n`],
  ['with NUL in a header', `${OK}x: a\u0000b\r\n\r\n`],
  ['with CR in a header', `${OK}x: a\rb\r\n\r\n`],
  ['whose chunk size ends in LF alone', `${OK}transfer-encoding: chunked\r\n\r\n1\n`],
  ['whose trailer ends in LF alone', `${OK}transfer-encoding: chunked\r\n\r\n0\r\nx: y\n`],
  ['whose trailer is no header', `${OK}transfer-encoding: chunked\r\n\r\n0\r\nhello\r\n`],
  [
    'whose trailers do not end',
    `${OK}transfer-encoding: chunked\r\n\r\n0\r\n${'x: y\r\n'.repeat(4000)}`,
  ],
  ['with interim answers without end', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(2000)],
  ['in another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n'],
] as const) {
  t.test(`an answer ${what} is an error`, async (t) => {
    const { post } = await opened(t, (socket) => socket.write(answer))
    await t.rejects(post(), { code: /^HPE_/ })
  })
}

for (const [what, sent] of [
  ['before an answer', ''],
  ['in its head', 'HTTP/1.1 200'],
  ['in its body', `${OK}content-length: 10\r\n\r\nabc`],
  ['in its chunks', `${OK}transfer-encoding: chunked\r\n\r\n5\r\nab`],
] as const) {
  t.test(`a connection that ends ${what} is an error, and is not used again`, async (t) => {
    const { post, connected } = await opened(t, (socket, _, nth) => {
      if (nth === 0) socket.end(sent)
      else socket.write(sized('whole'))
    })
    await t.rejects(post(), { code: 'ECONNRESET' })
    t.equal((await post()).text, 'whole')
    t.equal(connected(), 2)
  })
}

for (const [what, sent] of [
  ['says close', `${OK}connection: close\r\ncontent-length: 2\r\n\r\nok`],
  ['is HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
  ['has another one behind it', `${sized('ok')}${sized('no')}`],
  ['has a part of another one behind it', `${sized('ok')}HTTP/1.1 200 O`],
  // In a buffer of its own, which is full by then.
  ...[70_000, 200_000].map(
    (length) =>
      [
        `is ${length} bytes long and has another one behind it`,
        `${OK}content-length: ${length}\r\n\r\nok${' '.repeat(length - 2)}${sized('no')}`,
      ] as const,
  ),
  ['says that it closes soon', `${OK}keep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok`],
] as const) {
  t.test(`a connection is not reused after an answer that ${what}`, async (t) => {
    const { post, connected } = await opened(t, (socket) => socket.write(sent))
    for (let nth = 1; nth < 4; nth++) {
      t.equal((await post()).text.trimEnd(), 'ok')
      t.equal(connected(), nth)
    }
  })
}

t.test('an unrequested answer is not given to the next request', async (t) => {
  let onClosed = () => {}
  const closed = new Promise<void>((resolve) => {
    onClosed = resolve
  })
  const { post, connected } = await opened(t, (socket, _, nth) => {
    socket.write(sized(`answer ${nth}`))
    if (nth > 0) return
    socket.once('close', onClosed)
    setImmediate(() => socket.write(sized('unasked')))
  })
  t.equal((await post()).text, 'answer 0')
  await closed
  t.equal((await post()).text, 'answer 1')
  t.equal(connected(), 2)
})

t.test('silence ends a request, before an answer and within one', async (t) => {
  const { post } = await opened(
    t,
    (socket, _, nth) => {
      if (nth === 1) socket.write(`${OK}content-length: 10\r\n\r\nabc`)
    },
    { limits: SHORT },
  )
  for (const _ of [0, 1]) await t.rejects(post(), { name: 'TimeoutError', message: /byte/ })
})

t.test('a request ends where its connection cannot be opened', async (t) => {
  // The client waits for TLS, and the server for a request.
  const silent = createServer(() => {}).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const address = { method: 'POST', hostname: '127.0.0.1', port, path: '/', query: {} }
  const tls = openConnections(
    { ...address, protocol: 'https:', headers: {} },
    { ...LIMITS, ...SHORT },
  )
  t.teardown(() => {
    tls.close()
    silent.close()
  })
  await t.rejects(tls.post({}, Buffer.from(''), new AbortController().signal), {
    name: 'TimeoutError',
    message: /connection/,
  })
})

t.test('an aborted request ends at once, in flight or queued', async (t) => {
  const { post, connected } = await opened(t, () => {})
  const aborter = new AbortController()
  setMaxListeners(0, aborter.signal)
  const many = Array.from({ length: 140 }, () => post('{}', aborter.signal))
  const ended = Promise.allSettled(many)
  while (connected() < 128) await new Promise((resolve) => setTimeout(resolve, 5))
  aborter.abort(new Error('enough'))
  for (const one of await ended) t.match(one, { status: 'rejected', reason: { message: 'enough' } })
  t.equal(connected(), 128, 'and no more than that at a time')
  await t.rejects(post('{}', aborter.signal), { message: 'enough' })
})

for (const status of [204, 304]) {
  t.test(`an answer of status ${status} has no body, whatever its length says`, async (t) => {
    const answer = `HTTP/1.1 ${status} x\r\ncontent-length: 5\r\n\r\n`
    const { post } = await opened(t, (socket) => socket.write(answer))
    t.match(await post(), { statusCode: status, text: '' })
  })
}

t.test('a queued request gets its turn when those before it are aborted', async (t) => {
  const { post, connected } = await opened(t, (socket, request) => {
    if (request.endsWith('answer me')) socket.write(sized('here'))
  })
  const aborter = new AbortController()
  setMaxListeners(0, aborter.signal)
  const many = Array.from({ length: 200 }, () => post('{}', aborter.signal))
  const last = post('answer me')
  const ended = Promise.allSettled(many)
  while (connected() < 128) await new Promise((resolve) => setTimeout(resolve, 5))
  aborter.abort(new Error('enough'))
  await ended
  t.equal((await last).text, 'here')
})

t.test('close ends requests in flight and queued, and opens no connection', async (t) => {
  const { post, connections, connected } = await opened(t, () => {})
  const ended = Promise.allSettled(Array.from({ length: 200 }, () => post()))
  while (connected() < 128) await new Promise((resolve) => setTimeout(resolve, 5))
  connections.close()
  for (const one of await ended)
    t.match(one, { status: 'rejected', reason: { code: 'ECONNRESET' } })
  await t.rejects(post(), { code: 'ECONNRESET' })
  t.equal(connected(), 128)
})

t.test('requests beyond the most connections get their turn', async (t) => {
  const { post, connected } = await opened(t, (socket, _, nth) => {
    setTimeout(() => socket.write(sized(`answer ${nth}`)), 5)
  })
  const answers = await Promise.all(Array.from({ length: 400 }, () => post()))
  t.equal(new Set(answers.map(({ text }) => text)).size, 400)
  t.ok(connected() <= 128)
})

t.test('a header value with a line break is refused, and not shown', async (t) => {
  const { connections, requests } = await opened(t, () => {})
  const secret = 'token\r\nx-evil: 1'
  const sent = connections.post(
    { 'x-amz-security-token': secret },
    Buffer.from(''),
    new AbortController().signal,
  )
  await t.rejects(sent, { message: /x-amz-security-token/ })
  await sent.catch(({ message }) => t.notMatch(message, 'evil'))
  t.equal(requests(), 0)
})

/** The certificates of tests are self-signed. */
function trustAnybody(t: Test): void {
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  t.teardown(() => {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before
  })
}

t.test('an idle connection is closed', async (t) => {
  let closed = () => {}
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve
  })
  const { post, connected } = await opened(
    t,
    (socket, _, nth) => {
      socket.once('close', closed)
      socket.write(sized(`answer ${nth}`))
    },
    { limits: { idleTimeout: 20 } },
  )
  t.equal((await post()).text, 'answer 0')
  await isClosed
  t.equal((await post()).text, 'answer 1')
  t.equal(connected(), 2)
})

t.test('an old connection takes no further request', async (t) => {
  const { post, connected } = await opened(
    t,
    (socket, _, nth) => socket.write(sized(`answer ${nth}`)),
    { limits: { oldestAge: 0 } },
  )
  for (let nth = 0; nth < 3; nth++) t.equal((await post()).text, `answer ${nth}`)
  t.equal(connected(), 3)
})
