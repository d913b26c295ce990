/** Which credentials the command uses for each table, read from the signatures of its requests. */

import {
  type Recorder,
  ROLE_SECRETS,
  startRecorder,
  startSts,
} from '../support/command/recorder.ts'
import { type CliResult, credentialsFile, type Env, runCli } from '../support/command/run-cli.ts'
import { makeTwins } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
// Each test spawns the command, which takes longer than tap expects of a file.
t.jobs = 2

interface Watched {
  readonly args: readonly string[]
  readonly master: Recorder
  readonly replica: Recorder
}

/** Master and replica, each behind a recorder of its own. */
async function watch(t: Test): Promise<Watched> {
  const twins = await makeTwins(engine.endpoint)
  const master = await startRecorder(t, engine.endpoint)
  const replica = await startRecorder(t, engine.endpoint)
  const tables = ['-m', twins.master.label, '-r', twins.replica.label, '--workers', '1']
  const endpoints = ['--master-endpoint', master.endpoint, '--replica-endpoint', replica.endpoint]
  return { args: [...tables, ...endpoints], master, replica }
}

const signers = ({ asked }: Recorder) => [...new Set(asked.map((one) => one.accessKeyId))]

const BY_ENV: Env = { AWS_ACCESS_KEY_ID: 'key-of-env', AWS_SECRET_ACCESS_KEY: 'secret-of-env' }
const NO_ENV: Env = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined }

async function withProfiles(t: Test): Promise<Env> {
  const file = await credentialsFile(t, {
    default: 'key-of-default',
    one: 'key-of-one',
    other: 'key-of-other',
    '007': 'key-of-007',
  })
  return { AWS_SHARED_CREDENTIALS_FILE: file }
}

/** Checks that the exit code is 0, and who signed for each table. */
function isSigned(t: Test, result: CliResult, watched: Watched, by: [string, string]) {
  t.equal(result.code, 0, result.stderr)
  t.same(signers(watched.master), [by[0]])
  t.same(signers(watched.replica), [by[1]])
}

t.test('tablesync takes credentials from the environment', async (t) => {
  const watched = await watch(t)
  const result = await runCli(watched.args, BY_ENV)
  isSigned(t, result, watched, ['key-of-env', 'key-of-env'])
})

t.test('tablesync takes the default profile where the environment has no keys', async (t) => {
  const watched = await watch(t)
  const result = await runCli(watched.args, { ...(await withProfiles(t)), ...NO_ENV })
  isSigned(t, result, watched, ['key-of-default', 'key-of-default'])
})

t.test('tablesync needs no credentials for an emulator on this machine', async (t) => {
  const watched = await watch(t)
  t.equal((await runCli(watched.args, NO_ENV)).code, 0)
})

t.test('--profile is the profile for master and replicas', async (t) => {
  const watched = await watch(t)
  const result = await runCli([...watched.args, '--profile', 'one'], {
    ...(await withProfiles(t)),
    ...NO_ENV,
  })
  isSigned(t, result, watched, ['key-of-one', 'key-of-one'])
})

t.test('--profile takes digits as text', async (t) => {
  const watched = await watch(t)
  const result = await runCli([...watched.args, '--profile', '007'], {
    ...(await withProfiles(t)),
    ...NO_ENV,
  })
  isSigned(t, result, watched, ['key-of-007', 'key-of-007'])
})

t.test('--profile takes precedence over the keys in the environment', async (t) => {
  const watched = await watch(t)
  const result = await runCli([...watched.args, '--profile', 'one'], {
    ...(await withProfiles(t)),
    ...BY_ENV,
  })
  isSigned(t, result, watched, ['key-of-one', 'key-of-one'])
})

t.test('an unknown --profile is refused, and the message names it', async (t) => {
  const watched = await watch(t)
  const env = { ...(await withProfiles(t)), ...NO_ENV }
  const { code, stdout, stderr } = await runCli([...watched.args, '--profile', 'nobody'], env)
  t.equal(code, 2)
  t.equal(stdout, '')
  t.match(stderr, 'nobody')
  t.match(stderr, 'Correct that source')
  t.notMatch(stderr, 'secret-of')
})

