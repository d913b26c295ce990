import { type RunEvent, runSync } from 'tablesync'
import { startDynalite } from '../support/tables/dynalite.ts'
import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import { makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { skipLong } from '../support/thorough.ts'
import { provesMatrix } from './matrix.ts'

if (noJava) {
  t.test('dynalite and DynamoDB Local', { skip: noJava }, async () => {})
} else {
  const dynalite = await startDynalite()
  const local = await startDynamoDBLocal()
  t.teardown(() => dynalite.stop())
  t.teardown(() => local.stop())

  if (skipLong) t.test('dynalite to DynamoDB Local', { skip: skipLong }, async () => {})
  else
    provesMatrix(t, {
      name: 'dynalite to DynamoDB Local',
      master: dynalite,
      replica: local,
      comparesNested: true,
    })

  t.test(
    'runSync switches to lookup between engines of different order, and still finds extras',
    { skip: skipLong },
    async (t) => {
      const master = await makeTable(dynalite.endpoint)
      const replica = await makeTable(local.endpoint)
      const item = (i: number) => ({ id: { S: `k${i}` }, text: { S: 'x'.repeat(300) } })
      const numbers = Array.from({ length: 2000 }, (_, i) => i)
      await master.put(numbers.map(item))
      await replica.put(numbers.filter((i) => i % 100 !== 1).map(item))
      await replica.put([item(9001), item(9002), item(9003)])
      const events: RunEvent[] = []
      const summary = await runSync({
        minMismatchAge: 0,
        master: { table: master.label, endpoint: dynalite.endpoint },
        replicas: [{ table: replica.label, endpoint: local.endpoint }],
        onProgress: (event) => events.push(event),
      })
      const { [replica.label]: counts } = summary.replicas
      t.match(counts, { sameAs: 1980, missing: 20, differing: 0, extra: 3, strategy: 'lookup' })
      t.equal(events.filter(({ type }) => type === 'orders-differ').length, 1, 'reported once')
    },
  )
}
