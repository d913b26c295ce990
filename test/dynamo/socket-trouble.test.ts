/** Connections that fail to open, because of this machine or of the network. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer as createTcpServer, Socket } from 'node:net'
import { openDescriber } from '../../lib/dynamo/describe/describer.ts'
import { asFailure } from '../../lib/dynamo/request/request-errors.ts'
import { CREDENTIALS } from '../support/address.ts'
import { PATIENCE } from '../support/tables/memory-table.ts'
import { itemClient, serveTable } from '../support/tables/served-table.ts'
import { type Test, t } from '../support/tap.ts'

const CONTEXT = { operation: 'Scan', table: 1, label: 'x:T' }

const TROUBLES: readonly (readonly [string, RegExp])[] = [
  ['EMFILE', /ulimit -n/],
  ['ENFILE', /open files/],
  ['EADDRNOTAVAIL', /port/],
  ['ENOBUFS', /memory/],
  ['ENOMEM', /memory/],
  ['ENETDOWN', /network/],
  ['ENETUNREACH', /network/],
  ['EHOSTDOWN', /network/],
  ['EBUSY', /this machine/],
  ['EAGAIN', /this machine/],
  ['EACCES', /firewall/],
  ['EPERM', /firewall/],
  ['ECONNABORTED', /network/],
  ['EAI_FAIL', /name/],
  ['EAI_NODATA', /name/],
  ['ENOTFOUND', /name/],
  // A code that is not listed: a request without an answer is retried all the same.
  ['ESOMETHING', /network/],
]

/** Makes the next `times` connections fail with the code, before anything is sent. */
function failing(t: Test, code: string, times: number): () => number {
  const right = Socket.prototype.connect
  let failed = 0
  t.teardown(() => {
    Socket.prototype.connect = right
  })
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
    if (failed >= times) return right.apply(this, given as Parameters<typeof right>)
    failed++
    const error = Object.assign(new Error(`connect ${code} 10.0.0.1:443`), {
      ...{ code, syscall: 'connect', address: '10.0.0.1', port: 443 },
    })
    process.nextTick(() => this.destroy(error))
    return this
  } as typeof right
  return () => failed
}

async function tableOf(t: Test) {
  const served = await serveTable(t, (_, response) => {
    response.end('{"Table":{"TableName":"T"},"Items":[],"Count":0}')
  })
  const access = { ...served, index: 1 }
  const client = await itemClient(t, access)
  const describer = openDescriber(access, { timeouts: PATIENCE, credentials: CREDENTIALS })
  t.teardown(() => describer.close())
  return {
    scan: () =>
      client.send({ operation: 'Scan', body: '{}', read: () => 'read', unitsOf: () => 0 }),
    describe: async () => (await describer.describe())?.TableName,
  }
}

for (const [code, hint] of TROUBLES) {
  for (const what of ['scan', 'describe'] as const) {
    t.test(`a ${what} is retried after ${code}`, async (t) => {
      const table = await tableOf(t)
      const failed = failing(t, code, 2)
      t.ok(await table[what]())
      t.equal(failed(), 2)
    })
    t.test(`a ${what} whose connections all end with ${code} says what is wrong`, async (t) => {
      const table = await tableOf(t)
      const failed = failing(t, code, 1000)
      await t.rejects(table[what](), { code: 'UNREACHABLE', message: new RegExp(code), hint })
      t.equal(failed(), 1 + PATIENCE.maxRetries)
    })
  }
}

t.test('an answer with a 4xx status is final, whatever the name of its error', async (t) => {
  const error = Object.assign(new Error('no'), { name: 'Odd', $metadata: { httpStatusCode: 418 } })
  t.match(asFailure(error, CONTEXT), { code: 'SERVICE' })
  t.match(asFailure(new TypeError('ours'), CONTEXT), { code: 'SERVICE' })
})

t.test('a connection refused at two addresses of a name lists both, with a hint', async (t) => {
  const gone = createTcpServer().listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address() as AddressInfo
  gone.close()
  await once(gone, 'close')
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '127.0.0.2', family: 4 },
  ]
  const socket = connect({
    ...{ host: 'localhost', port, autoSelectFamily: true },
    lookup: (_name, _options, done) => (done as (...given: unknown[]) => void)(null, addresses),
  })
  const [error] = await once(socket, 'error').catch((thrown: unknown) => [thrown])
  t.equal((error as Error).name, 'AggregateError')
  const { message, code, hint } = asFailure(error, CONTEXT)
  t.equal(
    message,
    `Scan on x:T: connection refused (ECONNREFUSED) at 127.0.0.1:${port} and 127.0.0.2:${port}`,
  )
  t.equal(code, 'UNREACHABLE')
  t.match(hint, /engine/)
})
