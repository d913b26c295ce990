/** Credentials that are asked for and never come: the table counts as silent. */
import { openDescriber } from '../../lib/dynamo/describe/describer.ts'
import type { HeldCredentials } from '../../lib/model/tables/aws-credentials.ts'
import { CREDENTIALS } from '../support/address.ts'
import { PATIENCE } from '../support/tables/memory-table.ts'
import { itemClient, serveTable } from '../support/tables/served-table.ts'
import { type Test, t } from '../support/tap.ts'

const timeouts = { ...PATIENCE, silenceLimit: 200 }
const never = () => new Promise<HeldCredentials>(() => {})

/** Calls all credentials expired. */
const refusingTable = (t: Test) =>
  serveTable(t, (request, response) => {
    request.resume().on('end', () => {
      response.statusCode = 400
      response.end('{"__type":"a.b#ExpiredTokenException","message":"expired"}')
    })
  })

/** The keeper answers so often, and then never. */
function keeper(answers: number) {
  let asked = 0
  return (refused?: string) => (asked++ < answers ? CREDENTIALS(refused) : never())
}

for (const answers of [0, 1]) {
  t.test(`A description ends where credentials come ${answers} times`, async (t) => {
    const access = await refusingTable(t)
    const describer = openDescriber(access, { timeouts, credentials: keeper(answers) })
    t.teardown(() => describer.close())
    await t.rejects(describer.describe(), { code: 'TABLE_SILENT' })
  })

  t.test(`A request for items ends where credentials come ${answers} times`, async (t) => {
    const access = await refusingTable(t)
    const client = await itemClient(t, access, { timeouts, credentials: keeper(answers) })
    const request = { operation: 'Scan', body: '{}', read: () => 0, unitsOf: () => 0 } as const
    await t.rejects(client.send(request), { code: 'TABLE_SILENT' })
  })
}
