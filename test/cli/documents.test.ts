/**
 * `--json` prints a document however the command ends. It says which run it was, and when it began.
 */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startRecorder } from '../support/command/recorder.ts'
import { runCli, runForSummary, tempFolder } from '../support/command/run-cli.ts'
import { argsOf, makeTwins } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
t.jobs = 2

const TABLES = ['-m', 'us-east-1:aaa', '-r', 'us-east-1:bbb', '--max-retries', '0']

for (const [what, args, code] of [
  ['an unknown flag', ['--json', '--write-mising'], 'USAGE'],
  ['a flag without its value', ['--segments', '--json'], 'USAGE'],
  ['a stray argument', ['--json', 'stray'], 'USAGE'],
  ['no tables', ['--json'], 'USAGE'],
  ['a wrong number', [...TABLES, '--segments', 'x', '--json'], 'USAGE'],
  ['a command without its file', ['undo', '--json'], 'USAGE'],
  ['a journal that is not there', ['undo', '/no/such/journal', '--json', '--quiet'], 'USAGE'],
  ['no server', [...TABLES, '--endpoint', 'http://127.0.0.1:1', '--json'], 'UNREACHABLE'],
] as const) {
  t.test(`--json prints a document where there is ${what}`, oneOfMany(), async (t) => {
    const { code: exit, stdout, stderr } = await runCli(args)
    t.equal(exit, 2)
    t.equal(stdout.trim().split('\n').length, 1)
    const document = JSON.parse(stdout)
    t.match(document, { version: 1, outcome: 'refused', runId: /^[0-9a-f]{8}$/ })
    t.equal(new Date(document.startedAt).toISOString(), document.startedAt)
    t.match(document.errors, [{ table: '', code, count: 1 }])
    t.ok(stderr.includes(document.errors[0].message), 'it says what stderr says')
  })
}

t.test('the document has the run id of stderr and the start, even if interrupted', async (t) => {
  const { master, replica } = await makeTwins(engine.endpoint)
  const before = Date.now()
  const { summary, stderr } = await runForSummary(argsOf(master, replica))
  t.match(summary.runId, /^[0-9a-f]{8}$/)
  t.match(stderr, `${summary.runId}`)
  const started = Date.parse(`${summary.startedAt}`)
  t.ok(started >= before && started <= Date.now())
  const recorder = await startRecorder(t, engine.endpoint)
  const stopped = await runForSummary([
    ...argsOf({ ...master, endpoint: recorder.endpoint }, replica),
    ...['--max-duration', '0.001'],
  ])
  t.equal(stopped.summary.outcome, 'interrupted')
  t.match(stopped.summary, { runId: /^[0-9a-f]{8}$/, startedAt: /Z$/ })
})

t.test('--json prints a document even after an uncaught exception', async (t) => {
  const module = join(await tempFolder(t), 'thrower.mjs')
  await writeFile(
    module,
    `import { isMainThread } from 'node:worker_threads'
     const look = () => {
       if (process.listenerCount('uncaughtException') > 0) throw new Error('planted')
       setImmediate(look)
     }
     if (isMainThread) look()`,
  )
  const nobody = [...TABLES, '--endpoint', 'http://127.0.0.1:1', '--json']
  const { code, stdout, stderr } = await runCli(nobody, { NODE_OPTIONS: `--import=${module}` })
  t.equal(code, 3, stderr)
  t.match(JSON.parse(stdout), {
    outcome: 'incomplete',
    errors: [{ code: 'INTERNAL', message: /planted/ }],
  })
})
