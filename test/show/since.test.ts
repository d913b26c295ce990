/** `tablesync show NEW --since OLD`, against an oracle that knows both states of the tables. */
import { join } from 'node:path'
import type { WireItem } from 'tablesync'
import { show } from '../../lib/commands/show.ts'
import { asFlag } from '../../lib/options/groups/all-options.ts'
import { choices } from '../support/arbitrary.ts'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { ALL_WRITES, item, openScene } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { casesToPlay, fewOf } from '../support/thorough.ts'

const PAIRS = casesToPlay(50, 3, 'TABLESYNC_TEST_RUNS')
/** The others are compared without a process of their own. */
const BY_COMMAND = 5
const KEYS = 24

interface Shown {
  readonly totals: { readonly new: number; readonly gone: number; readonly stayed: number }
  readonly new: readonly { readonly key: WireItem }[]
  readonly gone: readonly { readonly key: WireItem }[]
}

const idsOf = (lines: readonly { readonly key: WireItem }[]) =>
  lines.map(({ key }) => JSON.stringify(key)).sort()

async function shownSince(file: string, since: string, byCommand: boolean) {
  if (byCommand) return runCli(['show', file, '--since', since, '--json'])
  let stdout = ''
  const line = async (text: string) => {
    stdout += `${text}\n`
    return true
  }
  const context = { spelling: asFlag, output: { line }, asJson: true, version: '0.0.0' }
  return { code: await show({ file, since }, context), stdout, stderr: '' }
}

/** What differs between two tables, by key. */
function differing(master: readonly WireItem[], replica: readonly WireItem[]): Set<string> {
  const held = (items: readonly WireItem[]) =>
    new Map(items.map((one) => [JSON.stringify({ id: one['id'] }), JSON.stringify(one)]))
  const [a, b] = [held(master), held(replica)]
  return new Set([...a.keys(), ...b.keys()].filter((key) => a.get(key) !== b.get(key)))
}

t.test('--since finds what is new, gone and stayed', async (t) => {
  const folder = await tempFolder(t)
  const [now, then] = [join(folder, 'now.ndjson'), join(folder, 'then.ndjson')]
  const someItems = (choose: (below: number) => number) =>
    Array.from({ length: KEYS }, (_, index) => index)
      .filter(() => choose(4) > 0)
      .map((index) => item(index, choose(4) > 0 ? {} : { v: { S: String(choose(3)) } }))
  for (let seed = 0; seed < PAIRS; seed++) {
    const choose = choices(seed)
    const scene = await openScene(t, {
      masterItems: someItems(choose),
      replicaItems: someItems(choose),
    })
    const { master, replica } = scene
    const before = differing(master.table.all(), replica.table.all())
    // Some older runs repair a part of what they find.
    const repairs = choose(3) === 0
    await scene.run({ report: then, ...(repairs && { writeMissing: true }) })
    const open = repairs ? differing(master.table.all(), replica.table.all()) : before
    for (const changed of someItems(choose).slice(0, choose(6))) {
      const { table } = choose(2) === 0 ? master : replica
      table.set(changed)
    }
    const after = differing(master.table.all(), replica.table.all())
    await scene.run({ report: now })
    const { code, stdout, stderr } = await shownSince(now, then, seed < BY_COMMAND)
    const shown = JSON.parse(stdout || '{}') as Shown
    const isNew = (key: string) => !open.has(key)
    const expected = {
      new: [...after].filter(isNew).sort(),
      gone: [...open].filter((key) => !after.has(key)).sort(),
      stayed: [...after].filter((key) => open.has(key)).length,
    }
    t.strictSame(
      { new: idsOf(shown.new ?? []), gone: idsOf(shown.gone ?? []), stayed: shown.totals?.stayed },
      expected,
      `seed ${seed}: ${stderr}`,
    )
    t.equal(code, expected.new.length > 0 ? 1 : 0)
  }
})

t.test('--since refuses reports that cannot be compared', async (t) => {
  const folder = await tempFolder(t)
  const at = (name: string) => join(folder, `${name}.ndjson`)
  const scene = await openScene(t)
  await scene.run({ report: at('now') })
  await scene.run({ report: at('ignoring'), ignore: ['stray'] })
  await scene.run({
    report: at('newer'),
    versionAttribute: 'n',
    newerWins: true,
    writeMissing: true,
    dryRun: true,
  })
  await scene.run({ report: at('noExtras'), strategy: 'lookup' })
  await scene.run({ report: at('stopped'), ...ALL_WRITES, maxWrites: 0 })
  await scene.run({ plan: at('plan'), ...ALL_WRITES })
  const other = await openScene(t, { replicas: 2 })
  await other.run({ report: at('two') })
  for (const [then, told] of fewOf([
    ['ignoring', /a run with the same `ignore`, \[\]; got \["stray"\]/],
    ['newer', /a run with the same `newerWins`/],
    [
      'noExtras',
      /a run in which extras were looked for, got one in which they were not looked for/,
    ],
    ['stopped', /that one ended stopped/],
    ['plan', /plan\.ndjson to be a report, got another file/],
    ['two', /got a report of us-east-1:Master, us-east-1:Other, us-east-1:Replica/],
    ['none', /Cannot read .*ENOENT/],
  ] as const)) {
    const { code, stdout, stderr } = await runCli(['show', at('now'), '--since', at(then)])
    t.equal(code, 2, then)
    t.equal(stdout, '')
    t.match(stderr, told, then)
  }
})

t.test('--since refuses the report of listed keys, which says nothing of the others', async (t) => {
  const folder = await tempFolder(t)
  const at = (name: string) => join(folder, name)
  const scene = await openScene(t)
  await scene.run({ report: at('whole') })
  await scene.run({ report: at('keys'), key: ['{"id":"item-1"}'] })
  for (const [now, then] of [
    ['whole', 'keys'],
    ['keys', 'whole'],
  ] as const) {
    const { code, stderr } = await runCli(['show', at(now), '--since', at(then)])
    t.equal(code, 2)
    t.match(stderr, /keys to be of a whole comparison, got one of listed keys/)
  }
})
