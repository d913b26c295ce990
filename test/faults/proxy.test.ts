/** Behind a proxy, and with certificates of one's own. */

import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { runSync } from 'tablesync'
import { CERTIFICATE, PRIVATE_KEY } from '../http/self-signed.ts'
import { ALL_WRITES, MASTER_ITEMS, REPLICA_ITEMS } from '../support/scene.ts'
import { type Stub, startStub } from '../support/tables/stub.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'
import { freePort, noTinyproxy, startTinyproxy } from '../support/tinyproxy.ts'

const VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY', 'AWS_CA_BUNDLE'] as const

type Environment = { readonly [name in (typeof VARIABLES)[number]]?: string }

/** Sets only the given variables, until the test ends. */
function environment(t: Test, given: Environment): void {
  const names = VARIABLES.flatMap((name) => [name, name.toLowerCase()])
  const before = names.map((name) => [name, process.env[name]] as const)
  const set = (name: string, value: string | undefined) => {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  for (const name of names) set(name, undefined)
  for (const [name, value] of Object.entries(given)) set(name, value)
  t.teardown(() => {
    for (const [name, value] of before) set(name, value)
  })
}

/**
 * An address of this machine that no tool takes for it: requests to 127.0.0.1 go through no proxy.
 */
const ELSEWHERE = '0.0.0.0'

interface Tables {
  readonly stub: Stub
  /** Without TLS, and with TLS. */
  readonly plain: string
  readonly secure: string
  /** Connections to `secure`, so far. */
  readonly connections: () => number
  run(endpoint: string): ReturnType<typeof runSync>
}

async function openTables(t: Test): Promise<Tables> {
  const stub = await startStub()
  stub.table('Master', MASTER_ITEMS)
  stub.table('Replica', REPLICA_ITEMS)
  const { port } = new URL(stub.endpoint)
  let connections = 0
  const server = createServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (socket) => {
    connections++
    const inner = connect(Number(port), '127.0.0.1')
    for (const one of [socket, inner]) one.on('error', () => {})
    socket.pipe(inner).pipe(socket)
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    await stub.close()
    server.close()
  })
  return {
    stub,
    plain: `http://${ELSEWHERE}:${port}`,
    secure: `https://${ELSEWHERE}:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    run: (endpoint) =>
      runSync({
        ...ALL_WRITES,
        master: 'us-east-1:Master',
        replicas: ['us-east-1:Replica'],
        ...{ endpoint, minMismatchAge: 0, workers: 1, segments: 2, scanLimit: 10 },
        // tinyproxy closes a connection after each answer: the next request may meet a closed one.
        ...{ retryDelayBase: 5, allowShrunkenMaster: true },
      }),
  }
}

async function bundleOf(t: Test, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const file = join(folder, 'ca.pem')
  await writeFile(file, text)
  return file
}

const host = (endpoint: string) => new URL(endpoint).host

t.test('behind a proxy', { skip: noTinyproxy }, async (t) => {
  for (const name of ['HTTPS_PROXY', 'ALL_PROXY'] as const) {
    t.test(
      `runSync goes through ${name} to an endpoint that speaks TLS`,
      oneOfMany(),
      async (t) => {
        const { secure, connections, stub, run } = await openTables(t)
        const proxy = await startTinyproxy(t)
        const AWS_CA_BUNDLE = await bundleOf(t, CERTIFICATE)
        environment(t, { [name]: `http://127.0.0.1:${proxy.port}`, AWS_CA_BUNDLE })
        t.match(await run(secure), { outcome: 'in-sync', errors: [] })
        const asked = await proxy.asked()
        t.strictSame([...new Set(asked)], [`CONNECT ${host(secure)}`])
        t.equal(asked.length, connections(), 'no connection bypasses the proxy')
        t.ok(stub.requests.some(({ operation }) => operation === 'DescribeTable'))
      },
    )
  }

  t.test('runSync goes through HTTP_PROXY to an endpoint without TLS', async (t) => {
    const { plain, stub, run } = await openTables(t)
    const proxy = await startTinyproxy(t)
    environment(t, { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` })
    t.match(await run(plain), { outcome: 'in-sync', errors: [] })
    const asked = await proxy.asked()
    t.strictSame([...new Set(asked)], [`POST ${plain}/`])
    t.equal(asked.length, stub.requests.length)
  })

  t.test('runSync sends a proxy its name and password', async (t) => {
    for (const [which, variable] of [
      ['secure', 'HTTPS_PROXY'],
      ['plain', 'HTTP_PROXY'],
    ] as const) {
      const tables = await openTables(t)
      const proxy = await startTinyproxy(t, 'me s.cret')
      const AWS_CA_BUNDLE = await bundleOf(t, CERTIFICATE)
      environment(t, { [variable]: `http://me:s%2Ecret@127.0.0.1:${proxy.port}`, AWS_CA_BUNDLE })
      t.match(await tables.run(tables[which]), { outcome: 'in-sync', errors: [] }, which)
    }
  })

  t.test('runSync reports the answer of a proxy that refuses, without the password', async (t) => {
    const { secure, run } = await openTables(t)
    const proxy = await startTinyproxy(t, 'me right')
    environment(t, { HTTPS_PROXY: `http://me:wrong-secret@127.0.0.1:${proxy.port}` })
    const error = await run(secure).catch((thrown: unknown) => thrown)
    t.match(error, {
      code: 'UNREACHABLE',
      message: new RegExp(`the proxy http://127\\.0\\.0\\.1:${proxy.port} answers 40[17]`),
      hint: /HTTPS_PROXY/,
    })
    t.notMatch(JSON.stringify(error) + (error as Error).message, 'wrong-secret')
  })
})

