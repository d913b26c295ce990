/** `--estimate` against what a run is charged, on tables of many shapes. */
import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { type Test, t } from '../support/tap.ts'
import { fewOf, skipLong } from '../support/thorough.ts'
import { SizedServer, type SizedTable } from './sized-server.ts'

interface Range {
  readonly middle: number
  readonly margin: number
}

interface Estimated {
  readonly tables: readonly {
    readonly items: Range
    readonly bytes: Range
    readonly share: number
  }[]
  readonly readUnits: readonly Range[]
  readonly mostReadUnits: number
  readonly cost: { readonly readUnits: number; readonly requests: number }
  readonly repair: { readonly least: number; readonly most: number; readonly isKnown: boolean }
  readonly policies: readonly {
    readonly policy: { readonly Statement: readonly { readonly Action: readonly string[] }[] }
  }[]
}

/** A table of items of these sizes; DescribeTable tells `factor` of the truth. */
function tableOf(
  items: number,
  sizeOf: SizedTable['sizeOf'],
  factor = 1,
  fillOf?: SizedTable['fillOf'],
): SizedTable {
  let bytes = 0
  let count = 0
  for (let item = 0; item < items; item++) {
    const size = sizeOf(item)
    if (size === null) continue
    bytes += size
    count++
  }
  const said = { items: Math.round(count * factor), bytes: Math.round(bytes * factor) }
  return { items, sizeOf, said, ...(fillOf !== undefined && { fillOf }) }
}

const SMALL = () => 100
const LARGE = () => 100_000
/** One in 200 is a thousand times as large; which ones looks random. */
const SKEWED = (item: number) => ((item * 2_654_435_761) % 200 === 0 ? 100_000 : 150)

async function scene(t: Test, tables: Readonly<Record<string, SizedTable>>) {
  const server = new SizedServer(tables)
  const endpoint = await server.start()
  t.teardown(() => server.stop())
  const [master = '', ...replicas] = Object.keys(tables)
  const names = replicas.flatMap((name) => ['--replica', `us-east-1:${name}`])
  const args = ['--master', `us-east-1:${master}`, ...names, '--endpoint', endpoint, '--quiesced']
  return {
    async run(...flags: readonly string[]) {
      server.charged.clear()
      const result = await runCli([...args, ...flags])
      return {
        ...result,
        charged: [...server.charged.values()].reduce((sum, units) => sum + units, 0),
      }
    },
  }
}

const total = (ranges: readonly Range[]) => ranges.reduce((sum, { middle }) => sum + middle, 0)
const margins = (ranges: readonly Range[]) => ranges.reduce((sum, { margin }) => sum + margin, 0)

