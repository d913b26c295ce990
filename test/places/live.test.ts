/** A writer counts up what is not compared while tablesync repairs: no count is ever lost. */
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { runSync } from 'tablesync'
import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import { clientOf, type Item, LOCAL_CREDENTIALS, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'

const ITEMS = 40
const ids = Array.from({ length: ITEMS }, (_, at) => `item-${at}`)
const row = (id: string, name: string): Item => ({
  id: { S: id },
  profile: { M: { name: { S: name }, seen: { N: '0' } } },
  seen: { N: '0' },
})

t.test('counters beside what is repaired never lose a step', { skip: noJava }, async (t) => {
  const { endpoint, stop } = await startDynamoDBLocal()
  t.teardown(stop)
  for (const rules of [{ ignore: ['profile.seen', 'seen'] }, { only: ['profile.name'] }]) {
    const [master, replica] = [await makeTable(endpoint), await makeTable(endpoint)]
    await master.put(ids.map((id) => row(id, 'new')))
    await replica.put(ids.map((id) => row(id, 'old')))
    const client = clientOf(t, endpoint)
    const steps = new Map<string, number>()
    let isOver = false
    const writer = async (from: number) => {
      for (let at = from; !isOver; at = (at + 1) % ITEMS) {
        const id = ids[at] as string
        await client.send(
          new UpdateItemCommand({
            TableName: replica.name,
            Key: { id: { S: id } },
            UpdateExpression: 'SET profile.seen = profile.seen + :one, seen = seen + :one',
            ExpressionAttributeValues: { ':one': { N: '1' } },
          }),
        )
        steps.set(id, (steps.get(id) ?? 0) + 1)
      }
    }
    const writers = [0, 13, 26].map(writer)
    const summary = await runSync({
      master: { table: master.label, endpoint, credentials: LOCAL_CREDENTIALS },
      replicas: [{ table: replica.label, endpoint, credentials: LOCAL_CREDENTIALS }],
      ...{ writeMissing: true, writeDiffering: true, workers: 1, minMismatchAge: 0.3 },
      ...rules,
    })
    isOver = true
    await Promise.all(writers)
    const how = JSON.stringify(rules)
    t.equal(summary.outcome, 'in-sync', how)
    t.match(summary.replicas[replica.label], { differing: ITEMS, written: ITEMS, conflicts: 0 })
    for (const held of await replica.all()) {
      const n = { N: String(steps.get(held['id']?.S ?? '') ?? 0) }
      t.strictSame(held['profile'], { M: { name: { S: 'new' }, seen: n } }, how)
      t.strictSame(held['seen'], n, how)
    }
    const total = [...steps.values()].reduce((sum, count) => sum + count, 0)
    t.ok(total > ITEMS, `${total} steps were taken meanwhile`)
  }
})
