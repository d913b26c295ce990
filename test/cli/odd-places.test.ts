/** Folders that are gone, and devices in place of files, are refused in two lines. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { CLI, runCli, tempFolder, testEnv } from '../support/command/run-cli.ts'
import { t } from '../support/tap.ts'

t.jobs = 2

const TABLES = '-m us-east-1:aaa -r us-east-1:bbb --endpoint http://127.0.0.1:1 --max-retries 0'

for (const flags of [
  '--report r',
  '--hooks h.js',
  '--checkpoint c',
  '--plan p --write-missing',
  '--undo u --write-missing',
  '--control c',
]) {
  t.test(`${flags} in a folder that was removed is refused without a stack trace`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
    const script = `cd '${folder}' && rmdir '${folder}' && exec '${process.execPath}' '${CLI}' ${TABLES} ${flags}`
    const child = spawn('sh', ['-c', script], {
      env: testEnv(),
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const told = text(child.stderr)
    const code = await new Promise((resolve) => child.once('exit', resolve))
    t.equal(code, 2)
    t.match(
      await told,
      /^tablesync: Expected a working folder.*\nChange to a folder that exists.*\n$/,
    )
    await rm(folder, { recursive: true, force: true })
  })
}

for (const command of ['undo', 'apply']) {
  t.test(`tablesync ${command} refuses a device and a file with an overlong line`, async (t) => {
    const device = await runCli([command, '/dev/zero', '--yes'])
    t.equal(device.code, 2)
    t.match(device.stderr, /Cannot read \/dev\/zero: it is .*a device/)
    // A file without any line end.
    const file = join(await tempFolder(t), 'long.ndjson')
    await writeFile(file, '')
    await truncate(file, 70 << 20)
    const { code, stderr } = await runCli([command, file, '--yes'])
    t.equal(code, 2)
    t.match(stderr, /Expected lines of .*long\.ndjson to be at most 64 MiB long, and one is longer/)
  })
}

t.test('a checkpoint that is a device or a folder is refused, and not replaced', async (t) => {
  for (const [file, got] of [
    ['/dev/zero', 'a device or a pipe'],
    [tmpdir(), 'a folder'],
  ]) {
    for (const mode of ['--resume', '--restart']) {
      const { code, stderr } = await runCli([...TABLES.split(' '), '--checkpoint', `${file}`, mode])
      t.equal(code, 2)
      t.match(stderr, `Expected the checkpoint ${file} to be a file, got ${got}`)
    }
  }
})
