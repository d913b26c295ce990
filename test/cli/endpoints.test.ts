/** Where the command sends its requests. */

import { serve, startRecorder } from '../support/command/recorder.ts'
import { runCli } from '../support/command/run-cli.ts'
import { makeTwins } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
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
    title: '--master-endpoint overrides --endpoint for the master',
    flags: (one: string, other: string) => ['--endpoint', one, '--master-endpoint', other],
    master: 'other',
    replica: 'one',
  },
  {
    title: '--replica-endpoint overrides --endpoint for the replicas',
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
    title: '--slave-profile with a URL overrides --endpoint for the replicas',
    flags: (one: string, other: string) => ['--endpoint', one, '--slave-profile', other],
    master: 'one',
    replica: 'other',
  },
  {
    title: 'AWS_ENDPOINT_URL_DYNAMODB is the endpoint where no flag gives one',
    flags: () => [],
    env: (one: string) => ({ AWS_ENDPOINT_URL_DYNAMODB: one }),
    master: 'one',
    replica: 'one',
  },
  {
    title: '--endpoint overrides AWS_ENDPOINT_URL_DYNAMODB',
    flags: (one: string) => ['--endpoint', one],
    env: () => ({ AWS_ENDPOINT_URL_DYNAMODB: nowhere }),
    master: 'one',
    replica: 'one',
  },
  {
    title: '--replica-endpoint leaves the master at AWS_ENDPOINT_URL_DYNAMODB',
    flags: (_: string, other: string) => ['--replica-endpoint', other],
    env: (one: string) => ({ AWS_ENDPOINT_URL_DYNAMODB: one }),
    master: 'one',
    replica: 'other',
  },
]) {
  t.test(title, oneOfMany(), async (t) => {
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
  t.test(`${flag} refuses anything but an http or https URL`, oneOfMany(), async (t) => {
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

for (const { what, flags, env } of [
  { what: 'a flag', flags: (url: string) => ['--endpoint', url], env: () => ({}) },
  {
    what: 'the environment',
    flags: () => [],
    env: (url: string) => ({ AWS_ENDPOINT_URL: url }),
  },
]) {
  t.test(
    `an emulator is asked for a table by name where ${what} gives its endpoint`,
    oneOfMany(),
    async (t) => {
      const { master, replica } = await makeTwins(engine.endpoint)
      const recorder = await startRecorder(t, engine.endpoint)
      const arn = (name: string) => `arn:aws:dynamodb:us-east-1:111122223333:table/${name}`
      const args = ['-m', arn(master.name), '-r', arn(replica.name), '--workers', '1']
      const result = await runCli([...args, ...flags(recorder.endpoint)], env(recorder.endpoint))
      t.equal(result.code, 0)
      t.comment(result.stderr)
      const named = new Set(recorder.bodies('Scan').map((body) => body['TableName']))
      t.same([...named].sort(), [master.name, replica.name].sort())
      t.match(result.stderr, `at ${recorder.endpoint} from `)
    },
  )
}

t.test('a table in another account than its ARN names is refused', async (t) => {
  const { master, replica } = await makeTwins(engine.endpoint)
  const seen: string[] = []
  const stub = await serve(t, async ({ headers }, response) => {
    seen.push(String(headers['x-amz-target']))
    const Table = {
      TableArn: 'arn:aws:dynamodb:us-east-1:444455556666:table/any',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    }
    response.end(JSON.stringify({ Table }))
  })
  const arn = `arn:aws:dynamodb:us-east-1:111122223333:table/${replica.name}`
  const args = ['-m', master.label, '-r', arn, '--master-endpoint', engine.endpoint]
  const result = await runCli([...args, '--replica-endpoint', stub])
  t.equal(result.code, 2)
  t.match(result.stderr, /in account 444455556666; expected 111122223333/)
  t.notMatch(seen.join(), /Scan|Item/)
})

t.test('an emulator that refuses the access key gets a hint of its own', async (t) => {
  const { master, replica } = await makeTwins(engine.endpoint)
  const refusal = {
    status: 400,
    type: 'com.amazonaws.dynamodb.v20120810#UnrecognizedClientException',
    message: 'The Access Key ID or security token is invalid.',
  }
  const recorder = await startRecorder(t, engine.endpoint, () => refusal)
  const args = ['-m', master.label, '-r', replica.label, '--endpoint', recorder.endpoint]
  const result = await runCli(args, { AWS_ACCESS_KEY_ID: 'my-key' })
  t.equal(result.code, 2)
  t.match(result.stderr, /letters and digits/)
})
