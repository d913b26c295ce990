/** Credentials that are asked for and never come: the table counts as silent. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openDescriber } from '../../lib/dynamo/describe/describer.ts'
import { openClient } from '../../lib/dynamo/request/client.ts'
import type { HeldCredentials } from '../../lib/model/tables/aws-credentials.ts'
import { addressOf, CREDENTIALS } from '../support/address.ts'
import { ID_KEY } from '../support/pages.ts'
import { PATIENCE } from '../support/tables/memory-table.ts'
import { type Test, t } from '../support/tap.ts'

const timeouts = { ...PATIENCE, silenceLimit: 200 }
const never = () => new Promise<HeldCredentials>(() => {})

/** Calls all credentials expired. */
async function refusingService(t: Test) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.statusCode = 400
      response.end('{"__type":"a.b#ExpiredTokenException","message":"expired"}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    ...{ index: 0, label: 'x:T', tableName: 'T', region: 'us-east-1', userAgent: 'test' },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  }
}

/** The keeper answers so often, and then never. */
function keeper(answers: number) {
  let asked = 0
  return (refused?: string) => (asked++ < answers ? CREDENTIALS(refused) : never())
}

for (const answers of [0, 1]) {
  t.test(`A description ends where credentials come ${answers} times`, async (t) => {
    const access = await refusingService(t)
    const describer = openDescriber(access, { timeouts, credentials: keeper(answers) })
    t.teardown(() => describer.close())
    await t.rejects(describer.describe(), { code: 'TABLE_SILENT' })
  })

  t.test(`A request for items ends where credentials come ${answers} times`, async (t) => {
    const access = await refusingService(t)
    const client = openClient(
      { ...access, keySchema: ID_KEY, address: await addressOf(access) },
      { timeouts, credentials: keeper(answers) },
    )
    t.teardown(() => client.close())
    const request = { operation: 'Scan', body: '{}', read: () => 0, unitsOf: () => 0 } as const
    await t.rejects(client.send(request), { code: 'TABLE_SILENT' })
  })
}
