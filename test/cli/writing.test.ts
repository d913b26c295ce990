/** What the write flags do to the replica, read back by an independent scan. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { answered, type Typed } from '../support/command/answering.ts'
import { startRecorder } from '../support/command/recorder.ts'
import { CLI, runCli, runForSummary } from '../support/command/run-cli.ts'
import {
  argsOf,
  COUNTS,
  DIFFERING_IDS,
  EXTRA_IDS,
  inOrder,
  item,
  MASTER_ITEMS,
  makeScene,
  makeTwins,
  REPLICA_ITEMS,
  replicaOf,
  SAME_IDS,
} from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
t.jobs = 2

interface Case {
  readonly title: string
  readonly flags: readonly string[]
  readonly leaves: readonly Item[]
  readonly counts: Readonly<Record<string, number>>
  readonly dryRun: boolean
  readonly code: number
}

const UNTOUCHED = { leaves: REPLICA_ITEMS.untouched, counts: { written: 0, deleted: 0 } }

const cases: readonly Case[] = [
  {
    title: 'tablesync writes nothing without a write flag',
    flags: [],
    ...UNTOUCHED,
    dryRun: true,
    code: 1,
  },
  {
    title: '--write-missing puts what the replica lacks, and nothing else',
    flags: ['--write-missing'],
    leaves: REPLICA_ITEMS.withMissing,
    counts: { written: COUNTS.missing, deleted: 0 },
    dryRun: false,
    code: 1,
  },
  {
    title: '--write-differing updates items that differ, and nothing else',
    flags: ['--write-differing'],
    leaves: REPLICA_ITEMS.withDiffering,
    counts: { written: COUNTS.differing, deleted: 0 },
    dryRun: false,
    code: 1,
  },
  {
    title: '--delete-extra deletes what the master lacks, and nothing else',
    flags: ['--delete-extra'],
    leaves: REPLICA_ITEMS.withoutExtra,
    counts: { written: 0, deleted: COUNTS.extra },
    dryRun: false,
    code: 1,
  },
  {
    title: '--write-missing, --write-differing and --delete-extra together make the tables equal',
    flags: ['--write-missing', '--write-differing', '--delete-extra'],
    leaves: MASTER_ITEMS,
    counts: { written: COUNTS.missing + COUNTS.differing, deleted: COUNTS.extra },
    dryRun: false,
    code: 0,
  },
  {
    title: '--dry-run overrides the write flags',
    flags: ['--write-missing', '--write-differing', '--delete-extra', '--dry-run'],
    ...UNTOUCHED,
    dryRun: true,
    code: 1,
  },
  {
    title: '--scan-for-extra deletes nothing',
    flags: ['--scan-for-extra'],
    ...UNTOUCHED,
    dryRun: true,
    code: 1,
  },
]

for (const strategy of ['march', 'lookup']) {
  for (const { title, flags, leaves, counts, dryRun, code } of cases) {
    t.test(`${title}, by ${strategy}`, oneOfMany(), async (t) => {
      const { args, master, replica } = await makeScene(engine.endpoint)
      const result = await runForSummary([...args, ...flags, '--strategy', strategy])
      t.same(inOrder(await replica.all()), inOrder(leaves))
      t.same(inOrder(await master.all()), inOrder(MASTER_ITEMS), 'the master is never written')
      t.match(replicaOf(result.summary, replica), {
        ...counts,
        missing: 3,
        differing: 2,
        failed: 0,
      })
      t.equal(result.summary.dryRun, dryRun)
      t.equal(result.code, code)
    })
  }
}

t.test('a comparison after a full repair finds the tables in sync', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const all = ['--write-missing', '--write-differing', '--delete-extra']
  t.equal((await runCli([...args, ...all])).code, 0)
  const { summary } = await runForSummary(args)
  t.equal(summary.outcome, 'in-sync')
})

t.test('--delete-extra by lookup implies --scan-for-extra', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const { summary } = await runForSummary([...args, '--strategy', 'lookup', '--delete-extra'])
  t.match(replicaOf(summary, replica), { extra: COUNTS.extra, deleted: COUNTS.extra })
})

t.test('--scan-for-extra makes lookup report extras, which it does not by itself', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const lookup = [...args, '--strategy', 'lookup']
  const without = await runForSummary(lookup)
  t.equal(replicaOf(without.summary, replica).extra, null)
  const asked = await runForSummary([...lookup, '--scan-for-extra'])
  t.equal(replicaOf(asked.summary, replica).extra, COUNTS.extra)
})

t.test(
  '--strategy lookup without --scan-for-extra calls a replica with extras in sync',
  async (t) => {
    const { args, replica } = await makeTwins(engine.endpoint)
    await replica.put([item('extra', 'green')])
    const { code } = await runCli([...args, '--strategy', 'lookup'])
    t.equal(code, 0)
  },
)

const repair = ['--write-missing', '--write-differing', '--delete-extra']

for (const flag of ['--ignore', '--ignore-att', '--ignore-atts']) {
  t.test(
    `${flag} excludes an attribute from comparison and keeps the replica's value`,
    oneOfMany(),
    async (t) => {
      const { args, replica } = await makeScene(engine.endpoint)
      await replica.put(SAME_IDS.map((id) => item(id, 'red', 'of-replica')))
      const { code, summary } = await runForSummary([...args, flag, 'stamp', ...repair])
      t.match(replicaOf(summary, replica), { sameAs: 15, differing: 2 })
      t.equal(code, 0)
      const after = new Map((await replica.all()).map((one) => [one['id']?.S, one]))
      for (const id of [...SAME_IDS, ...DIFFERING_IDS]) {
        t.same(after.get(id), item(id, 'red', 'of-replica'))
      }
    },
  )

  t.test(`${flag} is repeatable`, oneOfMany(), async (t) => {
    const { args, replica } = await makeScene(engine.endpoint)
    const { summary } = await runForSummary([...args, flag, 'stamp', flag, 'colour'])
    t.match(replicaOf(summary, replica), { sameAs: 17, differing: 0 })
  })
}

t.test('--ignore, --ignore-att and --ignore-atts add up in one command', async (t) => {
  const [master, replica] = [await makeTable(engine.endpoint), await makeTable(engine.endpoint)]
  const row = (text: string) => ({ id: { S: 'a' }, a: { S: text }, b: { S: text }, c: { S: text } })
  await Promise.all([master.put([row('m')]), replica.put([row('r')])])
  const flags = ['--ignore', 'a', '--ignore-att', 'b', '--ignore-atts', 'c']
  const { summary } = await runForSummary([...argsOf(master, replica), ...flags])
  t.match(replicaOf(summary, replica), { sameAs: 1, differing: 0 })
})

for (const { name, form, text = name } of [
  { name: '007', form: 'apart' },
  { name: '007', form: 'joined' },
  { name: '1e3', form: 'apart' },
  { name: '1e3', form: 'joined' },
  { name: '12345678901234567890', form: 'apart' },
  { name: '0x10', form: 'apart' },
  { name: 'a=b', form: 'joined' },
  { name: 'true', form: 'apart' },
  { name: '-x', form: 'joined' },
  { name: '--no-x', form: 'joined' },
  { name: 'a.b', text: '"a.b"', form: 'apart' },
  { name: ' ', form: 'apart' },
] as readonly { name: string; text?: string; form: 'apart' | 'joined' }[]) {
  t.test(`--ignore takes ${text} as text, ${form}`, oneOfMany(), async (t) => {
    const [master, replica] = [await makeTable(engine.endpoint), await makeTable(engine.endpoint)]
    const row = (held: string) => ({ id: { S: 'a' }, [name]: { S: held } })
    await Promise.all([master.put([row('m')]), replica.put([row('r')])])
    const args = argsOf(master, replica)
    t.match(replicaOf((await runForSummary(args)).summary, replica), { differing: 1 })
    const flag = form === 'joined' ? [`--ignore=${text}`] : ['--ignore', text]
    const { summary } = await runForSummary([...args, ...flag])
    t.match(replicaOf(summary, replica), { sameAs: 1, differing: 0 })
  })
}

t.test('--delete-extra leaves the extras where an item could not be repaired', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const recorder = await startRecorder(t, engine.endpoint, ({ operation }) =>
    operation === 'PutItem'
      ? { status: 400, type: 'com.amazon.coral.validate#ValidationException', message: 'no' }
      : undefined,
  )
  const { code, summary } = await runForSummary([
    ...args,
    ...repair,
    '--replica-endpoint',
    recorder.endpoint,
  ])
  t.match(replicaOf(summary, replica), {
    failed: COUNTS.missing,
    deleted: 0,
    deletionsWithheld: COUNTS.extra,
  })
  t.equal(code, 3)
  const ids = (await replica.all()).map((one) => one['id']?.S)
  t.ok(EXTRA_IDS.every((id) => ids.includes(id)))
})

for (const flag of ['--write-missing', '--write-differing', '--delete-extra']) {
  for (const given of [[`${flag}=false`], [flag, 'us-east-1:other']]) {
    t.test(`${given.join(' ')} is refused, and writes nothing`, oneOfMany(), async (t) => {
      const { args, replica } = await makeScene(engine.endpoint)
      const { code, stdout, stderr } = await runCli([...args, ...given])
      t.same(inOrder(await replica.all()), inOrder(REPLICA_ITEMS.untouched))
      t.equal(code, 2)
      t.equal(stdout, '')
      t.match(stderr, flag)
    })
  }
}

t.test('--no-write-missing after --write-missing does not write', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  await runCli([...args, '--write-missing', '--no-write-missing'])
  t.same(inOrder(await replica.all()), inOrder(REPLICA_ITEMS.untouched))
})

for (const flag of ['--write-mising', '--write-missing.really', '--delete', '--dryrun', '-x']) {
  t.test(
    `tablesync refuses the unknown flag ${flag} and names it as it was given`,
    oneOfMany(),
    async (t) => {
      const { args, replica } = await makeScene(engine.endpoint)
      const { code, stdout, stderr } = await runCli([...args, '--delete-extra', flag])
      t.equal(code, 2)
      t.equal(stdout, '')
      t.ok(stderr.includes(`\`${flag}\``), `names ${flag}; said ${stderr}`)
      t.match(stderr, '--help')
      t.same(inOrder(await replica.all()), inOrder(REPLICA_ITEMS.untouched))
    },
  )
}

async function onTerminal(args: readonly string[], typed: Typed): Promise<string> {
  const { told, code } = await answered(args, typed)
  return `${told}\ncode ${code}`
}

const quick = ['--min-mismatch-age', '0', '--delete-extra']

t.test(
  '--delete-extra asks on a terminal before it deletes, and --yes skips the question',
  async (t) => {
    const { args, replica } = await makeScene(engine.endpoint)
    const declined = await onTerminal([...args, ...quick, '--write-missing'], { answer: 'n' })
    t.match(declined, 'will put missing, delete extra items; asks before it deletes')
    t.match(declined, `Delete 8 of 25 items of ${replica.label} in account `)
    t.match(declined, `at ${engine.endpoint}? [y/N]`)
    t.match(
      declined,
      /Stopped: the deletion of 8 of 25 items.*\s+To continue without a question: --yes/,
    )
    t.match(declined, /code 4/)
    t.same(inOrder(await replica.all()), inOrder(REPLICA_ITEMS.withMissing), 'all else is done')
    t.match(await onTerminal([...args, ...quick], { answer: 'y' }), /8 deleted[\s\S]*code 1/)
    const again = await makeScene(engine.endpoint)
    const told = await onTerminal([...again.args, ...quick, '--yes'], {})
    t.notMatch(told, '[y/N]')
    t.notMatch(told, 'asks before')
    t.match(told, '8 deleted')
  },
)

for (const [what, typed, code] of [
  ['the end of input', '\u0004', 4],
  ['an empty line', '\r', 4],
  ['Ctrl-C', '\u0003', 130],
] as const) {
  t.test(`${what} does not confirm deletions`, oneOfMany(), async (t) => {
    const { args, replica } = await makeScene(engine.endpoint)
    const command = [process.execPath, CLI, ...args, ...quick].map((part) => `'${part}'`).join(' ')
    const child = spawn('script', ['-qec', command, '/dev/null'])
    let told = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const wasAsked = told.includes('[y/N]')
      told += text
      if (!wasAsked && told.includes('[y/N]')) child.stdin.write(typed)
    })
    const [ended] = await once(child, 'exit')
    child.stdin.end()
    t.equal(ended, code, told)
    t.same(inOrder(await replica.all()), inOrder(REPLICA_ITEMS.untouched))
  })
}

t.test(
  '--max-deletes stops the command with exit code 4, and says so in its verdict',
  async (t) => {
    const { args, replica } = await makeScene(engine.endpoint)
    const { code, stderr } = await runCli([...args, '--delete-extra', '--max-deletes', '7'])
    t.equal(code, 4)
    t.match(stderr, /^Stopped by .*max-deletes.*\n.*--max-deletes N/m)
    t.equal((await replica.all()).length, REPLICA_ITEMS.untouched.length)
  },
)

t.test('what is typed before the question is no answer to it', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const before = (await replica.all()).length
  const told = await onTerminal([...args, ...quick], { early: 'y', answer: 'n' })
  t.match(told, /was not confirmed[\s\S]*code 4/)
  t.equal((await replica.all()).length, before)
})
