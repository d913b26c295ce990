/** Signatures whose time the service does not accept. */
import { openDescriber } from '../../lib/dynamo/describe/describer.ts'
import { CREDENTIALS } from '../support/address.ts'
import { PATIENCE } from '../support/tables/memory-table.ts'
import { itemClient, serveTable } from '../support/tables/served-table.ts'
import { type Test, t } from '../support/tap.ts'

const MINUTE = 60_000

/** A service, as strict as the real one, whose clock is `ahead(n)` ms ahead at request n. */
async function serviceAhead(t: Test, ahead: (request: number) => number) {
  let requests = 0
  const access = await serveTable(t, (request, response) => {
    const now = Date.now() + ahead(requests++)
    const text = String(request.headers['x-amz-date'])
    const [, year, month, day, hour, minute, second] =
      /^(....)(..)(..)T(..)(..)(..)Z$/.exec(text) ?? []
    const signed = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
    response.setHeader('date', new Date(now).toUTCString())
    if (Math.abs(signed - now) < 5 * MINUTE) return response.end('{"Items":[]}')
    response.statusCode = 400
    return response.end('{"__type":"a.b#InvalidSignatureException","message":"too old"}')
  })
  const client = await itemClient(t, access)
  const describer = openDescriber(access, { timeouts: PATIENCE, credentials: CREDENTIALS })
  t.teardown(() => describer.close())
  const send = (operation: 'Scan' | 'PutItem') =>
    client.send({ operation, body: '{}', read: (bytes) => bytes, unitsOf: () => 0 })
  return { send, describe: () => describer.describe(), requests: () => requests }
}

for (const off of [-70 * MINUTE, 70 * MINUTE]) {
  t.test(`TableClient.send adopts the service's clock, ${off / MINUTE} minutes off`, async (t) => {
    const { send, requests } = await serviceAhead(t, () => off)
    await send('PutItem')
    t.equal(requests(), 2)
    await send('Scan')
    t.equal(requests(), 3, 'and remembers it')
  })
}

for (const off of [-70 * MINUTE, 10 * MINUTE]) {
  t.test(`Describer adopts the service's clock, ${off / MINUTE} minutes off`, async (t) => {
    const { describe, requests } = await serviceAhead(t, () => off)
    await describe()
    t.equal(requests(), 2)
    await describe()
    t.equal(requests(), 3, 'and remembers it')
  })
}

t.test('Describer gives up on a service whose clock keeps jumping', async (t) => {
  const { describe, requests } = await serviceAhead(t, (request) =>
    request % 2 === 0 ? 10 * MINUTE : -10 * MINUTE,
  )
  await t.rejects(describe(), {
    code: 'CREDENTIALS',
    message: /InvalidSignature/,
    hint: /clock/,
  })
  t.ok(requests() <= 2, `${requests()} requests`)
})

for (const operation of ['Scan', 'PutItem'] as const) {
  t.test(`TableClient.send gives up a ${operation} where the clock keeps jumping`, async (t) => {
    const { send, requests } = await serviceAhead(t, (request) =>
      request % 2 === 0 ? 10 * MINUTE : -10 * MINUTE,
    )
    await t.rejects(send(operation), { code: 'CREDENTIALS', message: /InvalidSignature/ })
    t.ok(requests() <= 2, `${requests()} requests`)
  })
}
