/** When and how often the run checks that tables are still the same. */

import { openIdentifier } from '../../lib/dynamo/describe/identity-check.ts'
import { TableWatch } from '../../lib/run/tables/table-watch.ts'
import { CREDENTIALS } from '../support/address.ts'
import { PATIENCE } from '../support/tables/memory-table.ts'
import { type Stub, startStub } from '../support/tables/stub.ts'
import { type Test, t } from '../support/tap.ts'

const SECOND = 1000
const OLD = { TableId: 'old' }

interface Watched {
  readonly stub: Stub
  readonly table: ReturnType<Stub['table']>
  readonly watch: TableWatch
  readonly changed: string[]
  readonly asked: () => number
}

async function open(t: Test, { isOver = false } = {}): Promise<Watched> {
  const stub = await startStub()
  const table = stub.table('Orders')
  table.described = OLD
  const changed: string[] = []
  const watch = new TableWatch({
    tables: [{ table: 1, label: 'Orders', first: { tableId: 'old', createdAt: undefined } }],
    open: (index) =>
      openIdentifier(
        {
          index,
          label: 'Orders',
          tableName: 'Orders',
          region: 'us-east-1',
          endpoint: stub.endpoint,
          userAgent: 'test',
        },
        { timeouts: PATIENCE, credentials: CREDENTIALS },
      ),
    onChanged: (_, { message }) => changed.push(message),
    isOver: () => isOver,
  })
  t.teardown(async () => {
    watch.end()
    await stub.close()
  })
  return { stub, table, watch, changed, asked: () => stub.requests.length }
}

t.test(
  'a table is checked every two minutes, by the clock that runs while a machine sleeps',
  async (t) => {
    const { watch, table, changed, asked } = await open(t)
    const began = Date.now()
    await watch.lookIfDue(began + 110 * SECOND)
    t.equal(asked(), 0)
    await watch.lookIfDue(began + 121 * SECOND)
    t.equal(asked(), 1)
    await watch.lookIfDue(began + 230 * SECOND)
    t.equal(asked(), 1)
    table.makeAnew({ TableId: 'new' })
    await watch.lookIfDue(began + 8 * 3600 * SECOND)
    t.equal(asked(), 2)
    t.match(changed, [/Orders was deleted and recreated: expected the id old, got the id new/])
  },
)

t.test('a run that is over does not check', async (t) => {
  const { watch, asked } = await open(t, { isOver: true })
  await watch.lookIfDue(Date.now() + 3600 * SECOND)
  t.equal(asked(), 0)
})

t.test('an answer counts only for callers that asked before its request was sent', async (t) => {
  const { watch, stub, table, asked } = await open(t)
  let answer = () => {}
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  const arrived = new Promise<void>((resolve) => {
    stub.on(() => {
      resolve()
      return asked() === 1 ? { answeredAfter: held } : undefined
    })
  })
  const first = watch.look()
  await arrived
  // The table was recreated after this answer was made: later callers need another one.
  table.makeAnew({ TableId: 'new' })
  const later = [watch.look(), watch.look([1])]
  answer()
  t.equal(await first, undefined)
  for (const doubt of await Promise.all(later)) t.match(doubt, { code: 'TABLE_CHANGED' })
  t.equal(asked(), 2, 'later callers share one')
  t.match(watch.doubt([1]), { code: 'TABLE_CHANGED' })
  await t.rejects(watch.confirm([0, 1]), { code: 'ENDED' })
})

t.test('a table that was recreated never counts as the old one again', async (t) => {
  const { watch, table, changed } = await open(t)
  table.makeAnew({ TableId: 'new' })
  await watch.look()
  table.makeAnew(OLD)
  t.match(await watch.look(), { code: 'TABLE_CHANGED' })
  t.equal(changed.length, 1, 'it is reported once')
})

t.test('a check that failed is repeated', async (t) => {
  const { watch, stub } = await open(t)
  let isDown = true
  stub.on(() => (isDown ? { error: 'AccessDeniedException' } : undefined))
  t.match(await watch.look(), { code: 'ACCESS_DENIED' })
  t.match(watch.doubt([1]), { code: 'ACCESS_DENIED' })
  isDown = false
  t.equal(await watch.look(), undefined)
  t.equal(watch.doubt([1]), undefined)
})

t.test('a table that is being deleted counts as changed', async (t) => {
  const { watch, table, changed } = await open(t)
  table.described = { ...OLD, TableStatus: 'DELETING' }
  t.match(await watch.look(), { code: 'TABLE_CHANGED' })
  t.match(changed, [/being deleted/])
})
