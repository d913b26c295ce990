/** Where the command sends its requests. */
import t from 'tap'
import { startDynalite } from '../support/dynalite.ts'
import { startRecorder } from './recorder.ts'
import { runCli } from './run-cli.ts'
import { makeTwins } from './scene.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
t.setTimeout(180_000)
t.jobs = 2
const nowhere = 'http://127.0.0.1:1'

for (const { title, flags, env, master, replica } of [
  {
    title: '--endpoint is the endpoint of all tables',
    flags: (one: string) => ['--endpoint', one],
    master: 'one',
    replica: 'one',
  },
  {
    title: '--master-endpoint stands above --endpoint, for the master',
    flags: (one: string, other: string) => ['--endpoint', one, '--master-endpoint', other],
    master: 'other',
    replica: 'one',
  },
  {
    title: '--replica-endpoint stands above --endpoint, for the replicas',
    flags: (one: string, other: string) => ['--endpoint', one, '--replica-endpoint', other],
    master: 'one',
    replica: 'other',
  },
  {
    title: '--slave-endpoint is --replica-endpoint',
    flags: (one: string, other: string) => ['--endpoint', one, '--slave-endpoint', other],
    master: 'one',
    replica: 'other',
  },
  {
    title: '--slave-profile with a URL stands above --endpoint, for the replicas',
    flags: (one: string, other: string) => ['--endpoint', one, '--slave-profile', other],
    master: 'one',
    replica: 'other',
  },
  {
    title: 'AWS_ENDPOINT_URL_DYNAMODB is the endpoint where no flag says another',
    flags: () => [],
    env: (one: string) => ({ AWS_ENDPOINT_URL_DYNAMODB: one }),
    master: 'one',
    replica: 'one',
  },
  {
    title: '--endpoint stands above AWS_ENDPOINT_URL_DYNAMODB',
    flags: (one: string) => ['--endpoint', one],
    env: () => ({ AWS_ENDPOINT_URL_DYNAMODB: nowhere }),
    master: 'one',
    replica: 'one',
  },
  {
    title: '--replica-endpoint leaves AWS_ENDPOINT_URL_DYNAMODB to the master',
    flags: (_: string, other: string) => ['--replica-endpoint', other],
    env: (one: string) => ({ AWS_ENDPOINT_URL_DYNAMODB: one }),
    master: 'one',
    replica: 'other',
  },
]) {
  t.test(title, async (t) => {
    const tables = await makeTwins(engine.endpoint)
    const one = await startRecorder(t, engine.endpoint)
    const other = await startRecorder(t, engine.endpoint)
    const args = ['-m', tables.master.label, '-r', tables.replica.label, '--workers', '1']
    const { code, stderr } = await runCli(
      [...args, ...flags(one.endpoint, other.endpoint)],
      env?.(one.endpoint),
    )
    t.equal(code, 0, stderr)
    const scanned = (recorder: typeof one) =>
      [...new Set(recorder.bodies('Scan').map((body) => body['TableName']))].sort()
    const expected = (name: string) =>
      [
        ...(master === name ? [tables.master.name] : []),
        ...(replica === name ? [tables.replica.name] : []),
      ].sort()
    t.same(scanned(one), expected('one'))
    t.same(scanned(other), expected('other'))
  })
}

for (const flag of ['--endpoint', '--master-endpoint', '--replica-endpoint', '--slave-endpoint']) {
  t.test(`${flag} refuses what is no http or https URL`, async (t) => {
    for (const value of ['localhost:8000', 'ftp://localhost', 'http://', '']) {
      const args = [
        '-m',
        'us-east-1:aaa',
        '-r',
        'us-east-1:bbb',
        '--max-retries',
        '0',
        `${flag}=${value}`,
      ]
      const { code, stdout, stderr } = await runCli(args, { AWS_ENDPOINT_URL_DYNAMODB: nowhere })
      t.equal(code, 2)
      t.equal(stdout, '')
      t.match(stderr, flag.replace('slave', 'replica'))
      t.match(stderr, `"${value}"`)
    }
  })
}