for (const flag of ['--replica-profile', '--slave-profile']) {
  t.test(`${flag} is the profile for the replicas alone`, oneOfMany(), async (t) => {
    const watched = await watch(t)
    const flags = ['--profile', 'one', flag, 'other']
    const env = { ...(await withProfiles(t)), ...NO_ENV }
    const result = await runCli([...watched.args, ...flags], env)
    isSigned(t, result, watched, ['key-of-one', 'key-of-other'])
  })

  t.test(`${flag} leaves the master its default credentials`, oneOfMany(), async (t) => {
    const watched = await watch(t)
    const env = { ...(await withProfiles(t)), ...BY_ENV }
    const result = await runCli([...watched.args, flag, 'other'], env)
    isSigned(t, result, watched, ['key-of-env', 'key-of-other'])
  })

  t.test(`${flag} http://… sets the endpoint of the replicas`, oneOfMany(), async (t) => {
    const { master, replica } = await makeTwins(engine.endpoint)
    const recorder = await startRecorder(t, engine.endpoint)
    const tables = ['-m', master.label, '-r', replica.label, '--workers', '1']
    const flags = ['--master-endpoint', engine.endpoint, flag, recorder.endpoint]
    const { code, stderr } = await runCli([...tables, ...flags])
    t.equal(code, 0, stderr)
    t.ok(recorder.bodies('Scan').length > 0)
    t.ok(recorder.bodies('Scan').every((body) => body['TableName'] === replica.name))
  })
}

const ROLE = 'arn:aws:iam::123456789012:role/reader'
const OTHER_ROLE = 'arn:aws:iam::123456789012:role/writer'
const SERIAL = 'arn:aws:iam::123456789012:mfa/someone'

t.test('the role of --role-arn is assumed once, for master and replicas', async (t) => {
  const watched = await watch(t)
  const sts = await startSts(t)
  const env = { ...BY_ENV, AWS_ENDPOINT_URL_STS: sts.endpoint }
  const result = await runCli([...watched.args, '--role-arn', ROLE], env)
  isSigned(t, result, watched, ['key-of-reader', 'key-of-reader'])
  t.equal(watched.master.asked[0]?.sessionToken, ROLE_SECRETS.session)
  t.equal(sts.asked.length, 1)
  t.equal(sts.asked[0]?.accessKeyId, 'key-of-env')
  t.equal(sts.asked[0]?.form.get('Action'), 'AssumeRole')
  t.equal(sts.asked[0]?.form.get('RoleArn'), ROLE)
  t.equal(sts.asked[0]?.form.get('SerialNumber'), null)
})

t.test('--role-arn is assumed with the credentials of --profile where that is given', async (t) => {
  const watched = await watch(t)
  const sts = await startSts(t)
  const env = { ...(await withProfiles(t)), ...BY_ENV, AWS_ENDPOINT_URL_STS: sts.endpoint }
  const result = await runCli([...watched.args, '--profile', 'one', '--role-arn', ROLE], env)
  isSigned(t, result, watched, ['key-of-reader', 'key-of-reader'])
  t.equal(sts.asked[0]?.accessKeyId, 'key-of-one')
})

t.test('--mfa-serial and --mfa-token are sent with --role-arn, as text and once', async (t) => {
  const watched = await watch(t)
  const sts = await startSts(t)
  const env = { ...BY_ENV, AWS_ENDPOINT_URL_STS: sts.endpoint }
  const flags = ['--role-arn', ROLE, '--mfa-serial', SERIAL, '--mfa-token', '012345', '--verbose']
  const result = await runCli([...watched.args, ...flags], env)
  isSigned(t, result, watched, ['key-of-reader', 'key-of-reader'])
  t.equal(sts.asked.length, 1)
  t.equal(sts.asked[0]?.form.get('SerialNumber'), SERIAL)
  t.equal(sts.asked[0]?.form.get('TokenCode'), '012345')
  hasNoSecret(t, result)
})

