/** Limits of a run of shards: divided among those that may run, and no shard deletes. */

import { join } from 'node:path'
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { planShards, runShard, type WireItem } from 'tablesync'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { asks, item, openScene, type Scene } from '../support/scene.ts'
import { doShards, tableFlags } from '../support/shard-run.ts'
import { LOCAL_CREDENTIALS } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { skipLong } from '../support/thorough.ts'

const SHARDS = 8
const SEGMENTS = 64
const UNITS = 40

/** How many of ten items each shard has to write: the work is skewed. */
const SHARES = [9, 5, 3, 2, 2, 1, 1, 0]

/** The items of each shard, as the engine divides a scan. */
async function itemsByShard({ master }: Scene): Promise<WireItem[][]> {
  const client = new DynamoDBClient({
    ...{ region: 'us-east-1', endpoint: master.stub.endpoint, credentials: LOCAL_CREDENTIALS },
  })
  const shards = Array.from({ length: SHARDS }, (): WireItem[] => [])
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const { Items = [] } = await client.send(
      new ScanCommand({
        ...{ TableName: master.table.name, Segment: segment, TotalSegments: SEGMENTS },
      }),
    )
    shards[segment % SHARDS]?.push(...(Items as WireItem[]))
  }
  client.destroy()
  return shards
}

const at = ({ label, stub }: Scene['master']) => ({ label, endpoint: stub.endpoint })

async function skewed(t: Test, items: number, extras: readonly WireItem[] = []) {
  const all = Array.from({ length: items }, (_, n) => item(n))
  const shards = await itemsByShard(await openScene(t, { masterItems: all, replicaItems: [] }))
  const kept = shards.flatMap((own, shard) =>
    own.filter((_, n) => n % 10 >= (SHARES[shard] as number)),
  )
  const replicaItems = [...kept, ...extras]
  const scene = await openScene(t, { masterItems: all, replicaItems })
  return { scene, missing: items - kept.length }
}

t.test(
  'all shards together keep to the write units of one run, and use them',
  { skip: skipLong },
  async (t) => {
    const { scene, missing } = await skewed(t, 3200, [item(99_999)])
    const { replica } = scene
    const shared = join(await tempFolder(t), 'shared')
    const written: number[] = []
    replica.stub.on((request) => {
      if (asks('PutItem')(request)) written.push(performance.now())
      return undefined
    })
    const plan = await runCli([
      ...['shard-plan', ...tableFlags(at(scene.master), at(replica)), '--write-missing'],
      ...['--delete-extra', '--shards', String(SHARDS), '--out', shared, '--min-mismatch-age', '0'],
      ...['--write-capacity', String(UNITS)],
    ])
    t.equal(plan.code, 0, plan.stderr)
    const env = (shard: number) => ({ JOB_COMPLETION_INDEX: String(shard) })
    for (const done of await doShards(shared, SHARDS, env)) t.equal(done.code, 0, done.stderr)
    t.equal(written.length, missing)
    t.strictSame(
      replica.stub.requests.filter(asks('DeleteItem', 'BatchWriteItem')),
      [],
      'no shard deletes',
    )
    t.strictSame(replica.table.all().length, 3201, 'and the extra item is there')
    // Units that were not used are kept for a second, by one run as by its shards.
    for (const seconds of [2, 5, 10]) {
      const most = written.map((from, first) => {
        const end = written.findIndex((time) => time > from + seconds * 1000)
        return (end < 0 ? written.length : end) - first
      })
      t.ok(
        Math.max(...most) <= UNITS * (seconds + 1) + SHARDS,
        `${Math.max(...most)} in ${seconds} s`,
      )
    }
    const took = ((written.at(-1) as number) - (written[UNITS] as number)) / 1000
    const used = (missing - UNITS) / took / UNITS
    t.comment(`${missing} writes, ${Math.round(used * 100)} % of the limit`)
    t.ok(used >= 0.9, `${used} of the limit`)
  },
)

t.test('a shard that has used its part of --max-writes up says how to give it more', async (t) => {
  const { scene } = await skewed(t, 320)
  const shared = join(await tempFolder(t), 'shared')
  const { master, replica } = scene
  await planShards({
    master: { table: master.label, endpoint: master.stub.endpoint },
    replicas: [{ table: replica.label, endpoint: replica.stub.endpoint }],
    ...{ shards: SHARDS, out: shared, writeMissing: true, maxWrites: 20, minMismatchAge: 0 },
  })
  const quick = { folder: shared, shardIndex: 0, workers: 1, retryDelayBase: 1 }
  const done = await runShard(quick)
  t.match(done, {
    outcome: 'stopped',
    summary: {
      stopped: {
        safeguard: 'max-writes',
        message: 'shard 0 has more than 3 items to write',
        hint: `Allow it more in all: tablesync shard ${shared} --shard-index 0 --max-writes N`,
      },
    },
  })
  // The first four of eight shards have one write more than the others.
  t.equal(replica.stub.requests.filter(asks('PutItem')).length, 3)
  const more = await runShard({ ...quick, maxWrites: 1000 })
  t.equal(more.outcome, 'complete')
})
