/** The log of the command: its format, and the file that it goes to. */
import { chmod, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCli, startCli, tempFolder } from '../support/command/run-cli.ts'
import { COUNTS, makeScene, makeTwins } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Test, t } from '../support/tap.ts'
import { fewOf, oneOfMany } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
t.jobs = 2

const JSON_LOG = ['--log-format', 'json']

type Entry = Record<string, unknown> & { readonly type: string }

/** Each line has to be an entry. */
function entriesIn(t: Test, text: string): Entry[] {
  const lines = text.split('\n')
  t.equal(lines.pop(), '', 'the last line has an end')
  return lines.map((line) => {
    const entry = JSON.parse(line) as Entry
    t.match(line, /^\{"time":"\d{4}-\d\d-\d\dT[\d:.]+Z","type":"[a-z-]+"/)
    return entry
  })
}

const typesOf = (entries: readonly Entry[]) => entries.map(({ type }) => type)

t.test('--log-format json writes each event as a line, and the summary last', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const { code, stdout, stderr } = await runCli([...args, ...JSON_LOG, '--json'])
  t.equal(code, 1)
  const entries = entriesIn(t, stderr)
  const types = typesOf(entries)
  for (const type of ['tables', 'plan', 'pace', 'progress', 'segment-finished']) {
    t.ok(types.includes(type), type)
  }
  t.notOk(types.includes('difference'))
  const { time: _, type, ...summary } = entries.at(-1) as Entry
  t.equal(type, 'summary')
  t.same(summary, JSON.parse(stdout))
  t.match(summary, { replicas: { [replica.label]: COUNTS } })
})

t.test('--verbose adds each difference, and --quiet leaves only errors', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const verbose = entriesIn(t, (await runCli([...args, ...JSON_LOG, '--verbose'])).stderr)
  const differences = verbose.filter(({ type }) => type === 'difference')
  t.equal(differences.length, 13)
  t.match(differences[0], { kind: String, key: { id: { S: String } }, action: 'none' })
  t.equal((await runCli([...args, ...JSON_LOG, '--quiet'])).stderr, '')
  const limited = [...args, ...JSON_LOG, '--quiet', '--write-missing', '--max-writes', '0']
  const stopped = await runCli(limited)
  t.equal(stopped.code, 4)
  t.match(entriesIn(t, stopped.stderr), [{ type: 'error', code: 'STOPPED' }])
})

for (const { what, args, env, message } of [
  { what: 'no tables', args: JSON_LOG, env: {}, message: /master/ },
  { what: 'an unknown flag', args: ['--nonsense', '--log-format=json'], env: {}, message: /nons/ },
  { what: 'a variable', args: ['--nonsense'], env: { TABLESYNC_LOG_FORMAT: 'json' }, message: /n/ },
]) {
  t.test(`bad usage is an error in JSON: ${what}`, oneOfMany(), async (t) => {
    const { code, stderr } = await runCli(args, env)
    t.equal(code, 2)
    t.match(entriesIn(t, stderr), [{ type: 'error', code: 'USAGE', message, hint: String }])
  })
}

t.test('--log-format text wins over the variable; other formats are refused', async (t) => {
  const env = { TABLESYNC_LOG_FORMAT: 'json' }
  const text = await runCli(['--nonsense', '--log-format', 'text'], env)
  t.match(text.stderr, /^tablesync: /)
  const other = await runCli(['--log-format', 'xml'])
  t.equal(other.code, 2)
  t.match(other.stderr, /Expected `--log-format` to be one of text, json, got "xml"/)
  t.equal((await runCli(['show', 'x', ...JSON_LOG])).code, 2)
})

t.test('what the command says itself is a message', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const slow = [...args, ...JSON_LOG, '--read-capacity', '1', '--segments', '4', '--json']
  const running = startCli(slow)
  await running.said('"type":"plan"')
  running.child.kill('SIGINT')
  const { code, stderr } = await running.ended
  t.equal(code, 130)
  const entries = entriesIn(t, stderr)
  t.match(entries.find(({ type }) => type === 'message')?.['text'], /^Stopping after in-flight/)
  t.match(entries.at(-1), { type: 'summary', outcome: 'interrupted' })
})

