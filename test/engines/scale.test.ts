import { type RunOptions, runSync } from 'tablesync'
import { sameContent } from '../support/same-content.ts'
import { type Engine, startDynalite } from '../support/tables/dynalite.ts'
import { noJava, startDynamoDBLocal } from '../support/tables/dynamodb-local.ts'
import { makeTable, type TestTable } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { skipLong } from '../support/thorough.ts'

/** With TABLESYNC_TEST_ITEMS=100000 these take some minutes. */
const ITEMS = Number(process.env['TABLESYNC_TEST_ITEMS'] ?? 2400)
const PLANTED = 300

const item = (i: number, v = 0) => ({
  id: { S: `order-${i}` },
  v: { N: String(v) },
  text: { S: 'x'.repeat(150) },
})

async function plant(master: TestTable, replica: TestTable): Promise<void> {
  const numbers = Array.from({ length: ITEMS }, (_, i) => i)
  const step = Math.floor(ITEMS / PLANTED)
  await master.put(numbers.map((i) => item(i)))
  const isMissing = (i: number) => i % step === 1 && i < step * PLANTED
  const isDiffering = (i: number) => i % step === 2 && i < step * PLANTED
  await replica.put(
    numbers.filter((i) => !isMissing(i)).map((i) => item(i, isDiffering(i) ? 1 : 0)),
  )
  await replica.put(Array.from({ length: PLANTED }, (_, i) => item(ITEMS + i)))
}

const EXACT = { sameAs: ITEMS - 2 * PLANTED, missing: PLANTED, differing: PLANTED, extra: PLANTED }

async function proves(t: Test, places: { master: Engine; replica: Engine }) {
  const master = await makeTable(places.master.endpoint)
  const replica = await makeTable(places.replica.endpoint)
  await plant(master, replica)
  const run = async (options: Partial<RunOptions> = {}) => {
    const summary = await runSync({
      minMismatchAge: 0,
      master: { table: master.label, endpoint: places.master.endpoint },
      replicas: [{ table: replica.label, endpoint: places.replica.endpoint }],
      ...options,
    })
    const { [replica.label]: counts } = summary.replicas
    return { summary, counts }
  }
  for (const strategy of ['march', 'lookup', 'auto'] as const) {
    const { counts, summary } = await run({ strategy, scanForExtra: true })
    t.match(counts, EXACT, strategy)
    const perItem = (counts?.readUnits ?? 0) + summary.master.readUnits
    t.comment(`${strategy}: ${perItem} read units, ${summary.elapsedMs} ms`)
  }
  const repaired = await run({ writeMissing: true, writeDiffering: true, deleteExtra: true })
  t.match(repaired.counts, { ...EXACT, written: 2 * PLANTED, deleted: PLANTED })
  t.equal(repaired.summary.outcome, 'in-sync')
  t.ok(await sameContent(master, replica))
  const again = await run({ writeMissing: true, writeDiffering: true, deleteExtra: true })
  t.match(again.counts, { sameAs: ITEMS, missing: 0, differing: 0, extra: 0, writeUnits: 0 })
  t.equal(again.summary.outcome, 'in-sync')
  return run
}

if (noJava) {
  t.test('DynamoDB Local', { skip: noJava }, async () => {})
} else {
  const local = await startDynamoDBLocal()
  t.teardown(() => local.stop())

  t.test(
    'runSync finds and repairs hundreds of planted differences on DynamoDB Local',
    { skip: skipLong },
    async (t) => {
      await proves(t, { master: local, replica: local })
    },
  )

  t.test('march costs no more than two scans, probes and rechecks', async (t) => {
    const [master, replica] = [await makeTable(local.endpoint), await makeTable(local.endpoint)]
    await plant(master, replica)
    const { master: scanned, replicas } = await runSync({
      master: master.label,
      replicas: [replica.label],
      endpoint: local.endpoint,
      strategy: 'march',
      segments: 16,
      minMismatchAge: 0,
    })
    // 16 bytes of names and number beside id and text; a page's units are rounded up, for each segment.
    const scan = (ITEMS * (12 + 150 + 16)) / 8192 + 16
    const rechecks = 2 * 3 * PLANTED
    t.ok(scanned.readUnits <= scan + rechecks + 50, `master: ${scanned.readUnits} units`)
    const units = replicas[replica.label]?.readUnits ?? Number.NaN
    t.ok(units <= scan + rechecks + 50, `replica: ${units} units`)
  })

  t.test(
    'runSync finds and repairs differences from dynalite to DynamoDB Local',
    { skip: skipLong },
    async (t) => {
      const dynalite = await startDynalite()
      t.teardown(() => dynalite.stop())
      await proves(t, { master: dynalite, replica: local })
    },
  )
}