t.test('runSync connects directly to a host that NO_PROXY names', async (t) => {
  const { secure, run } = await openTables(t)
  const HTTPS_PROXY = `http://127.0.0.1:${await freePort()}`
  const AWS_CA_BUNDLE = await bundleOf(t, CERTIFICATE)
  environment(t, { HTTPS_PROXY, NO_PROXY: ELSEWHERE, AWS_CA_BUNDLE })
  t.match(await run(secure), { outcome: 'in-sync', errors: [] })
})

t.test('runSync connects directly to this machine, whatever the proxy settings', async (t) => {
  const { stub, run } = await openTables(t)
  const proxy = `http://127.0.0.1:${await freePort()}`
  environment(t, { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, ALL_PROXY: proxy })
  t.match(await run(stub.endpoint), { outcome: 'in-sync', errors: [] })
})

t.test('runSync names a proxy that does not listen', async (t) => {
  const { secure, run } = await openTables(t)
  const port = await freePort()
  environment(t, { HTTPS_PROXY: `http://127.0.0.1:${port}` })
  await t.rejects(run(secure), {
    code: 'UNREACHABLE',
    message: new RegExp(`127\\.0\\.0\\.1:${port}`),
  })
})

t.test('runSync refuses a proxy of an unknown kind', async (t) => {
  const { secure, run } = await openTables(t)
  environment(t, { ALL_PROXY: 'socks5://me:secret@127.0.0.1:1080' })
  const error = await run(secure).catch((thrown: unknown) => thrown)
  t.match(error, {
    code: 'USAGE',
    message: /is a socks5: URL; expected http:\/\/ or https:\/\//,
    hint: /ALL_PROXY/,
  })
  t.notMatch((error as Error).message, 'secret')
})

t.test('runSync trusts the certificates of AWS_CA_BUNDLE', async (t) => {
  const { secure, run } = await openTables(t)
  environment(t, { AWS_CA_BUNDLE: await bundleOf(t, CERTIFICATE) })
  t.match(await run(secure), { outcome: 'in-sync', errors: [] })
})

t.test('runSync gives a hint about a certificate that is not trusted', async (t) => {
  const { secure, run } = await openTables(t)
  environment(t, {})
  await t.rejects(run(secure), { code: 'UNREACHABLE', hint: /AWS_CA_BUNDLE/ })
})

for (const [what, fileOf] of [
  ['does not exist', async () => '/nowhere/ca.pem'],
  ['has no certificate', (t: Test) => bundleOf(t, 'no certificate')],
] as const) {
  t.test(`runSync refuses an AWS_CA_BUNDLE that ${what}`, oneOfMany(), async (t) => {
    const { secure, stub, run } = await openTables(t)
    environment(t, { AWS_CA_BUNDLE: await fileOf(t) })
    await t.rejects(run(secure), { code: 'USAGE', message: /AWS_CA_BUNDLE.*ca\.pem/ })
    t.strictSame(stub.requests, [])
  })
}
