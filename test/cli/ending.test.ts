/** How the command ends: its exit codes, and what a signal does. */

import { execFileSync } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Summary } from '../../lib/model/results/summary.ts'
import { isPreflight, startRecorder } from '../support/command/recorder.ts'
import { runCli, runForSummary, startCli, tempFolder } from '../support/command/run-cli.ts'
import {
  argsOf,
  inOrder,
  MASTER_ITEMS,
  makeScene,
  makeTwins,
  REPLICA_ITEMS,
} from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
t.jobs = 2
const repair = ['--write-missing', '--write-differing', '--delete-extra']

t.test('exit code 0 means in sync', async (t) => {
  const { args } = await makeTwins(engine.endpoint)
  const { code, summary } = await runForSummary(args)
  t.equal(code, 0)
  t.equal(summary.outcome, 'in-sync')
})

t.test('exit code 0 means that every difference was repaired', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const { code, summary } = await runForSummary([...args, ...repair])
  t.equal(code, 0)
  t.equal(summary.outcome, 'in-sync')
  t.same(inOrder(await replica.all()), inOrder(MASTER_ITEMS))
})

t.test('exit code 1 means that differences remain', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const { code, summary } = await runForSummary([...args, '--write-missing'])
  t.equal(code, 1)
  t.equal(summary.outcome, 'different')
})

t.test('exit code 1 means that differences remain on one of the replicas', async (t) => {
  const { args } = await makeTwins(engine.endpoint)
  const { replica } = await makeScene(engine.endpoint)
  t.equal((await runCli([...args, '--replica', replica.label])).code, 1)
})

t.test('exit code 2 means that nothing was done', async (t) => {
  const { replica } = await makeScene(engine.endpoint)
  const args = ['-r', replica.label, '--endpoint', engine.endpoint, ...repair]
  t.equal((await runCli(args)).code, 2)
  t.same(inOrder(await replica.all()), inOrder(REPLICA_ITEMS.untouched))
})

t.test('exit code 3 means incomplete, with the reason in the document', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const recorder = await startRecorder(t, engine.endpoint, (asked) =>
    asked.operation === 'Scan' && !isPreflight(asked)
      ? { status: 400, type: 'com.amazon#AccessDeniedException', message: 'no longer allowed' }
      : undefined,
  )
  const flags = [...repair, '--replica-endpoint', recorder.endpoint]
  const { code, stderr, summary } = await runForSummary([...args, ...flags])
  t.equal(code, 3)
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [{ table: replica.label, code: 'ACCESS_DENIED' }])
  t.match(stderr, 'no longer allowed')
  const left = (await replica.all()).filter((one) => one['id']?.S?.startsWith('extra-'))
  t.equal(left.length, 8, 'no extra is deleted')
})

t.test('exit code 3: a replica that fails does not keep another from being repaired', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const lost = await makeTwins(engine.endpoint)
  const recorder = await startRecorder(t, engine.endpoint, (asked) =>
    asked.operation === 'Scan' &&
    !isPreflight(asked) &&
    asked.body['TableName'] === lost.replica.name
      ? { status: 400, type: 'com.amazon#AccessDeniedException', message: 'no longer allowed' }
      : undefined,
  )
  const flags = [
    ...repair,
    '--replica',
    lost.replica.label,
    '--replica-endpoint',
    recorder.endpoint,
  ]
  t.equal((await runCli([...args, ...flags])).code, 3)
  t.same(inOrder(await replica.all()), inOrder(MASTER_ITEMS))
})

/** A run that is held at a page of the master until `letOn` is called. */
async function heldRun(t: Test, flags: readonly string[]) {
  const scene = await makeScene(engine.endpoint)
  let letOn = () => {}
  const held = new Promise<void>((resolve) => {
    letOn = resolve
  })
  let arrived = () => {}
  const standing = new Promise<void>((resolve) => {
    arrived = resolve
  })
  let pages = 0
  const recorder = await startRecorder(t, engine.endpoint, async (asked) => {
    const { operation, body } = asked
    if (operation !== 'Scan' || body['TableName'] !== scene.master.name || isPreflight(asked))
      return
    if (++pages < 4) return
    arrived()
    await held
  })
  const args = argsOf({ ...scene.master, endpoint: recorder.endpoint }, scene.replica)
  const pace = ['--scan-limit', '1', '--parallel', '1', '--segments', '1']
  const run = startCli([...args, ...pace, ...flags])
  await Promise.race([standing, run.ended])
  t.teardown(() => run.child.kill('SIGKILL'))
  return { ...scene, run, letOn, pages: () => pages }
}

const ENDING_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  t.test(
    `${signal} ends the run after the pages in flight and prints the summary`,
    oneOfMany(),
    async (t) => {
      const { run, letOn, master, pages } = await heldRun(t, ['--json'])
      run.child.kill(signal)
      await run.said('Press Ctrl-C again to exit now')
      letOn()
      const { code, stdout, stderr } = await run.ended
      t.equal(code, ENDING_CODES[signal])
      const summary = JSON.parse(stdout) as Summary
      t.equal(summary.outcome, 'interrupted')
      t.equal(summary.master.table, master.label)
      t.ok(summary.master.scanned < 20, `${summary.master.scanned} of 20 items`)
      t.ok(pages() < 20, 'reads no further page')
      t.match(stderr, 'Interrupted.')
      t.match(stderr, `scanned ${summary.master.scanned} items of ${master.label}`)
    },
  )
}

