/** --sample: a part of the segments, and what it tells of the whole. */
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { type RunEvent, type RunOptions, runSync } from 'tablesync'
import { drawnSegments, segmentsToDrawFrom } from '../../lib/sampling/drawn-segments.ts'
import { runCli } from '../support/command/run-cli.ts'
import { item, openScene } from '../support/scene.ts'
import { tableFlags } from '../support/shard-run.ts'
import { stringerBounds } from '../support/stringer.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import {
  type Item,
  LOCAL_CREDENTIALS,
  makeTable,
  type TestTable,
} from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { fewOf, oneOfMany } from '../support/thorough.ts'

const SEGMENTS = 120

/** What a plain client finds in each segment of both tables. */
async function truth(master: TestTable, replica: TestTable) {
  const scan = async ({ endpoint, name }: TestTable, segment: number) => {
    const client = new DynamoDBClient({
      ...{ region: 'us-east-1', endpoint, credentials: LOCAL_CREDENTIALS },
    })
    const { Items = [] } = await client.send(
      new ScanCommand({ TableName: name, Segment: segment, TotalSegments: SEGMENTS }),
    )
    client.destroy()
    return new Map(Items.map((one) => [one['id']?.S ?? '', JSON.stringify(sorted(one))]))
  }
  const segments = Array.from({ length: SEGMENTS }, async (_, segment) => {
    const [ofMaster, ofReplica] = [await scan(master, segment), await scan(replica, segment)]
    const ids = new Set([...ofMaster.keys(), ...ofReplica.keys()])
    const count = (of: (id: string) => boolean) => [...ids].filter(of).length
    return {
      items: ids.size,
      missing: count((id) => !ofReplica.has(id)),
      extra: count((id) => !ofMaster.has(id)),
      differing: count(
        (id) => ofMaster.has(id) && ofReplica.has(id) && ofMaster.get(id) !== ofReplica.get(id),
      ),
    }
  })
  return Promise.all(segments)
}

const sorted = (one: Item) => Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))

for (const [engine, start, skip] of [
  ['dynalite', startDynalite, false],
  ['DynamoDB Local', startDynamoDBLocal, noJava],
] as const) {
  t.test(
    `the limits of a sample are those of what its segments hold, on ${engine}`,
    { skip: skip || oneOfMany().skip },
    async (t) => {
      const { endpoint, stop } = await start()
      t.teardown(stop)
      const [master, replica] = [await makeTable(endpoint), await makeTable(endpoint)]
      const all = Array.from({ length: 1500 }, (_, at) => item(at) as Item)
      await master.put(all)
      await replica.put([
        ...all
          .filter((_, at) => at % 40 !== 3)
          .map((one, at) => (at % 60 === 4 ? { ...one, n: { N: '-1' } } : one)),
        ...Array.from({ length: 30 }, (_, at) => item(10_000 + at) as Item),
      ])
      const segments = await truth(master, replica)
      const run = async (options: Partial<RunOptions>) => {
        const read = new Set<number>()
        const onProgress = (event: RunEvent) => {
          if (event.type === 'segment-finished') read.add(event.segment)
        }
        const summary = await runSync({
          master: { table: master.label, endpoint },
          replicas: [{ table: replica.label, endpoint }],
          ...{ segments: SEGMENTS, sampleSeed: 5, minMismatchAge: 0.1, workers: 1 },
          ...options,
          onProgress,
        })
        return { summary, read }
      }
      for (const [sample, drawn] of fewOf([
        ['50%', 60],
        ['10%', 12],
        ['100%', 120],
      ] as const)) {
        const { summary, read } = await run({ sample })
        t.equal(summary.outcome, 'sampled')
        t.equal(read.size, drawn)
        t.match(summary.sample, { drawn, segments: SEGMENTS, seed: 5 })
        const sampled = summary.sample?.replicas[replica.label]
        const own = [...read].map((segment) => segments[segment] as (typeof segments)[0])
        t.equal(
          sampled?.items,
          own.reduce((sum, { items }) => sum + items, 0),
        )
        for (const kind of ['missing', 'differing', 'extra'] as const) {
          const expected = stringerBounds(
            own.map((one) => ({ items: one.items, differences: one[kind] })),
            SEGMENTS,
          )
          const found = sampled?.[kind]
          for (const name of ['estimate', 'lower', 'upper'] as const) {
            const by = Math.abs((found?.[name] ?? Number.NaN) - expected[name])
            t.ok(
              by < 1e-9,
              `${sample} ${kind} ${name}: ${found?.[name]}, expected ${expected[name]}`,
            )
          }
        }
        const again = await run({ sample })
        t.strictSame(again.summary.sample, summary.sample, 'the same seed draws the same')
      }
      const { summary: other } = await run({ sample: '10%', sampleSeed: 6 })
      t.notSame(other.sample?.replicas, (await run({ sample: '10%' })).summary.sample?.replicas)
    },
  )
}

