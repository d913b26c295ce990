/** `--metrics-file`: written by all commands, whatever the end, and no reason to end. */
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type RunEvent, runSync } from 'tablesync'
import { noPromtool, objectionsTo } from '../metrics/promtool.ts'
import { withoutFile } from '../metrics/without-file.ts'
import { runCli, startCli, tempFolder } from '../support/command/run-cli.ts'
import { makeScene, makeTwins } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { t } from '../support/tap.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
const seriesIn = async (file: string) => withoutFile(await readFile(file, 'utf8'), basename(file))

t.test('--metrics-file tells what the run has found, readable by all', async (t) => {
  const folder = await tempFolder(t)
  const file = join(folder, 'tablesync.prom')
  await writeFile(file, 'older')
  await chmod(file, 0o600)
  const { args, master, replica } = await makeScene(engine.endpoint)
  const { code, stderr } = await runCli([...args, '--metrics-file', file])
  t.equal(code, 1, stderr)
  t.equal((await stat(file)).mode & 0o777, 0o644)
  t.same(await readdir(folder), ['tablesync.prom'])
  const text = await seriesIn(file)
  for (const line of [
    /^tablesync_run_info\{run_id="\w{8}",version="\d+\.\d+\.\d+",command="sync"\} 1$/m,
    /^tablesync_progress_ratio 1$/m,
    /^tablesync_run_outcome\{outcome="different"\} 1$/m,
    /^tablesync_run_end_time_seconds \d{10}/m,
    `tablesync_scanned_items_total{table="${master.label}"} 20\n`,
    `tablesync_differences_total{replica="${replica.label}",kind="missing"} 3\n`,
    `tablesync_differences_total{replica="${replica.label}",kind="extra"} 8\n`,
  ]) {
    t.match(text, line)
  }
  // No key and no value.
  t.notMatch(text, /item-\d|blue|green/)
  if (noPromtool === false) t.equal(objectionsTo(await readFile(file, 'utf8')), '')
})

t.test('apply and undo keep metrics too, and so does a run that is refused', async (t) => {
  const folder = await tempFolder(t)
  const [plan, journal] = [join(folder, 'plan'), join(folder, 'journal')]
  const file = join(folder, 'm.prom')
  const { args, master, replica } = await makeScene(engine.endpoint)
  const metrics = ['--metrics-file', file]
  await runCli([...args, '--plan', plan, '--write-missing'])
  t.equal((await runCli(['apply', plan, '--journal', journal, ...metrics])).code, 0)
  const applied = await seriesIn(file)
  t.match(applied, `tablesync_writes_total{replica="${replica.label}",action="written"} 3\n`)
  t.match(applied, 'command="apply"')
  t.equal((await runCli(['undo', journal, ...metrics])).code, 0)
  const undone = await seriesIn(file)
  t.match(undone, 'command="undo"')
  t.match(undone, 'tablesync_run_outcome{outcome="in-sync"} 1\n')
  t.notMatch(undone, `${master.label}"`)
  const nowhere = args.map((word) => (word === replica.label ? 'us-east-1:none' : word))
  t.equal((await runCli([...nowhere, ...metrics])).code, 2)
  t.match(await seriesIn(file), 'tablesync_run_outcome{outcome="refused"} 1\n')
})

t.test('the metrics are there while the run goes on', async (t) => {
  const file = join(await tempFolder(t), 'm.prom')
  const { args } = await makeScene(engine.endpoint)
  const running = startCli([...args, '--metrics-file', file, '--read-capacity', '1'])
  await running.said('plan ')
  const text = await seriesIn(file)
  t.match(text, 'tablesync_run_start_time_seconds')
  t.notMatch(text, 'outcome')
  running.child.kill('SIGINT')
  t.equal((await running.ended).code, 130)
  t.match(await seriesIn(file), 'tablesync_run_outcome{outcome="interrupted"} 1\n')
})

t.test('metrics that cannot be written are one warning, and the run goes on', async (t) => {
  const folder = await tempFolder(t)
  const { args, master, replica } = await makeTwins(engine.endpoint)
  await mkdir(join(folder, 'folder'))
  for (const [file, why] of [
    [join(folder, 'none', 'm.prom'), /ENOENT/],
    [join(folder, 'folder'), /no regular file/],
    ['/dev/null', /no regular file/],
  ] as const) {
    const { code, stderr } = await runCli([...args, '--metrics-file', file])
    t.equal(code, 0)
    const warnings = stderr.split('\n').filter((line) => line.startsWith('warning metrics'))
    t.equal(warnings.length, 1, stderr)
    t.match(warnings[0], why)
  }
  const events: RunEvent[] = []
  const { outcome } = await runSync({
    ...{ master: master.label, replicas: [replica.label], endpoint: engine.endpoint, workers: 1 },
    ...{ metricsFile: join(folder, 'none', 'm.prom'), minMismatchAge: 0 },
    onProgress: (event) => void events.push(event),
  })
  t.equal(outcome, 'in-sync')
  t.equal(events.filter(({ type }) => type === 'output-lost').length, 1)
})

t.test('metrics replace no file of tablesync, and no other output', async (t) => {
  const folder = await tempFolder(t)
  const report = join(folder, 'report')
  const { args } = await makeTwins(engine.endpoint)
  const both = await runCli([...args, '--report', report, '--metrics-file', report])
  t.match(both, { code: 2, stderr: /different files/ })
  await runCli([...args, '--report', report])
  const kept = await readFile(report, 'utf8')
  const { stderr } = await runCli([...args, '--metrics-file', report])
  t.match(stderr, /warning metrics .* is a report of tablesync/)
  t.equal(await readFile(report, 'utf8'), kept)
})
