/** What the command prints, and on which stream. */

import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Difference } from '../../lib/model/difference.ts'
import { startRecorder } from '../support/command/recorder.ts'
import { runCli, runForSummary, tempFolder } from '../support/command/run-cli.ts'
import {
  argsOf,
  COUNTS,
  DIFFERING_IDS,
  EXTRA_IDS,
  item,
  MISSING_IDS,
  makeScene,
  makeTwins,
} from '../support/command/scene.ts'
import { hooksModule } from '../support/hooks-module.ts'
import { linesIn } from '../support/rewritten.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'
import { differencesIn } from '../support/told-lines.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
t.jobs = 2

t.test('--json prints one document on stdout and nothing else', async (t) => {
  const { args, master, replica } = await makeScene(engine.endpoint)
  const { stdout, code } = await runCli([...args, '--json'])
  t.match(stdout, /^\{.*\}\n$/)
  const document = JSON.parse(stdout) as Record<string, unknown>
  t.match(document, {
    version: 1,
    outcome: 'different',
    dryRun: true,
    elapsedMs: Number,
    strategy: 'auto',
    master: { table: master.label, scanned: 20, readUnits: Number },
    replicas: {
      [replica.label]: {
        ...COUNTS,
        written: 0,
        deleted: 0,
        conflicts: 0,
        unverified: 0,
        unconfirmed: 0,
        unjudged: 0,
        failed: 0,
        offered: 20,
        scanned: 25,
        readUnits: Number,
        writeUnits: 0,
      },
    },
  })
  t.equal(code, 1)
})

t.test('--json counts what was written, and its units', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const { summary } = await runForSummary([...args, '--write-missing', '--write-differing'])
  t.match(summary.replicas[replica.label], { ...COUNTS, written: 5, writeUnits: 5 })
  t.equal(summary.dryRun, false)
})

t.test('the text counts items that are newer on the replica, as the document does', async (t) => {
  const [master, replica] = [await makeTable(engine.endpoint), await makeTable(engine.endpoint)]
  const items = (version: string) =>
    ['a', 'b', 'c'].map((id) => ({ ...item(id, version), v: { N: version } }))
  await master.put(items('1'))
  await replica.put(items('2'))
  const flags = ['--version-attribute', 'v', '--newer-wins']
  const { code, stderr, summary } = await runForSummary([...argsOf(master, replica), ...flags])
  t.equal(code, 0)
  t.match(summary.replicas[replica.label], { newer: 3, offered: 3, scanned: 3, matched: 3 })
  t.match(stderr, '3 newer on the replica and left\n        3 in all: 3 of the master')
  t.match(stderr, /^rules {3}versions by v, and newer items of a replica are left$/m)
  t.match(stderr, /^In sync, .*but for 3 newer on the replica\.$/m)
})

t.test('--json leaves the text for people on stderr', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const { stderr } = await runCli([...args, '--json'])
  t.match(stderr, /^Different: 13 of 28 items\.$/m)
})

t.test('--json given twice prints one document', async (t) => {
  const { args } = await makeTwins(engine.endpoint)
  const { stdout } = await runCli([...args, '--json', '--json'])
  t.match(stdout, /^\{.*\}\n$/)
})

t.test('tablesync prints nothing on stdout without --json', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  t.equal((await runCli([...args, '--verbose'])).stdout, '')
})

t.test('tablesync prints the tables, their key, the plan and a verdict per replica', async (t) => {
  const { args, master, replica } = await makeScene(engine.endpoint)
  const twin = await makeTwins(engine.endpoint)
  const { stderr } = await runCli([...args, '--replica', twin.replica.label])
  const account = 'account 000000000000'
  const lines = stderr.split('\n')
  const line = (start: string) => lines.find((one) => one.startsWith(start)) ?? ''
  for (const part of [master.label, account, engine.endpoint, 'size not known yet']) {
    t.ok(line(`master  ${master.label}`).includes(part), `${part} in ${stderr}`)
  }
  for (const part of [account, 'size not known yet']) {
    t.ok(line(`replica ${replica.label}`).includes(part), `${part} in ${stderr}`)
  }
  t.ok(lines.includes('key     id (S)'))
  t.match(line('plan'), /auto, .* dry run: nothing will be written/)
  t.ok(lines.includes(`${replica.label}: 15 the same, 3 missing, 2 differing, 8 extra`))
  t.ok(lines.includes(`${twin.replica.label}: 20 the same, 0 missing, 0 differing, 0 extra`))
  t.match(stderr, /^Different: 13 of 48 items\.$/m)
})