t.test('a sample takes its share of the read units of a scan, and at most 15 % more', async (t) => {
  // Segments as large as a run would plan them, of which this engine does not know the size.
  const filler = { S: 'x'.repeat(970) }
  const items = Array.from({ length: 4800 }, (_, at) => item(at, { filler }))
  const { run } = await openScene(t, { masterItems: items, replicaItems: items })
  const whole = await run({ segments: 4, scanLimit: 1000 })
  for (const [sample, share] of [
    ['20%', 0.2],
    ['50%', 0.5],
  ] as const) {
    const { summary } = await run({ sample, sampleSeed: 1, segments: 200, scanLimit: 1000 })
    const used = summary.master.readUnits / whole.summary.master.readUnits / share
    t.ok(used <= 1.15, `${sample}: ${used}`)
    t.ok(used > 0.85, `${sample}: ${used}`)
  }
})

t.test(
  'the command never says that a sample is in sync, and its exit code tells of finds',
  async (t) => {
    const items = Array.from({ length: 200 }, (_, at) => item(at))
    const { master, replica, other } = await openScene(t, {
      masterItems: items,
      replicaItems: items,
      replicas: 2,
    })
    void other
    const tables = tableFlags(
      { label: master.label, endpoint: master.stub.endpoint },
      { label: replica.label, endpoint: replica.stub.endpoint },
    )
    const equal = await runCli([...tables, '--sample', '25%', '--segments', '40'])
    t.equal(equal.code, 0, equal.stderr)
    t.match(equal.stderr, /^plan {4}auto, 10 of 40 segments, drawn with --sample-seed \d+, /m)
    t.match(equal.stderr, /^Sampled 10 of 40 segments: none of \d+ items differ\.$/m)
    t.match(
      equal.stderr,
      /at most \d+(\.\d+)? % of items differ, 95 % sure, however they are spread/,
    )
    t.notMatch(equal.stderr, /in sync/i)
    const drifted = await openScene(t, { masterItems: items, replicaItems: [] })
    const different = await runCli([
      ...tableFlags(
        { label: drifted.master.label, endpoint: drifted.master.stub.endpoint },
        { label: drifted.replica.label, endpoint: drifted.replica.stub.endpoint },
      ),
      ...['--sample', '10%', '--segments', '40'],
    ])
    t.equal(different.code, 1, different.stderr)
    t.match(different.stderr, /about 100 % of items are missing/)
  },
)

const REFUSED: readonly (readonly [Partial<RunOptions>, RegExp])[] = [
  [{ writeMissing: true }, /^Expected `writeMissing` without `sample`, got both$/],
  [{ writeDiffering: true, dryRun: true }, /`writeDiffering` without `sample`/],
  [{ deleteExtra: true }, /`deleteExtra` without `sample`/],
  [{ checkpoint: 'x' }, /`checkpoint` without `sample`/],
  [{ untilInSync: '1h' }, /`untilInSync` without `sample`/],
  [{ key: ['{"id":"a"}'] }, /`key` without `sample`/],
  [{ sample: '0%' }, /^Expected `sample` to be a percentage above 0% and up to 100%, got "0%"$/],
  [{ sample: '101%' }, /got "101%"$/],
  [{ sample: 5 }, /got 5$/],
  [{ sample: '1' }, /got "1"$/],
]

t.test('a sample is refused with options that need the whole tables, or that write', async (t) => {
  const { run, replica } = await openScene(t)
  for (const [options, message] of REFUSED) {
    await t.rejects(run({ sample: '1%', ...options }), { code: 'USAGE', message })
  }
  await t.rejects(run({ sampleSeed: 1 }), { message: /`sampleSeed` to come with `sample`/ })
  t.strictSame(replica.stub.requests, [])
})

t.test('segments are drawn once each, evenly, and alike for one seed', async (t) => {
  const counts = new Map<number, number>()
  for (let seed = 0; seed < 2000; seed++) {
    const drawn = drawnSegments(50, 0.2, seed)
    if (new Set(drawn).size !== 10) t.fail(`seed ${seed} draws ${drawn}`)
    for (const segment of drawn) counts.set(segment, (counts.get(segment) ?? 0) + 1)
  }
  const all = Array.from({ length: 50 }, (_, segment) => counts.get(segment) ?? 0)
  // 400 are expected of each; 7 standard deviations are 125.
  t.ok(
    Math.min(...all) > 275 && Math.max(...all) < 525,
    `${Math.min(...all)} to ${Math.max(...all)}`,
  )
  t.strictSame(drawnSegments(1_000_000, 0.001, 7), drawnSegments(1_000_000, 0.001, 7))
  t.equal(drawnSegments(10, 0.0001, 7).length, 1)
  t.strictSame(drawnSegments(5, 1, 7), [0, 1, 2, 3, 4])
  t.equal(segmentsToDrawFrom(0, true), 64)
  t.equal(segmentsToDrawFrom(1e15, true), 1_000_000)
  t.equal(segmentsToDrawFrom(1e15, false), 4096)
  t.equal(segmentsToDrawFrom(240 << 10, true), 10)
})
