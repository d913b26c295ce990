/** A program asks whoever it wants before tables are made, and hears of them. */
import { type Question, type RunOptions, runSync } from 'tablesync'
import type { ModelledService } from '../support/tables/modelled-service.ts'
import { t } from '../support/tap.ts'
import { FULL, ITEMS, openWorld } from './full-master.ts'

const run = ({ endpoint }: ModelledService, more: Partial<RunOptions>) =>
  runSync({
    master: 'us-east-1:Orders',
    replicas: ['us-east-1:Copy', 'us-east-1:Other'],
    endpoint,
    writeMissing: true,
    createReplica: true,
    minMismatchAge: 0,
    ...more,
  })

/** Runs of a program here ask no STS. */
async function openEmulator(t: Parameters<typeof openWorld>[0]) {
  const { service } = await openWorld(t)
  service.account = '000000000000'
  service.table('Orders', FULL, {}, ITEMS)
  return service
}

t.test('a no to the second question makes neither table', async (t) => {
  const service = await openEmulator(t)
  const asked: string[] = []
  const summary = await run(service, {
    confirm: ({ about, replica, table }: Question) => {
      asked.push(`${about} ${replica} ${table.ref.name}`)
      return replica === 'us-east-1:Copy'
    },
  })
  t.same(asked, ['creation us-east-1:Copy Copy', 'creation us-east-1:Other Other'])
  t.match(summary, {
    outcome: 'stopped',
    stopped: { safeguard: 'confirmation', message: /us-east-1:Other was not confirmed/ },
    replicas: { 'us-east-1:Copy': { create: { made: false } } },
  })
  t.same(service.made('CreateTable'), [])
})

t.test('what a question throws ends the run, and no table is made', async (t) => {
  const service = await openEmulator(t)
  const thrown = new Error('nobody there')
  const confirm = () => Promise.reject(thrown)
  await t.rejects(run(service, { confirm }), thrown)
  t.same(service.made('CreateTable'), [])
})

t.test('what a listener throws ends the run before a table is made', async (t) => {
  const service = await openEmulator(t)
  const thrown = new Error('not this one')
  const onProgress: RunOptions['onProgress'] = ({ type }) => {
    if (type === 'creation') throw thrown
  }
  await t.rejects(run(service, { onProgress, expectAccount: '000000000000' }), thrown)
  t.same(service.made('CreateTable'), [])
})

t.test('an aborted signal ends the wait', async (t) => {
  const service = await openEmulator(t)
  service.looksUntilActive = Number.POSITIVE_INFINITY
  const ending = new AbortController()
  const warnings: string[] = []
  const waited = new Set<string>()
  const summary = await run(service, {
    expectAccount: '000000000000',
    signal: ending.signal,
    onProgress(event) {
      // Both have begun then.
      if (event.type === 'creating' && waited.add(event.replica).size === 2) ending.abort()
      if (event.type === 'warning') warnings.push(`${event.replica} ${event.message}`)
    },
  })
  t.equal(summary.outcome, 'interrupted')
  t.same(warnings.map((warning) => warning.split(':').slice(0, 2).join(':')).sort(), [
    'us-east-1:Copy the table is being made, and the run does not wait for it',
    'us-east-1:Other the table is being made, and the run does not wait for it',
  ])
  service.looksUntilActive = 0
  const again = await run(service, { expectAccount: '000000000000' })
  t.equal(again.outcome, 'in-sync')
  t.equal(service.made('CreateTable').length, 2)
  t.equal(service.items('Other').length, 3)
})

t.test(
  'one of two tables cannot be made: the other one stays, and the next run goes on',
  async (t) => {
    const service = await openEmulator(t)
    let isDenied = true
    service.on(({ operation, body }) =>
      isDenied && operation === 'CreateTable' && body['TableName'] === 'Other'
        ? 'AccessDeniedException'
        : undefined,
    )
    const options = { expectAccount: '000000000000' }
    await t.rejects(run(service, options), { code: 'ACCESS_DENIED', message: /us-east-1:Other/ })
    t.ok(service.described('Copy'))
    t.same(service.items('Copy'), [], 'nothing is written')
    isDenied = false
    const summary = await run(service, options)
    t.equal(summary.outcome, 'in-sync')
    t.notOk('create' in (summary.replicas['us-east-1:Copy'] ?? {}))
    t.match(summary.replicas['us-east-1:Other'], { written: 3, create: { made: true } })
  },
)
