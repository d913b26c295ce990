/** How tables are named on the command line. */

import { type CliResult, runCli, runForSummary } from '../support/command/run-cli.ts'
import { COUNTS, makeScene, makeTwins, replicaOf } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { makeTable } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
t.jobs = 2
const at = ['--endpoint', engine.endpoint, '--workers', '1']

for (const flag of ['--master', '-m']) {
  t.test(`${flag} names the table that is the truth`, oneOfMany(), async (t) => {
    const { master, replica } = await makeScene(engine.endpoint)
    const { summary } = await runForSummary([...at, flag, master.label, '-r', replica.label])
    t.equal(summary.master.table, master.label)
    t.equal(summary.master.scanned, 20)
    t.match(replicaOf(summary, replica), COUNTS)
  })
}

for (const flag of ['--replica', '-r', '--slave', '--slaves', '-s']) {
  t.test(
    `${flag} names tables that should equal the master, and is repeatable`,
    oneOfMany(),
    async (t) => {
      const { master, replica } = await makeScene(engine.endpoint)
      const twin = await makeTwins(engine.endpoint)
      const args = [...at, '-m', master.label, flag, replica.label, flag, twin.replica.label]
      const { code, summary } = await runForSummary(args)
      t.same(Object.keys(summary.replicas), [replica.label, twin.replica.label])
      t.match(replicaOf(summary, replica), COUNTS)
      t.match(replicaOf(summary, twin.replica), { sameAs: 20, missing: 0, differing: 0, extra: 0 })
      t.equal(code, 1)
    },
  )
}

t.test('--replica and its other names add up in one command', async (t) => {
  const { master, replica } = await makeScene(engine.endpoint)
  const others = await Promise.all([1, 2, 3, 4].map(() => makeTwins(engine.endpoint)))
  const names = ['-r', '--slave', '--slaves', '-s']
  const more = others.flatMap((twin, index) => [names[index] as string, twin.replica.label])
  const args = [...at, '-m', master.label, '--replica', replica.label, ...more]
  const { summary } = await runForSummary(args)
  t.same(
    Object.keys(summary.replicas).sort(),
    [replica.label, ...others.map((twin) => twin.replica.label)].sort(),
  )
})

t.test('--master and --replica take the --flag=value form', async (t) => {
  const { master, replica } = await makeScene(engine.endpoint)
  const args = [...at, `--master=${master.label}`, `--replica=${replica.label}`]
  const { summary } = await runForSummary(args)
  t.match(replicaOf(summary, replica), COUNTS)
})

