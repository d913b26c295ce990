/** Master and replica that are one table, or may be: by endpoint, id, ARN or name. */

import { type RunEvent, runSync } from 'tablesync'
import { item } from '../support/scene.ts'
import { startStub } from '../support/tables/stub.ts'
import type { Body } from '../support/tables/stub-terms.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const ARN = 'arn:aws:dynamodb:ddblocal:000000000000:table/Orders'
const KEYS = { accessKeyId: 'local', secretAccessKey: 'local' }
const OTHER_KEYS = { accessKeyId: 'other', secretAccessKey: 'other' }

interface Case {
  readonly what: string
  readonly described: Body
  readonly replica: string
  readonly keys?: typeof KEYS
  readonly end: 'refused' | 'warned' | 'compared'
}

const CASES: readonly Case[] = [
  {
    what: 'one id under two regions',
    described: { TableId: 'a', TableArn: ARN },
    replica: 'eu-west-1:Orders',
    end: 'refused',
  },
  {
    what: 'one ARN under two regions, and no id',
    described: { TableArn: ARN },
    replica: 'eu-west-1:Orders',
    end: 'warned',
  },
  {
    what: 'no ARN and no id, under two regions',
    described: {},
    replica: 'eu-west-1:Orders',
    end: 'compared',
  },
  { what: 'one name in one region', described: {}, replica: 'us-east-1:Orders', end: 'refused' },
  {
    what: 'one ARN in one region',
    described: { TableArn: ARN },
    replica: 'us-east-1:Orders',
    end: 'refused',
  },
  {
    what: 'one ARN in one region for two access keys',
    described: { TableArn: ARN },
    replica: 'us-east-1:Orders',
    keys: OTHER_KEYS,
    end: 'warned',
  },
  {
    what: 'one id for two access keys',
    described: { TableId: 'a' },
    replica: 'us-east-1:Orders',
    keys: OTHER_KEYS,
    end: 'refused',
  },
]

async function compared(t: Test, { described, replica, keys = KEYS }: Case) {
  const stub = await startStub()
  t.teardown(() => stub.close())
  stub.table('Orders', [item(0), item(1)]).described = described
  const events: RunEvent[] = []
  const summary = await runSync({
    master: { table: 'us-east-1:Orders', endpoint: stub.endpoint, credentials: KEYS },
    replicas: [{ table: replica, endpoint: stub.endpoint, credentials: keys }],
    minMismatchAge: 0,
    workers: 1,
    segments: 1,
    onProgress: (event) => void events.push(event),
  })
  return { summary, warnings: events.filter(({ type }) => type === 'warning') }
}

for (const one of CASES) {
  t.test(`${one.what}: ${one.end}`, oneOfMany(), async (t) => {
    if (one.end === 'refused') {
      await t.rejects(compared(t, one), { code: 'SAME_TABLE', hint: /Name two different tables/ })
      return
    }
    const { summary, warnings } = await compared(t, one)
    t.equal(summary.outcome, 'in-sync')
    if (one.end === 'compared') return void t.strictSame(warnings, [])
    t.match(warnings, [
      { replica: one.replica, message: /may be the same table as us-east-1:Orders.*table\/Orders/ },
    ])
  })
}
