/** What somebody reads who asks for help, mistypes, or sets variables: on which stream, with which code. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Env, runCli, runForSummary, tempFolder } from '../support/command/run-cli.ts'
import { makeScene } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

t.jobs = 2

const engine = await startDynalite()
t.teardown(() => engine.stop())

for (const { argv, begins } of [
  { argv: ['help'], begins: 'Usage: tablesync --master' },
  { argv: ['help', 'undo'], begins: 'Usage: tablesync undo <journal>' },
  { argv: ['help', 'safety'], begins: 'What keeps a repair from doing damage' },
  { argv: ['show', '--help'], begins: 'Usage: tablesync show <' },
  { argv: ['completion', 'bash'], begins: '# Completes tablesync in bash' },
  { argv: ['completion', '--help'], begins: 'Complete flags and commands' },
]) {
  t.test(`tablesync ${argv.join(' ')} prints its text on stdout`, oneOfMany(), async (t) => {
    // Whatever the environment says.
    const { code, stdout, stderr } = await runCli(argv, { TABLESYNC_YES: 'true' })
    t.ok(stdout.startsWith(begins), stdout.slice(0, 80))
    t.equal(stderr, '')
    t.equal(code, 0)
  })
}

t.test('tablesync alone greets on stderr, and exits with 2', async (t) => {
  const { code, stdout, stderr } = await runCli([])
  t.equal(code, 2)
  t.equal(stdout, '')
  t.match(stderr, /^tablesync compares DynamoDB tables/)
  t.match(stderr, 'tablesync --help')
})

t.test('tablesync --json alone is refused with a document', async (t) => {
  const { code, stdout, stderr } = await runCli(['--json'])
  t.equal(code, 2)
  t.match(JSON.parse(stdout), { outcome: 'refused' })
  t.match(stderr, 'Expected one `--master`')
})

for (const { argv, env, says } of [
  { argv: ['aply', 'plan.ndjson'], says: 'Is `tablesync apply` meant?' },
  { argv: ['completoin', 'zsh'], says: 'Is `tablesync completion` meant?' },
  { argv: ['help', 'repiar'], says: 'Is `tablesync help repair` meant? There are apply, undo' },
  { argv: ['completion'], says: 'one of bash, zsh, fish, got nothing' },
  { argv: [], env: { TABLESYNC_MASTER: 'us-east-1:a' }, says: 'Expected at least one `--replica`' },
  { argv: ['--json'], env: { TABLESYNC_YES: '0' }, says: '`TABLESYNC_YES` is set, but consent' },
  { argv: [], env: { TABLESYNC_MASTR: 'x' }, says: 'Is `TABLESYNC_MASTER` meant?' },
  {
    argv: ['-m', 'us-east-1:a', '-r', 'us-east-1:b'],
    env: { TABLESYNC_SEGMENTS: 'many' },
    says: 'Expected `TABLESYNC_SEGMENTS` to be a whole number',
  },
] as { argv: string[]; env?: Env; says: string }[]) {
  const given = [...Object.entries(env ?? {}).map((one) => one.join('=')), 'tablesync', ...argv]
  t.test(`${given.join(' ')} is refused`, oneOfMany(), async (t) => {
    const { code, stderr } = await runCli(argv, env)
    t.equal(code, 2)
    t.ok(stderr.includes(says), stderr)
  })
}

t.test('a secret that comes by the environment is not printed', async (t) => {
  const argv = ['-m', 'us-east-1:a', '-r', 'us-east-1:b', '--profile', 'p-112233']
  const env = { TABLESYNC_MFA_TOKEN: '112233', TABLESYNC_ENDPOINT: 'ftp://ann:pass@host' }
  const { code, stderr, stdout } = await runCli([...argv, '--json'], env)
  t.equal(code, 2)
  t.notMatch(stderr + stdout, /112233|pass/)
})

t.test('a run takes its tables, endpoint and output from the environment', async (t) => {
  const { master, replica } = await makeScene(engine.endpoint)
  const report = join(await tempFolder(t), 'report.ndjson')
  const { code, stdout, stderr } = await runCli([], {
    TABLESYNC_MASTER: master.label,
    TABLESYNC_REPLICA: replica.label,
    TABLESYNC_ENDPOINT: engine.endpoint,
    TABLESYNC_MIN_MISMATCH_AGE: '0',
    TABLESYNC_REPORT: report,
    TABLESYNC_JSON: 'true',
  })
  t.equal(code, 1, stderr)
  t.match(JSON.parse(stdout), { outcome: 'different' })
  t.match(await readFile(report, 'utf8'), '"missing"')
  t.match(stderr, 'from TABLESYNC_ENDPOINT')
})

t.test('a flag wins over its variable in a run', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const env = { TABLESYNC_REPLICA: 'us-east-1:none', TABLESYNC_DRY_RUN: 'false' }
  const { code, summary } = await runForSummary(args, env)
  t.equal(code, 1)
  t.same(Object.keys(summary.replicas), [replica.label])
})

t.test('TABLESYNC_JSON makes a refusal a document too', async (t) => {
  const { code, stdout } = await runCli(['apply'], { TABLESYNC_JSON: '1' })
  t.equal(code, 2)
  t.match(JSON.parse(stdout), { outcome: 'refused' })
})