for (const name of ['replica', 'slave']) {
  t.test(
    `--${name}-role-arn is the role assumed for the replicas alone`,
    oneOfMany(),
    async (t) => {
      const watched = await watch(t)
      const sts = await startSts(t)
      const env = { ...BY_ENV, AWS_ENDPOINT_URL_STS: sts.endpoint }
      const result = await runCli([...watched.args, `--${name}-role-arn`, OTHER_ROLE], env)
      isSigned(t, result, watched, ['key-of-env', 'key-of-writer'])
      t.equal(sts.asked.length, 1)
    },
  )

  t.test(
    `--${name}-role-arn is assumed with the credentials of --${name}-profile`,
    oneOfMany(),
    async (t) => {
      const watched = await watch(t)
      const sts = await startSts(t)
      const env = { ...(await withProfiles(t)), ...BY_ENV, AWS_ENDPOINT_URL_STS: sts.endpoint }
      const flags = [`--${name}-role-arn`, OTHER_ROLE, `--${name}-profile`, 'other']
      const result = await runCli([...watched.args, ...flags], env)
      isSigned(t, result, watched, ['key-of-env', 'key-of-writer'])
      t.equal(sts.asked[0]?.accessKeyId, 'key-of-other')
    },
  )

  t.test(
    `--${name}-mfa-serial and --${name}-mfa-token apply to the replicas' role`,
    oneOfMany(),
    async (t) => {
      const watched = await watch(t)
      const sts = await startSts(t)
      const env = { ...BY_ENV, AWS_ENDPOINT_URL_STS: sts.endpoint }
      const mfa = [`--${name}-mfa-serial`, SERIAL, `--${name}-mfa-token`, '000111']
      const flags = ['--role-arn', ROLE, `--${name}-role-arn`, OTHER_ROLE, ...mfa]
      const result = await runCli([...watched.args, ...flags], env)
      isSigned(t, result, watched, ['key-of-reader', 'key-of-writer'])
      const forms = new Map(sts.asked.map(({ form }) => [form.get('RoleArn'), form]))
      t.equal(forms.get(OTHER_ROLE)?.get('TokenCode'), '000111')
      t.equal(forms.get(OTHER_ROLE)?.get('SerialNumber'), SERIAL)
      t.equal(forms.get(ROLE)?.get('TokenCode'), null)
      hasNoSecret(t, result)
    },
  )

  t.test(`--${name}-mfa-token without --${name}-role-arn is refused`, oneOfMany(), async (t) => {
    const watched = await watch(t)
    const flags = [`--${name}-mfa-serial`, SERIAL, `--${name}-mfa-token`, '000111']
    const result = await runCli([...watched.args, '--role-arn', ROLE, ...flags], BY_ENV)
    t.equal(result.code, 2)
    t.match(result.stderr, '--replica-role-arn')
    t.equal(watched.master.asked.length, 0)
    hasNoSecret(t, result)
  })
}

for (const { what, flags, said } of [
  {
    what: '--mfa-token without --role-arn',
    flags: ['--mfa-serial', SERIAL, '--mfa-token', '012345'],
    said: '`--role-arn`',
  },
  {
    what: '--mfa-token without --mfa-serial',
    flags: ['--role-arn', ROLE, '--mfa-token', '012345'],
    said: '`--mfa-serial`',
  },
  {
    what: '--mfa-serial without --mfa-token',
    flags: ['--role-arn', ROLE, '--mfa-serial', SERIAL],
    said: '`--mfa-token`',
  },
  {
    what: 'an empty --mfa-token',
    flags: ['--role-arn', ROLE, '--mfa-serial', SERIAL, '--mfa-token', ''],
    said: '`--mfa-token`',
  },
  {
    what: 'a second --mfa-token',
    flags: [
      '--role-arn',
      ROLE,
      '--mfa-serial',
      SERIAL,
      '--mfa-token',
      '012345',
      '--mfa-token',
      '012345',
    ],
    said: '`--mfa-token`',
  },
  {
    what: '--mfa-token with a stray argument',
    flags: ['--mfa-token', 'x', '012345'],
    said: 'Expected flags only',
  },
  { what: 'an empty --profile', flags: ['--profile', ''], said: '`--profile`' },
]) {
  t.test(`tablesync refuses ${what}, before any request`, oneOfMany(), async (t) => {
    const watched = await watch(t)
    const { code, stdout, stderr } = await runCli([...watched.args, ...flags], BY_ENV)
    t.equal(code, 2)
    t.equal(stdout, '')
    t.match(stderr, said)
    if (flags.includes('--role-arn')) t.notMatch(stderr, '012345')
    t.same([watched.master.asked, watched.replica.asked], [[], []])
  })
}

t.test('--mfa-token is not printed where the role is denied', async (t) => {
  const watched = await watch(t)
  const message = 'MultiFactorAuthentication failed with invalid MFA one time pass code.'
  const sts = await startSts(t, { status: 403, type: 'AccessDenied', message })
  const env = { ...BY_ENV, AWS_ENDPOINT_URL_STS: sts.endpoint }
  const flags = ['--role-arn', ROLE, '--mfa-serial', SERIAL, '--mfa-token', '012345']
  const result = await runCli([...watched.args, ...flags], env)
  t.equal(result.code, 2)
  t.equal(result.stdout, '')
  t.match(result.stderr, 'invalid MFA')
  hasNoSecret(t, result)
})

function hasNoSecret(t: Test, { stdout, stderr }: CliResult) {
  for (const secret of ['012345', '000111', 'secret-of', ...Object.values(ROLE_SECRETS)]) {
    t.notOk(stdout.includes(secret), `stdout has no ${secret}`)
    t.notOk(stderr.includes(secret), `stderr has no ${secret}`)
  }
}
