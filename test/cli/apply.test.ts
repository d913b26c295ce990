/** `--plan` writes a repair down, and `tablesync apply` carries it out. */
import { join } from 'node:path'
import { runCli, runForSummary, tempFolder } from '../support/command/run-cli.ts'
import {
  COUNTS,
  inOrder,
  MASTER_ITEMS,
  makeScene,
  REPLICA_ITEMS,
  replicaOf,
} from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { t } from '../support/tap.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
const WRITES = ['--write-missing', '--write-differing', '--delete-extra']

t.test('tablesync apply carries out what --plan wrote down', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const plan = join(await tempFolder(t), 'plan.ndjson')
  const planning = await runCli([...args, ...WRITES, '--plan', plan])
  t.equal(planning.code, 1, planning.stderr)
  t.strictSame(inOrder(await replica.all()), inOrder(REPLICA_ITEMS.untouched))

  const dry = await runCli(['apply', plan, '--dry-run', '--workers', '1'])
  t.equal(dry.code, 1, dry.stderr)
  t.match(
    dry.stderr,
    /: 13 to repair, 0 already in order, 0 left alone because of later changes, 0 failed/,
  )
  t.match(dry.stderr, /Nothing was applied: a dry run/)
  t.match(dry.stderr, `at ${engine.endpoint} from the plan`)
  t.strictSame(inOrder(await replica.all()), inOrder(REPLICA_ITEMS.untouched))

  const { code, summary, stderr } = await runForSummary(['apply', plan, '--workers', '1'])
  t.equal(code, 0, stderr)
  t.match(stderr, /apply {3}.*plan\.ndjson, 13 keys/)
  const { missing, differing, extra } = COUNTS
  t.match(replicaOf(summary, replica), { written: missing + differing, deleted: extra })
  t.strictSame(inOrder(await replica.all()), inOrder(MASTER_ITEMS))
})

t.test('the plan of a stopped run is reported as incomplete, and apply refuses it', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const plan = join(await tempFolder(t), 'plan.ndjson')
  const planning = await runCli([...args, ...WRITES, '--plan', plan, '--max-deletes', '0'])
  t.equal(planning.code, 4, planning.stderr)
  t.match(
    planning.stderr,
    /planned \d+ repairs in .*, but the run did not see everything: `tablesync apply` refuses this plan/,
  )
  t.notMatch(planning.stderr, /to do them/)
  const { code, stderr } = await runCli(['apply', plan])
  t.equal(code, 2)
  t.match(stderr, /that one ended stopped/)
})

t.test('tablesync apply and --plan are refused with the reason if they cannot begin', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  for (const [argv, told] of [
    [['apply'], /followed by the plan, got nothing/],
    [['apply', '/no/such/plan'], /Cannot read .*ENOENT/],
    [['apply', '/etc/hostname'], /to be a repair plan of version 1/],
    [[...args, '--plan', '/tmp/plan'], /`--plan` to come with a flag that says what to plan/],
    [[...args, '--plan-items'], /`--plan-items` to come with `--plan`/],
  ] as const) {
    const { code, stdout, stderr } = await runCli(argv)
    t.equal(code, 2, stderr)
    t.equal(stdout, '')
    t.match(stderr, told)
  }
})