t.test('no secret is in the JSON log, in a file or not', async (t) => {
  const file = join(await tempFolder(t), 'log')
  const planted = ['-m', 'us-east-1:aaa', '-r', 'http://ann:pa55"w@nowhere']
  for (const to of [[], ['--log-file', file]]) {
    const { stderr } = await runCli([...planted, ...JSON_LOG, ...to])
    t.notMatch(stderr, 'pa55')
  }
  const log = await readFile(file, 'utf8')
  t.match(log, '://…@')
  t.notMatch(log, 'pa55')
})

t.test('--log-file takes what stderr would, appended, for its owner alone', async (t) => {
  const file = join(await tempFolder(t), 'log')
  const { args } = await makeScene(engine.endpoint)
  const first = await runCli([...args, '--log-file', file])
  t.equal(first.code, 1)
  t.equal(first.stderr, '')
  t.equal((await stat(file)).mode & 0o777, 0o600)
  const before = await readFile(file, 'utf8')
  t.match(before, /^master [\s\S]*\nDifferent: 13 of 28 items\.\n/)
  await chmod(file, 0o640)
  const second = await runCli([...args, '--log-file', file, ...JSON_LOG, '--resume'])
  t.equal(second.code, 2)
  t.equal(second.stderr, '')
  const after = await readFile(file, 'utf8')
  t.ok(after.startsWith(before))
  t.match(entriesIn(t, after.slice(before.length)), [{ type: 'error', code: 'USAGE' }])
  t.equal((await stat(file)).mode & 0o777, 0o640)
})

t.test('a log file that cannot be used is refused, and nothing is lost', async (t) => {
  const folder = await tempFolder(t)
  const { args } = await makeScene(engine.endpoint)
  const report = join(folder, 'report')
  await runCli([...args, '--report', report])
  const kept = await readFile(report, 'utf8')
  await symlink(report, join(folder, 'link'))
  await writeFile(join(folder, 'checkpoint.lock'), '')
  for (const [more, message] of fewOf([
    [['--log-file', join(folder, 'none', 'log')], /Cannot write the log .*ENOENT/],
    [['--log-file', '-'], /Expected `--log-file` to be a file, got "-"/],
    [['--metrics-file', '-'], /Expected `--metrics-file` to be a file, got "-"/],
    [['--log-file', join(folder, 'm'), '--metrics-file', join(folder, 'm')], /different files/],
    [['--log-file', folder], /Cannot write the log .*EISDIR/],
    [['--log-file', report], /it is a report of tablesync/],
    [['--log-file', join(folder, 'link'), '--report', report], /to be different files/],
    [
      ['--checkpoint', join(folder, 'checkpoint'), '--log-file', join(folder, 'checkpoint.lock')],
      /keeps for itself/,
    ],
  ] as const)) {
    const { code, stderr } = await runCli([...args, ...more])
    t.equal(code, 2, more.join(' '))
    t.match(stderr, message)
  }
  t.equal(await readFile(report, 'utf8'), kept)
  const show = await runCli(['show', report, '--log-file', 'x'])
  t.match(show, { code: 2, stderr: /takes, got `--log-file`/ })
})

t.test('where the log file cannot be written any more, the log goes to stderr', async (t) => {
  const { args } = await makeTwins(engine.endpoint)
  const { code, stderr } = await runCli([...args, ...JSON_LOG, '--log-file', '/dev/full'])
  t.equal(code, 0)
  const entries = entriesIn(t, stderr)
  t.match(entries[0], { type: 'error', code: 'FILE_UNWRITABLE', message: /ENOSPC/ })
  t.equal(entries.at(-1)?.type, 'summary')
})