t.test('--master and --replica take ARNs, and the result is keyed by them', async (t) => {
  const { master, replica } = await makeScene(engine.endpoint)
  const arn = (name: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`
  const args = [...at, '-m', arn(master.name), '-r', arn(replica.name)]
  const { summary } = await runForSummary(args)
  t.equal(summary.master.table, arn(master.name))
  t.same(Object.keys(summary.replicas), [arn(replica.name)])
  t.match(summary.replicas[arn(replica.name)], COUNTS)
})

t.test('--master and --replica take names that are digits, as text', async (t) => {
  const master = await makeTable(engine.endpoint, { name: '0123' })
  const replica = await makeTable(engine.endpoint, { name: '123' })
  await master.put([{ id: { S: 'a' } }])
  const { summary } = await runForSummary([...at, '-m', master.label, '-r', replica.label])
  t.equal(summary.master.table, 'us-east-1:0123')
  t.match(replicaOf(summary, replica), { missing: 1 })
})

t.test('--replica may be in another region than the master', async (t) => {
  const master = await makeTable(engine.endpoint)
  const replica = await makeTable(engine.endpoint, { region: 'eu-west-1' })
  const { code, summary } = await runForSummary([...at, '-m', master.label, '-r', replica.label])
  t.same(Object.keys(summary.replicas), [replica.label])
  t.match(replica.label, /^eu-west-1:/)
  t.equal(code, 0)
})

/** Exit code 2, nothing on stdout, and the reason on stderr: nothing ran. */
function isRefusal(t: Test, { code, stdout, stderr }: CliResult, ...said: string[]) {
  t.equal(code, 2)
  t.equal(stdout, '')
  for (const text of said) t.ok(stderr.includes(text), `says ${text}; said ${stderr}`)
}

const [a, b] = ['us-east-1:aaa', 'us-east-1:bbb']

for (const { what, args, said } of [
  { what: 'no --master', args: ['-r', b], said: ['Expected one `--master`', 'nothing'] },
  { what: 'no --replica', args: ['-m', a], said: ['Expected at least one `--replica`', 'nothing'] },
  {
    what: 'two masters by one name',
    args: ['--master', a, '--master', b, '-r', b],
    said: ['Expected one `--master`, got 2'],
  },
  {
    what: 'two masters by two names',
    args: ['--master', a, '-m', b, '-r', 'us-east-1:ccc'],
    said: ['Expected one `--master`, got 2'],
  },
  {
    what: 'two replicas with one name',
    args: ['-m', a, '-r', b, '-r', b],
    said: ['Expected each `--replica` to have a name of its own', `${b} twice`],
  },
  {
    what: 'two replicas with one name, by two flags',
    args: ['-m', a, '--replica', b, '--slave', b],
    said: ['Expected each `--replica` to have a name of its own', `${b} twice`],
  },
  {
    what: 'a table without its region',
    args: ['-m', 'aaa', '-r', b],
    said: ['<region>:<table>', '"aaa"'],
  },
  {
    what: 'a region without its table',
    args: ['-m', a, '-r', 'us-east-1:'],
    said: ['`--replica`', '"us-east-1:"'],
  },
  {
    what: 'a name that is too short',
    args: ['-m', a, '-r', 'us-east-1:ab'],
    said: ['`--replica`', '3 to 255', '"us-east-1:ab"'],
  },
  {
    what: 'a name with a character that none may have',
    args: ['-m', a, '-r', 'us-east-1:b/b'],
    said: ['"us-east-1:b/b"'],
  },
  { what: 'an empty --master', args: ['-m', '', '-r', b], said: ['Expected one `--master`', '""'] },
  { what: 'an empty --replica', args: ['-m', a, '-r', ''], said: ['`--replica`', '""'] },
  {
    what: 'an argument without a flag',
    args: ['-m', a, '-r', b, 'us-east-1:ccc'],
    said: ['Expected flags only', '"us-east-1:ccc"'],
  },
  {
    what: 'an argument after --',
    args: ['-m', a, '-r', b, '--', '--delete-extra'],
    said: ['Expected flags only', '"--"'],
  },
]) {
  t.test(`tablesync refuses ${what}`, oneOfMany(), async (t) => {
    isRefusal(t, await runCli([...at, '--max-retries', '0', ...args]), ...said)
  })
}

t.test('tablesync refuses the same table as master and replica', async (t) => {
  const { master } = await makeTwins(engine.endpoint)
  const result = await runCli([...at, '-m', master.label, '-r', master.label])
  isRefusal(t, result, 'Expected master and replica to be different tables', master.label)
})

t.test('tablesync refuses the same table by its name and its ARN', async (t) => {
  const { master } = await makeTwins(engine.endpoint)
  const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${master.name}`
  const result = await runCli([...at, '-m', master.label, '-r', arn])
  isRefusal(t, result, 'to be different tables', master.label, arn)
})

t.test('tablesync refuses one table as two replicas', async (t) => {
  const { master, replica } = await makeTwins(engine.endpoint)
  const arn = `arn:aws:dynamodb:us-east-1:000000000000:table/${replica.name}`
  const result = await runCli([...at, '-m', master.label, '-r', replica.label, '-r', arn])
  isRefusal(t, result, 'Expected replicas to be different tables', replica.label, arn)
})

for (const { what, key, said } of [
  { what: 'key names that differ', key: [{ name: 'key', type: 'S' }], said: 'key (S)' },
  { what: 'key types that differ', key: [{ name: 'id', type: 'N' }], said: 'id (N)' },
  {
    what: 'a sort key that the master lacks',
    key: [
      { name: 'id', type: 'S' },
      { name: 'at', type: 'N' },
    ],
    said: 'id (S), at (N)',
  },
] as const) {
  t.test(`tablesync refuses ${what}, and writes nothing`, oneOfMany(), async (t) => {
    const { master } = await makeTwins(engine.endpoint)
    const replica = await makeTable(engine.endpoint, { key })
    const args = [...at, '-m', master.label, '-r', replica.label, '--write-missing']
    isRefusal(t, await runCli(args), 'id (S)', said, replica.label, master.label)
    t.same(await replica.all(), [])
  })
}

t.test(
  'tablesync refuses a replica that does not exist, and leaves the others alone',
  async (t) => {
    const { master, replica } = await makeScene(engine.endpoint)
    const before = await replica.all()
    const nowhere = 'us-east-1:does-not-exist'
    const flags = ['-m', master.label, '-r', replica.label, '-r', nowhere, '--write-missing']
    isRefusal(t, await runCli([...at, ...flags]), nowhere, 'ResourceNotFoundException')
    t.same(await replica.all(), before)
  },
)

t.test('tablesync refuses a master that does not exist', async (t) => {
  const { replica } = await makeTwins(engine.endpoint)
  const result = await runCli([...at, '-m', 'us-east-1:does-not-exist', '-r', replica.label])
  isRefusal(t, result, 'us-east-1:does-not-exist', 'ResourceNotFoundException')
})

t.test('tablesync prints a hint about a table that does not exist', async (t) => {
  const { replica } = await makeTwins(engine.endpoint)
  const { stderr } = await runCli([...at, '-m', 'us-east-1:does-not-exist', '-r', replica.label])
  t.ok(stderr.trim().split('\n').length >= 2, `a hint below the error; said ${stderr}`)
})

t.test('tablesync refuses a table that is not reachable', async (t) => {
  const { master, replica } = await makeTwins(engine.endpoint)
  const gone = await startDynalite()
  await gone.stop()
  const flags = ['-m', master.label, '-r', replica.label, '--replica-endpoint', gone.endpoint]
  const result = await runCli([...at, ...flags, '--max-retries', '1'])
  isRefusal(t, result, replica.label, 'ECONNREFUSED', 'Nobody listens there')
})