for (const { shape, master, replicas, flags = [], isSkewed = false, code = 0, skip = skipLong } of [
  {
    shape: 'items of 100 bytes',
    skip: false,
    master: tableOf(300_000, SMALL),
    replicas: [tableOf(300_000, SMALL)],
  },
  { shape: 'items of 100 KB', master: tableOf(400, LARGE), replicas: [tableOf(400, LARGE)] },
  {
    shape: 'skewed items',
    skip: false,
    master: tableOf(60_000, SKEWED),
    replicas: [tableOf(60_000, SKEWED)],
    isSkewed: true,
  },
  {
    shape: 'an empty replica',
    master: tableOf(60_000, () => 600),
    replicas: [tableOf(0, SMALL)],
    isSkewed: true,
    code: 1,
  },
  {
    shape: 'drift',
    master: tableOf(60_000, () => 600),
    replicas: [
      tableOf(
        60_000,
        () => 600,
        1,
        (item) => (item % 50 === 0 ? 'y' : 'x'),
      ),
    ],
    isSkewed: true,
    code: 1,
  },
  {
    shape: 'two replicas',
    master: tableOf(50_000, () => 600),
    replicas: [tableOf(50_000, () => 600), tableOf(50_000, () => 600)],
  },
  {
    shape: 'lookup',
    master: tableOf(20_000, () => 1500),
    replicas: [tableOf(20_000, () => 1500)],
    flags: ['--strategy', 'lookup'],
  },
  {
    shape: 'said to be empty',
    master: tableOf(300_000, SMALL, 0),
    replicas: [tableOf(300_000, SMALL, 0)],
  },
  {
    shape: 'said to be half as large',
    master: tableOf(300_000, SMALL, 0.5),
    replicas: [tableOf(300_000, SMALL, 0.5)],
  },
  {
    shape: 'said to be twice as large',
    master: tableOf(300_000, SMALL, 2),
    replicas: [tableOf(300_000, SMALL, 2)],
  },
  {
    shape: 'skewed, and said to be empty',
    master: tableOf(60_000, SKEWED, 0),
    replicas: [tableOf(60_000, SKEWED, 0)],
    isSkewed: true,
  },
]) {
  t.test(`--estimate foretells the read units of a run: ${shape}`, { skip }, async (t) => {
    const names = ['Second', 'Third'].slice(0, replicas.length)
    const others = Object.fromEntries(names.map((name, at) => [name, replicas[at] as SizedTable]))
    const { run } = await scene(t, { First: master, ...others })
    const { stdout, stderr, charged: cost, ...ended } = await run('--estimate', '--json', ...flags)
    t.equal(ended.code, 0, stderr)
    const estimated = JSON.parse(stdout) as Estimated
    const real = await run(...flags)
    t.equal(real.code, code, real.stderr)
    const [middle, margin] = [total(estimated.readUnits), margins(estimated.readUnits)]
    const isNear = Math.abs(middle / real.charged - 1) <= 0.05
    const isInRange = real.charged >= middle - margin && real.charged <= estimated.mostReadUnits
    const said = `${middle.toFixed(0)} ± ${margin.toFixed(0)}, at most ${estimated.mostReadUnits}; charged ${real.charged}`
    t.ok(isSkewed ? isNear || isInRange : isNear, said)
    t.ok(real.charged <= estimated.mostReadUnits, said)
    // The sample tells what it has cost, but for the preflight.
    t.ok(Math.abs(estimated.cost.readUnits - cost) <= 10, `${estimated.cost.readUnits} of ${cost}`)
    const held = replicas[0]?.items ?? 0
    const items = estimated.tables[1]?.items as Range
    t.ok(
      Math.abs(items.middle - held) <= Math.max(items.margin, held * 0.05),
      `${items.middle} items`,
    )
  })
}

t.test('a table that is said to be far larger than it is has the items that it has', async (t) => {
  const small: SizedTable = { items: 30, sizeOf: SMALL, said: { items: 1e9, bytes: 1e12 } }
  const { run } = await scene(t, { First: small, Second: small })
  const { stdout } = await run('--estimate', '--json')
  const { tables } = JSON.parse(stdout) as Estimated
  for (const { items } of tables) {
    t.ok(Math.abs(items.middle - 30) <= items.margin + 1, `${items.middle} ± ${items.margin}`)
  }
})

t.test('the repair is a range that holds the truth, and one figure by a report', async (t) => {
  const master = tableOf(5000, () => 1500)
  const replica = tableOf(5000, (item) => (item % 10 === 0 ? null : item % 10 === 1 ? 2500 : 1500))
  const { run } = await scene(t, { First: master, Second: replica })
  const report = join(await tempFolder(t), 'report.ndjson')
  await run('--report', report)
  // 500 are put at 2 units, 500 updated at 3.
  const truth = 500 * 2 + 500 * 3
  const repairOf = async (...flags: readonly string[]) =>
    (JSON.parse((await run('--estimate', '--json', ...flags)).stdout) as Estimated).repair
  // What the run takes the estimate takes, and leaves as it is.
  const before = await readFile(report, 'utf8')
  for (const [place, code] of [
    [report, 0],
    ['/dev/null', 0],
    ['/no/such/folder/report.ndjson', 2],
  ] as const) {
    const { code: ended, stderr } = await run('--estimate', '--report', place)
    t.equal(ended, code, stderr)
  }
  t.equal(await readFile(report, 'utf8'), before)
  const unknown = await repairOf()
  t.ok(!unknown.isKnown && unknown.least === 0 && unknown.most >= truth, JSON.stringify(unknown))
  t.same(await repairOf('--estimate-from', report), { least: truth, most: truth, isKnown: true })

  // A report of other tables, or of a part of these, would be a wrong figure.
  const other = await scene(t, { Other: master, Second: replica })
  const refused = await other.run('--estimate', '--estimate-from', report)
  t.equal(refused.code, 2)
  t.match(refused.stderr, /to be of us-east-1:Other, us-east-1:Second, got one of us-east-1:First/)
  const lines = (await readFile(report, 'utf8')).trim().split('\n')
  await writeFile(report, `${lines.slice(0, 20).join('\n')}\n`)
  const cut = await run('--estimate', '--estimate-from', report)
  t.equal(cut.code, 2)
  t.match(cut.stderr, /to be of a run that saw everything, got one without an end/)
})

