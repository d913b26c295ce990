/** `--report -`: through a pipe, to a file, and where it is refused. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runSync } from 'tablesync'
import { CLI, runCli, startCli, tempFolder, testEnv } from '../support/command/run-cli.ts'
import { argsOf, item, makeScene } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
const linesIn = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

t.test('--report - prints the lines of the file on stdout, for all commands', async (t) => {
  const folder = await tempFolder(t)
  const { args } = await makeScene(engine.endpoint)
  const file = join(folder, 'report')
  await runCli([...args, '--report', file])
  const { code, stdout, stderr } = await runCli([...args, '--report', '-'])
  t.equal(code, 1, stderr)
  const [header, ...lines] = linesIn(stdout)
  const footer = lines.pop()
  const kept = linesIn(await readFile(file, 'utf8'))
  t.match(header, { tablesync: 'report', version: 2, line: 1, options: kept[0].options })
  t.equal(lines.length, 13)
  t.match(footer, { end: 'different', line: 15, totals: { master: { scanned: 20 } } })
  // What is printed is a report.
  const copy = join(folder, 'copy')
  await writeFile(copy, stdout)
  t.equal((await runCli(['show', copy])).code, 0)

  const [plan, journal] = [join(folder, 'plan'), join(folder, 'journal')]
  await runCli([...args, '--plan', plan, '--write-missing'])
  const applied = await runCli(['apply', plan, '--journal', journal, '--report', '-'])
  t.match(linesIn(applied.stdout)[1], { kind: 'missing', action: 'written' })
  const undone = await runCli(['undo', journal, '--report', '-'])
  t.equal(linesIn(undone.stdout).length, 5, undone.stderr)
})

t.test('--report - appends to what a shell has opened', async (t) => {
  const file = join(await tempFolder(t), 'all')
  await writeFile(file, 'before\n')
  const { args } = await makeScene(engine.endpoint)
  const output = openSync(file, 'a')
  await startCli([...args, '--report', '-'], {}, output).ended
  closeSync(output)
  const text = await readFile(file, 'utf8')
  t.ok(text.startsWith('before\n{"crc"'))
  t.equal(text.split('\n').length, 17)
})

t.test('a reader that leaves does not end a repair', async (t) => {
  const master = await makeTable(engine.endpoint)
  const replica = await makeTable(engine.endpoint)
  const items = Array.from({ length: 600 }, (_, at) => item(`${at}-${'x'.repeat(200)}`, 'red'))
  await master.put(items)
  const args = [...argsOf(master, replica), '--quiesced', '--write-missing', '--report', '-']
  const words = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ')
  const script = `set -o pipefail; ${words} | head -1`
  const child = spawn('bash', ['-c', script], { env: { ...testEnv() } })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  t.equal(code, 0, stderr)
  t.equal(linesIn(stdout).length, 1)
  t.match(stderr, 'warning report -: nobody reads standard output any more; the run goes on')
  t.equal((await replica.all()).length, 600)
})

t.test('a disk that is full ends the run', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const output = openSync('/dev/full', 'w')
  const { code, stderr } = await startCli([...args, '--report', '-'], {}, output).ended
  closeSync(output)
  t.equal(code, 3, stderr)
  t.match(stderr, 'Cannot write the result to stdout: ENOSPC')
})

t.test('--report - is refused with --json and with a checkpoint, and by the library', async (t) => {
  const { args, master, replica } = await makeScene(engine.endpoint)
  const checkpoint = join(await tempFolder(t), 'checkpoint')
  for (const more of [['--json'], ['--checkpoint', checkpoint], ['--resume']]) {
    const { code, stderr } = await runCli([...args, '--report', '-', ...more])
    t.equal(code, 2, more.join(' '))
    t.match(stderr, `\`${more[0]}\``)
  }
  const tables = { master: master.label, replicas: [replica.label], endpoint: master.endpoint }
  await t.rejects(runSync({ ...tables, report: '-' }), {
    code: 'USAGE',
    message: 'Expected `report` to be a file, got "-"',
  })
})