t.test('SIGINT ends the run before any extra is deleted', async (t) => {
  const { run, letOn, replica } = await heldRun(t, ['--delete-extra'])
  run.child.kill('SIGINT')
  await run.said('Press Ctrl-C again to exit now')
  letOn()
  t.equal((await run.ended).code, 130)
  t.same(inOrder(await replica.all()), inOrder(REPLICA_ITEMS.untouched))
})

t.test('SIGINT leaves a restart key behind', async (t) => {
  const { run, letOn } = await heldRun(t, ['--verbose', '--strategy', 'lookup'])
  await run.said('--starting-key')
  run.child.kill('SIGINT')
  await run.said('Press Ctrl-C again to exit now')
  letOn()
  const { code, stderr } = await run.ended
  t.equal(code, 130)
  t.match(stderr, /--starting-key '\{"id":\{"S":"item-\d+"\}\}'/)
})

t.test('a second SIGINT exits at once, without a summary', async (t) => {
  const { run } = await heldRun(t, ['--json'])
  run.child.kill('SIGINT')
  await run.said('Press Ctrl-C again to exit now')
  run.child.kill('SIGINT')
  const { code, stdout } = await run.ended
  t.equal(code, 130)
  t.equal(stdout, '')
})

t.test('a second SIGHUP changes nothing: a shell repeats what its terminal has sent', async (t) => {
  const { run, letOn } = await heldRun(t, ['--json'])
  run.child.kill('SIGHUP')
  await run.said('Press Ctrl-C again to exit now')
  run.child.kill('SIGHUP')
  letOn()
  const { code, stdout } = await run.ended
  t.equal(code, 129)
  t.match(JSON.parse(stdout), { outcome: 'interrupted' })
})

t.test('a run goes on to its result when nobody reads stderr any more', async (t) => {
  const report = join(await tempFolder(t), 'report.ndjson')
  const flags = [...repair, '--verbose', '--json', '--report', report]
  const { run, letOn, replica } = await heldRun(t, flags)
  await run.said('plan ')
  run.child.stderr?.destroy()
  letOn()
  const { code, stdout } = await run.ended
  t.equal(code, 0)
  t.match(JSON.parse(stdout), { outcome: 'in-sync' })
  t.same(inOrder(await replica.all()), inOrder(MASTER_ITEMS))
  t.equal((await readFile(report, 'utf8')).split('\n').length, 1 + 3 + 2 + 8 + 1 + 1)
})

t.test('a run exits with the code of its result when nobody reads stdout any more', async (t) => {
  const { run, letOn, replica } = await heldRun(t, [...repair, '--json'])
  run.child.stdout?.destroy()
  letOn()
  const { code, stderr } = await run.ended
  t.equal(code, 0)
  t.match(stderr, /In sync\.$/m)
  t.same(inOrder(await replica.all()), inOrder(MASTER_ITEMS))
})

t.test('a document that does not fit on a full disk ends with exit code 3', async (t) => {
  const { args } = await makeTwins(engine.endpoint)
  const full = await open('/dev/full', 'w')
  t.teardown(() => full.close())
  const { code, stderr } = await startCli([...args, '--json'], {}, full.fd).ended
  t.equal(code, 3)
  t.match(stderr, 'In sync.')
  t.match(stderr, /tablesync: Cannot write the result to stdout: ENOSPC/)
})

t.test('--help exits with 0 when its reader closes the pipe', async (t) => {
  const run = startCli(['--help'])
  run.child.stdout?.destroy()
  t.match(await run.ended, { code: 0, stderr: '' })
})

t.test('SIGINT ends a run that waits for its first answer', async (t) => {
  const { master, replica } = await makeScene(engine.endpoint)
  let arrived = () => {}
  const standing = new Promise<void>((resolve) => {
    arrived = resolve
  })
  const recorder = await startRecorder(t, engine.endpoint, () => {
    arrived()
    return new Promise(() => {})
  })
  const args = argsOf({ ...master, endpoint: recorder.endpoint }, replica)
  const run = startCli([...args, '--json', '--quiet'])
  t.teardown(() => run.child.kill('SIGKILL'))
  await Promise.race([standing, run.ended])
  run.child.kill('SIGINT')
  const { code, stdout, stderr } = await run.ended
  t.equal(code, 130)
  t.match(JSON.parse(stdout), { outcome: 'interrupted' })
  t.equal(stderr, '', 'a quiet run prints nothing')
})

t.test('an interrupted run with a checkpoint prints the command that resumes it', async (t) => {
  const file = join(await tempFolder(t), "a run's checkpoint")
  const { run, letOn } = await heldRun(t, ['--checkpoint', file])
  run.child.kill('SIGTERM')
  await run.said('Press Ctrl-C again to exit now')
  letOn()
  const { code, stderr } = await run.ended
  t.equal(code, 143)
  const [, command = ''] = /to resume: tablesync (.*)/.exec(stderr) ?? []
  t.match(command, / --checkpoint '.*a run'\\''s checkpoint'.* --resume$/)
  // Split as a shell would split it.
  const argv = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`])
    .toString()
    .trim()
    .split('\n')
  const { summary } = await runForSummary(argv)
  t.equal(summary.master.scanned, 20)
  t.equal(summary.outcome, 'different')
})

t.test('no command to resume is printed where there is no checkpoint to resume', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const checkpoint = join(await tempFolder(t), 'checkpoint')
  // The run ends while it still checks the tables.
  const ended = ['--checkpoint', checkpoint, '--max-duration', '0.001']
  const { stderr, code } = await runCli([...args, ...ended])
  t.equal(code, 130)
  t.notMatch(stderr, /to resume/)
})