t.test('tablesync lists no differences without --verbose', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const { stderr } = await runCli(args)
  for (const id of [...MISSING_IDS, ...DIFFERING_IDS, ...EXTRA_IDS]) t.notMatch(stderr, `"${id}"`)
})

t.test('tablesync prints what it will write', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const { stderr } = await runCli([...args, '--write-missing', '--delete-extra'])
  t.match(stderr, /^plan .*will put missing, delete extra items$/m)
})

for (const flag of ['--verbose', '-v']) {
  t.test(`${flag} prints every difference and every finished segment`, oneOfMany(), async (t) => {
    const { args } = await makeScene(engine.endpoint)
    const { stderr } = await runCli([...args, flag, '--segments', '2'])
    const lines = stderr.split('\n')
    const key = (id: string) => `{"id":"${id}"}`
    for (const id of MISSING_IDS) t.ok(lines.includes(`+ missing    ${key(id)}`), id)
    for (const id of EXTRA_IDS) {
      t.ok(lines.includes(`- extra      ${key(id)}`), id)
    }
    for (const id of DIFFERING_IDS) {
      t.ok(lines.includes(`~ differing  ${key(id)}   colour, stamp`), stderr)
    }
    t.ok(lines.includes('segment 0 finished') && lines.includes('segment 1 finished'))
  })

  t.test(`${flag} prints every action`, oneOfMany(), async (t) => {
    const { args } = await makeScene(engine.endpoint)
    const repair = ['--write-missing', '--write-differing', '--delete-extra']
    const { stderr } = await runCli([...args, flag, ...repair])
    const endings = (ids: readonly string[], action: string) =>
      ids.filter((id) =>
        stderr
          .split('\n')
          .some((line) => line.includes(`{"id":"${id}"}`) && line.endsWith(`: ${action}`)),
      )
    t.same(endings(MISSING_IDS, 'written'), MISSING_IDS)
    t.same(endings(DIFFERING_IDS, 'written'), DIFFERING_IDS)
    t.same(endings(EXTRA_IDS, 'deleted'), EXTRA_IDS)
  })
}

t.test('--verbose given twice has the effect of one', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  t.match((await runCli([...args, '-v', '-v'])).stderr, '+ missing ')
})

for (const flag of ['--quiet', '-q']) {
  t.test(`${flag} prints nothing on stderr`, oneOfMany(), async (t) => {
    const { args } = await makeScene(engine.endpoint)
    const { code, stderr, stdout } = await runCli([...args, flag])
    t.equal(stderr, '')
    t.equal(stdout, '')
    t.equal(code, 1)
  })
}

/** Warns as the SDK and Node.js do, when the main thread opens its first connection. */
const WARNS = `
  import { Socket } from 'node:net'
  import { isMainThread } from 'node:worker_threads'
  const { connect } = Socket.prototype
  Socket.prototype.connect = function (...given) {
    Socket.prototype.connect = connect
    if (isMainThread) {
      process.emitWarning('something is old')
      console.warn('something was set twice')
    }
    return connect.apply(this, given)
  }`