t.test('--estimate takes hooks as the run does, by a path from here', async (t) => {
  const { run } = await scene(t, { First: tableOf(100, SMALL), Second: tableOf(100, SMALL) })
  const hooks = join(await tempFolder(t), 'hooks.mjs')
  await writeFile(hooks, 'export const isItemDifferent = () => false')
  const { code, stderr } = await run('--estimate', '--hooks', relative(process.cwd(), hooks))
  t.equal(code, 0, stderr)
})

t.test('--estimate says what it costs, and which permissions a run needs', async (t) => {
  const { run } = await scene(t, { First: tableOf(100, SMALL), Second: tableOf(100, SMALL) })
  const prices = join(await tempFolder(t), 'prices.json')
  await writeFile(prices, '{"currency":"EUR","readUnit":1,"writeUnit":10}')
  const { stdout } = await run('--estimate', '--prices', prices)
  t.match(
    stdout,
    /^ {2}money {5}compare EUR \d+(\.\d\d)?, up to EUR [\d,]+(\.\d\d)? where much differs; repair EUR 0 to EUR [\d,]+$/m,
  )
  t.match(stdout, /^Permissions for us-east-1:First:$/m)
  for (const [flags, first, second] of [
    [[], [], []],
    [['--write-missing'], [], ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']],
    [['--delete-extra'], [], ['PutItem', 'UpdateItem', 'DeleteItem']],
  ] as const) {
    const { policies } = JSON.parse(
      (await run('--estimate', '--json', ...flags)).stdout,
    ) as Estimated
    const writes = policies.map(({ policy }) =>
      policy.Statement.flatMap(({ Action }) => Action)
        .map((action) => action.replace('dynamodb:', ''))
        .filter((action) => /Put|Update|Delete|Write/.test(action)),
    )
    t.same(writes, [first, second])
  }
  for (const [flags, told] of fewOf([
    [['--estimate-from', prices], /`--estimate-from` to come with `--estimate`/],
    [['--prices', '/none'], /Cannot read the prices in \/none/],
    [['--estimate', '--hooks', '/none.mjs'], /none\.mjs/],
    [['--estimate', '--prices', '/none'], /Cannot read the prices in \/none/],
    [['--estimate', '--estimate-from', '/none'], /Cannot read \/none/],
    [['--estimate', '--key', '{"id":"a"}'], /`--estimate` without a list of keys/],
    [['--estimate', '--first', '3'], /`--estimate` without `--first`/],
    [['--estimate', '--sample', '1%'], /`--estimate` without `--sample`/],
    [['--estimate', '--segments-of', '/none'], /`--estimate` without `--segments-of`/],
  ] as const)) {
    const { code, stderr, charged } = await run(...flags)
    t.equal(code, 2)
    t.match(stderr, told)
    t.equal(charged, 0)
  }
})

t.test('--estimate refuses what the run itself would refuse', async (t) => {
  const { run } = await scene(t, { First: tableOf(100, SMALL), Second: tableOf(100, SMALL) })
  const { code, stderr } = await run('--estimate', '--ignore', 'id')
  t.equal(code, 2)
  t.match(stderr, /`--ignore`/)
})

t.test('a dry run says what it has cost, and what the repair would, by the prices', async (t) => {
  const master = tableOf(1000, () => 1500)
  const replica = tableOf(1000, (item) => (item % 10 === 0 ? null : 1500))
  const { run } = await scene(t, { First: master, Second: replica })
  const prices = join(await tempFolder(t), 'prices.json')
  await writeFile(prices, '{"currency":"EUR","readUnit":0.000000125,"writeUnit":0.0006}')
  const { stderr, charged } = await run('--prices', prices)
  // 100 puts at 2 units.
  t.match(stderr, /would write 100 items, .*, 200 write units, EUR 0\.12 \(indexes on top\)$/m)
  const [, read = ''] = /^cost {4}EUR (0\.\d+) for reads, EUR 0 for writes$/m.exec(stderr) ?? []
  t.ok(Math.abs(Number(read) / (charged * 0.000000125) - 1) < 0.06, `${read} for ${charged} units`)
})
