/** What the command says to do next, and what it says where nothing fits. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { CLI, runCli, tempFolder, testEnv } from '../support/command/run-cli.ts'
import { DIFFERING_IDS, inOrder, makeScene, REPLICA_ITEMS } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Test, t } from '../support/tap.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
const WRITES = ['--write-missing', '--write-differing']

async function planned(t: Test) {
  const scene = await makeScene(engine.endpoint)
  const folder = await tempFolder(t)
  const at = (name: string) => join(folder, name)
  const plan = at('plan.ndjson')
  const { stderr } = await runCli([...scene.args, ...WRITES, '--plan', plan])
  return { ...scene, at, plan, stderr }
}

t.test('a plan says how to apply it, and what is picked of it', async (t) => {
  const { plan, at, stderr, replica } = await planned(t)
  t.match(stderr, `to do them: tablesync apply ${plan} --journal undo.ndjson`)
  for (const [picks, told] of [
    [[], `Apply it with: tablesync apply ${plan} --journal undo.ndjson`],
    [
      ['--kind', 'differing', '--attribute', 'colour'],
      `Apply these with: tablesync apply ${plan} --kind differing --attribute colour --journal undo.ndjson`,
    ],
    [['--key', '{"id":"item-15"}'], undefined],
    [['--attribute', 'colur'], undefined],
  ] as const) {
    const { stdout } = await runCli(['show', plan, ...picks])
    if (told === undefined) t.notMatch(stdout, /^Apply/m)
    else t.match(stdout, told)
  }
  const wrong = await runCli(['apply', plan, '--attribute', 'colur', '--journal', at('no.ndjson')])
  t.equal(wrong.code, 2)
  t.match(wrong.stderr, /Expected `--attribute` to be a place that the plan changes, got "colur"/)
  t.match(wrong.stderr, /It changes colour, stamp\./)
  t.same(inOrder(await replica.all()), inOrder(REPLICA_ITEMS.untouched))
})

t.test('what was written says how to take it back, and what it has cost', async (t) => {
  const { plan, at } = await planned(t)
  const [journal, prices] = [at('undo.ndjson'), at('prices.json')]
  await writeFile(prices, '\ufeff{"currency":"EUR","readUnit":0.001,"writeUnit":0.01}')
  const money = ['--prices', prices]
  const applied = await runCli(['apply', plan, '--journal', journal, '--json', ...money])
  t.equal(applied.code, 0, applied.stderr)
  t.match(applied.stderr, `to take it back: tablesync undo ${journal}`)
  t.match(applied.stderr, /^cost {4}EUR 0\.0\d+ for reads, EUR 0\.0\d+ for writes$/m)
  const { cost, replicas } = JSON.parse(applied.stdout)
  const [{ writeUnits }] = Object.values(replicas) as [{ writeUnits: number }]
  t.ok(Math.abs(cost.writes - writeUnits * 0.01) < 1e-9)
  const undone = await runCli(['undo', journal, '--yes', ...money])
  t.match(undone.stderr, /^cost {4}EUR/m)
  t.notMatch(undone.stderr, /take it back/)
  const same = await runCli(['undo', journal, '--yes', ...money, '--report', prices])
  t.match(same.stderr, /Expected `--prices` and `--report` to be different files/)
})

t.test('a run that --max-duration ends says so', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const slow = ['--read-capacity', '1', '--scan-limit', '1', '--segments', '1']
  const { code, stderr } = await runCli([...args, ...slow, '--max-duration', '1s'])
  t.equal(code, 130)
  t.match(stderr, /^stopping after in-flight pages: --max-duration of 1 s is over$/m)
})

t.test('--keys - waits for what a pipe has not got yet', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const child = spawn(process.execPath, [CLI, ...args, '--keys', '-', '--min-mismatch-age', '0'], {
    env: testEnv(),
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const stderr = text(child.stderr)
  for (const id of DIFFERING_IDS) {
    await sleep(600)
    child.stdin.write(`${JSON.stringify({ id })}\n`)
  }
  child.stdin.end()
  const [code] = await once(child, 'close')
  t.equal(code, 1, await stderr)
  t.match(await stderr, /0 the same, 0 missing, 2 differing, 0 extra/)
})

t.test('a part of a flag is known', async (t) => {
  const { code, stderr } = await runCli(['--dry'])
  t.equal(code, 2)
  t.match(stderr, 'Is `--dry-run` meant?')
})