t.test('--quiet prints no warnings of packages and of Node.js', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(WARNS)}` }
  const { stderr } = await runCli(args, env)
  t.match(stderr, 'something is old')
  t.match(stderr, 'something was set twice')
  t.equal((await runCli([...args, '--quiet'], env)).stderr, '')
})

t.test('--quiet still prints why the command was refused', async (t) => {
  const { args } = await makeTwins(engine.endpoint)
  const { code, stderr } = await runCli([
    ...args,
    '--quiet',
    '--replica',
    'us-east-1:does-not-exist',
  ])
  t.equal(code, 2)
  t.match(stderr, 'us-east-1:does-not-exist')
})

t.test('--quiet still prints the errors of a run that is incomplete', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const recorder = await startRecorder(t, engine.endpoint, ({ operation }) =>
    operation === 'PutItem'
      ? { status: 400, type: 'com.amazon#AccessDeniedException', message: 'not allowed to put' }
      : undefined,
  )
  const flags = ['--write-missing', '--replica-endpoint', recorder.endpoint]
  const { code, stderr } = await runCli([...args, ...flags, '--quiet'])
  t.equal(code, 3)
  t.match(stderr, 'not allowed to put')
})

t.test('--quiet and --json together print the document alone', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const { stderr, summary } = await runForSummary([...args, '--quiet'])
  t.equal(stderr, '')
  t.equal(summary.outcome, 'different')
})

t.test('--report writes a line of JSON per difference', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const file = join(await tempFolder(t), 'report.ndjson')
  t.equal((await runCli([...args, '--report', file])).code, 1)
  const line = (id: string, more: object) => ({
    replica: replica.label,
    key: { id: { S: id } },
    action: 'none',
    ...more,
  })
  const byKey = (a: Difference, b: Difference) =>
    JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1
  const changes = ['colour', 'stamp'].map((path) => ({ path, from: 'S', to: 'S' }))
  const differing = { kind: 'differing', attributes: ['colour', 'stamp'], changes }
  const differences = (await differencesIn(file)).sort(byKey)
  t.same(
    differences.map(({ sizes: _, ...rest }) => rest),
    [
      ...EXTRA_IDS.map((id) => line(id, { kind: 'extra' })),
      ...DIFFERING_IDS.map((id) => line(id, differing)),
      ...MISSING_IDS.map((id) => line(id, { kind: 'missing' })),
    ],
  )
  const has = (size: number | null | undefined) => Number(size) > 0
  t.same(
    differences.map(({ sizes }) => [has(sizes?.master), has(sizes?.replica)]),
    [
      ...EXTRA_IDS.map(() => [false, true]),
      ...DIFFERING_IDS.map(() => [true, true]),
      ...MISSING_IDS.map(() => [true, false]),
    ],
  )
})

t.test('--report says what was done, and why a write failed', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const file = join(await tempFolder(t), 'report.ndjson')
  const recorder = await startRecorder(t, engine.endpoint, ({ operation }) =>
    operation === 'UpdateItem'
      ? { status: 400, type: 'com.amazon#ValidationException', message: 'no such luck' }
      : undefined,
  )
  const flags = ['--write-missing', '--write-differing', '--replica-endpoint', recorder.endpoint]
  t.equal((await runCli([...args, ...flags, '--report', file])).code, 3)
  const lines = await differencesIn(file)
  const actions = (kind: string) =>
    lines.filter((one) => one.kind === kind).map((one) => one.action)
  t.same(
    actions('missing'),
    MISSING_IDS.map(() => 'written'),
  )
  t.same(
    actions('differing'),
    DIFFERING_IDS.map(() => 'failed'),
  )
  t.same(
    actions('extra'),
    EXTRA_IDS.map(() => 'none'),
  )
  for (const one of lines) {
    if (one.kind === 'differing') t.match(one.error, 'no such luck')
    else t.notOk('error' in one)
  }
})

t.test('--report writes deletions', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const file = join(await tempFolder(t), 'report.ndjson')
  await runCli([...args, '--delete-extra', `--report=${file}`])
  const deleted = (await differencesIn(file)).filter(({ action }) => action === 'deleted')
  t.same(deleted.map(({ key }) => key['id']).length, EXTRA_IDS.length)
  t.ok(deleted.every(({ kind }) => kind === 'extra'))
})

t.test('--report is readable by its owner alone', async (t) => {
  const { args } = await makeTwins(engine.endpoint)
  const file = join(await tempFolder(t), 'report.ndjson')
  await runCli([...args, '--report', file])
  t.equal((await stat(file)).mode & 0o777, 0o600)
  t.same(await differencesIn(file), [])
})

t.test('--report overwrites an existing file and keeps its permissions', async (t) => {
  const { args } = await makeTwins(engine.endpoint)
  const file = join(await tempFolder(t), 'report.ndjson')
  await writeFile(file, 'of an earlier run\n')
  await chmod(file, 0o644)
  const { stderr } = await runCli([...args, '--report', file])
  t.equal((await stat(file)).mode & 0o777, 0o644)
  t.match(stderr, /warning others can read .*report\.ndjson \(mode 0644\)/)
  t.equal((await linesIn(file)).length, 2, 'a header and a footer')
})

t.test('a --report that cannot be written is refused before any write', async (t) => {
  const { args, replica } = await makeScene(engine.endpoint)
  const before = await replica.all()
  const file = join(await tempFolder(t), 'no-such-folder', 'report.ndjson')
  const { code, stdout, stderr } = await runCli([...args, '--write-missing', '--report', file])
  t.equal(code, 2)
  t.equal(stdout, '')
  t.match(stderr, file)
  t.match(stderr, 'folder that exists')
  t.same(await replica.all(), before)
})

t.test('a refused command leaves an earlier --report as it was', async (t) => {
  const { args } = await makeTwins(engine.endpoint)
  const file = join(await tempFolder(t), 'report.ndjson')
  await writeFile(file, 'of an earlier run\n')
  await runCli([...args, '--report', file, '--replica', 'us-east-1:does-not-exist'])
  t.equal(await readFile(file, 'utf8'), 'of an earlier run\n')
})

for (const flag of ['--help', '-h']) {
  t.test(`${flag} prints every flag and the exit codes`, oneOfMany(), async (t) => {
    const { code, stdout, stderr } = await runCli([flag])
    t.equal(code, 0)
    t.equal(stderr, '')
    const flags = (
      'master replica slave slaves starting-key ignore ignore-att ignore-atts scan-limit ' +
      'batch-read-limit max-retries retry-delay-base parallel write-missing write-differing ' +
      'scan-for-extra delete-extra profile role-arn mfa-serial mfa-token replica-profile ' +
      'replica-role-arn replica-mfa-serial replica-mfa-token slave-profile slave-role-arn ' +
      'slave-mfa-serial slave-mfa-token verbose endpoint master-endpoint replica-endpoint ' +
      'strategy segments workers consistent-read dry-run json report quiet help version'
    ).split(' ')
    for (const name of flags) t.match(stdout, new RegExp(`--${name}\\b`))
    for (const name of ['m', 'r', 's', 'v', 'q']) t.match(stdout, new RegExp(` -${name}\\b`))
    t.match(stdout, /^Exit codes\n {2}0 +in sync/m)
    t.match(stdout, '(default: 100)')
  })
}

for (const command of ['apply', 'undo']) {
  t.test(`tablesync ${command} --help prints the flags that it knows`, oneOfMany(), async (t) => {
    const { code, stdout } = await runCli([command, '--help'])
    t.equal(code, 0)
    t.match(stdout, `Usage: tablesync ${command} <`)
    for (const name of ['endpoint', 'dry-run', 'write-capacity', 'max-writes', 'json']) {
      t.match(stdout, `--${name}`)
    }
    for (const name of ['master', 'write-missing', 'segments', 'checkpoint']) {
      t.notMatch(stdout, new RegExp(`^ .*--${name}(?![\\w-])`, 'm'))
    }
  })
}

for (const flag of ['--version', '-V']) {
  t.test(`${flag} prints the version of the package`, oneOfMany(), async (t) => {
    const file = new URL('../../../package.json', import.meta.url)
    const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string }
    t.same(await runCli([flag]), { code: 0, stdout: `${version}\n`, stderr: '' })
  })
}

t.test('output of a hook goes to stderr, not into the document', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const hooks = await hooksModule(t, "export const onExtra = () => console.log('a word')")
  const { stdout, stderr } = await runCli([...args, '--hooks', hooks, '--json', '--quiet'])
  t.ok(JSON.parse(stdout))
  t.match(stderr, /a word/)
})

t.test('an uncaught error of a hook makes the run incomplete', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const hooks = await hooksModule(
    t,
    "export const isItemDifferent = () => { setTimeout(() => { throw new Error('late') }); return true }",
  )
  const { code, stderr } = await runCli([...args, '--hooks', hooks])
  t.equal(code, 3)
  t.match(stderr, /error {3}A worker thread ended: Error \(--show-values shows its text\)/)
})
