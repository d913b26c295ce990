/**
 * The main job on two tables of an embedded DynamoDB (dynalite): look, repair,
 * look again. No Java, no AWS account.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { BatchWriteItemCommand, CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import dynalite from 'dynalite'
import { type RunOptions, runSync, type Summary } from 'tablesync'
import { differenceLines } from '../lib/report/lines/differences/difference-lines.ts'
import { verdictLines } from '../lib/report/lines/summary-lines.ts'
import { plainOf } from '../lib/report/styled-line.ts'

const ITEMS = 1000

// Otherwise the SDK warns on every thread that it is going to drop this version of Node.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'

const server = dynalite({ createTableMs: 0 })
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const client = new DynamoDBClient({
  region: 'us-east-1',
  endpoint,
  credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' },
})

say(`Two tables of an embedded DynamoDB at ${endpoint}, ${ITEMS} orders each.`)
await fill(
  'Orders',
  Array.from({ length: ITEMS }, (_, i) => order(i)),
)
await fill('OrdersCopy', [
  ...Array.from({ length: ITEMS }, (_, i) => order(i)).filter((_, i) => i % 250 !== 10),
  order(20, 'unpaid'),
  order(21, 'unpaid'),
  order(5000),
])
say('The copy has drifted: 4 orders are missing, 2 differ, and it has 1 that the master lacks.')

say('\n1. tablesync -m us-east-1:Orders -r us-east-1:OrdersCopy --verbose --quiesced')
say('   This is a dry run: it writes nothing. Nobody else writes to these tables, so --quiesced')
say('   is safe: tablesync does not wait for late replication.\n')
await run({})

say('\n2. The same with --write-missing --write-differing --delete-extra')
say('   An update or a deletion is made only if the copy still holds what was read. With')
say('   --quiesced, puts have no such condition.\n')
await run({ writeMissing: true, writeDiffering: true, deleteExtra: true })

say('\n3. The dry run again: nothing is left to do.\n')
const { outcome } = await run({})

client.destroy()
server.closeAllConnections()
server.close()
say('\nNow with your own tables: node bundle/lib/cli.js --help, or read the README.')
process.exitCode = outcome === 'in-sync' ? 0 : 1

async function run(writes: Partial<RunOptions>): Promise<Summary> {
  const summary = await runSync({
    master: 'us-east-1:Orders',
    replicas: ['us-east-1:OrdersCopy'],
    endpoint,
    quiesced: true,
    onDifference(difference) {
      const lines = differenceLines(difference, { namesReplica: false, withValues: false })
      for (const line of lines) say(`   ${plainOf(line)}`)
    },
    ...writes,
  })
  for (const line of verdictLines(summary, undefined, { tellsEach: true }))
    say(`   ${plainOf(line)}`)
  return summary
}

function order(number: number, state = 'paid') {
  return {
    id: { S: `order-${number}` },
    state: { S: state },
    total: { N: `${number}.50` },
    tags: { SS: ['web', 'eu'] },
  }
}

async function fill(TableName: string, items: readonly ReturnType<typeof order>[]): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  )
  // The last of several orders with one id is the one that counts.
  const distinct = [...new Map(items.map((item) => [item.id.S, item])).values()]
  for (let at = 0; at < distinct.length; at += 25) {
    const batch = distinct.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }))
    await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: batch } }))
  }
}

function say(line: string): void {
  console.log(line)
}
