/** Which credentials each table is asked with, and that no secret is printed or reported. */

import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { mock } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type PlainCredentials, runSync } from 'tablesync'
import { openCredentials } from '../../lib/access/credentials.ts'
import {
  ALL_WRITES,
  asks,
  counts,
  openScene,
  type Party,
  REPAIRED,
  SHORT,
} from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

// Runs of the engine take longer than tap expects of a file.
const MINUTE = 60_000
const LIMIT = {
  over: new AbortController().signal,
  limit: 30_000,
  connectTimeout: 5000,
  responseTimeout: 20_000,
}
const HERE = { region: 'eu-west-1', where: 'here', sessionName: 'tablesync-test' } as const
const ROLE = 'arn:aws:iam::123456789012:role/Sync'
const OTHER_ROLE = 'arn:aws:iam::210987654321:role/Other'
const DEVICE = 'arn:aws:iam::123456789012:mfa/me'

/** Secrets that must appear in no message and no result. */
const SECRETS = [
  'env-secret',
  'file-secret',
  'process-secret',
  'sts-secret',
  'sts-session',
  '246810',
]

const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
const sts = await startSts()
const saved = { ...process.env }
await writeFile(
  join(folder, 'process.json'),
  JSON.stringify({
    Version: 1,
    AccessKeyId: 'PROCESS',
    SecretAccessKey: 'process-secret',
    SessionToken: 'process-session',
  }),
)
await writeFile(
  join(folder, 'config'),
  `[profile static]
region = eu-west-1
[profile process]
credential_process = cat ${join(folder, 'process.json')}
[profile role]
role_arn = ${OTHER_ROLE}
source_profile = static
[profile role-with-mfa]
role_arn = ${OTHER_ROLE}
source_profile = static
mfa_serial = ${DEVICE}
`,
)
await writeFile(
  join(folder, 'credentials'),
  '[static]\naws_access_key_id = STATIC\naws_secret_access_key = file-secret\n',
)
for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name]
Object.assign(process.env, {
  AWS_CONFIG_FILE: join(folder, 'config'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  AWS_ACCESS_KEY_ID: 'ENV',
  AWS_SECRET_ACCESS_KEY: 'env-secret',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ENDPOINT_URL_STS: sts.endpoint,
})
t.teardown(async () => {
  process.env = saved
  await sts.close()
  await rm(folder, { recursive: true })
})

interface StsRequest {
  readonly accessKeyId: string
  readonly fields: Readonly<Record<string, string>>
}

/** The security token service: gives the role to any caller, and numbers its sessions. */
async function startSts() {
  const requests: StsRequest[] = []
  let denial: string | undefined
  const server = createServer(async (incoming, outgoing) => {
    const fields = Object.fromEntries(new URLSearchParams(await text(incoming)))
    const accessKeyId = /Credential=([^/]+)/.exec(incoming.headers.authorization ?? '')?.[1] ?? ''
    requests.push({ accessKeyId, fields })
    outgoing.setHeader('content-type', 'text/xml')
    if (denial !== undefined) {
      outgoing.statusCode = 403
      outgoing.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${denial}</Message></Error></ErrorResponse>`,
      )
      return
    }
    const role = fields['RoleArn'] === OTHER_ROLE ? 'OTHERROLE' : 'ROLE'
    const expiration = new Date(Date.now() + 60 * MINUTE).toISOString()
    outgoing.end(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
        <Credentials><AccessKeyId>${role}${requests.length}</AccessKeyId>
        <SecretAccessKey>sts-secret</SecretAccessKey><SessionToken>sts-session</SessionToken>
        <Expiration>${expiration}</Expiration></Credentials>
        <AssumedRoleUser><Arn>${fields['RoleArn']}</Arn><AssumedRoleId>A:b</AssumedRoleId></AssumedRoleUser>
      </AssumeRoleResult></AssumeRoleResponse>`,
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** The requests since the last call. */
    taken: () => requests.splice(0),
    deny(message: string | undefined) {
      denial = message
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** The access keys a table was asked with, in the order of their first request. */
const identities = ({ stub }: Party): string[] => [
  ...new Set(stub.requests.map(({ accessKeyId }) => accessKeyId)),
]

const tableOf = ({ label, stub }: Party) => ({ table: label, endpoint: stub.endpoint })

const expiringIn = (milliseconds: number, accessKeyId: string): PlainCredentials => ({
  accessKeyId,
  secretAccessKey: 'secret',
  expiration: new Date(Date.now() + milliseconds),
})

/** Credentials named KEY1, KEY2 and so on, valid for `lifetime`, on a clock that stands still. */
function numbered(t: Test, lifetime: number) {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 1) })
  t.teardown(() => mock.timers.reset())
  let calls = 0
  const credentials = async () => expiringIn(lifetime, `KEY${++calls}`)
  return { source: openCredentials({ credentials }, HERE, LIMIT), calls: () => calls }
}

t.test('openCredentials keeps credentials until six minutes before their end', async (t) => {
  const { source, calls } = numbered(t, 60 * MINUTE)
  t.match((await source()).credentials, { accessKeyId: 'KEY1' })
  mock.timers.setTime(Date.now() + 53 * MINUTE)
  t.match((await source()).credentials, { accessKeyId: 'KEY1' })
  t.equal(calls(), 1)
  mock.timers.setTime(Date.now() + 2 * MINUTE)
  t.match((await source()).credentials, { accessKeyId: 'KEY1' }, 'nobody waits for the renewal')
  await sleep(0)
  t.match((await source()).credentials, { accessKeyId: 'KEY2' }, 'five minutes are too few')
  t.equal(calls(), 2)
})

t.test('openCredentials renews once in each lifetime, however short', async (t) => {
  const { source, calls } = numbered(t, MINUTE)
  for (let second = 0; second < 600; second++) {
    const [{ credentials }] = await Promise.all([source(), source(), source()])
    t.ok((credentials.expiration?.getTime() ?? 0) > Date.now())
    await sleep(0)
    mock.timers.setTime(Date.now() + 1000)
  }
  t.equal(calls(), Math.ceil(600 / 45), 'renewed a quarter of the lifetime before the end')
})

t.test('openCredentials replaces at once credentials that a table calls expired', async (t) => {
  const { source, calls } = numbered(t, 60 * MINUTE)
  await source()
  mock.timers.setTime(Date.now() + MINUTE)
  const replaced = await Promise.all(Array.from({ length: 5 }, () => source('KEY1')))
  t.ok(replaced.every(({ credentials }) => credentials.accessKeyId === 'KEY2'))
  t.match((await source('KEY1')).credentials, { accessKeyId: 'KEY2' }, 'KEY1 was replaced already')
  t.match((await source('KEY2')).credentials, { accessKeyId: 'KEY2' }, 'and is too young for that')
  t.equal(calls(), 2)
})

t.test('openCredentials calls its source once for all concurrent callers', async (t) => {
  let calls = 0
  const provide = async () => {
    calls++
    await sleep(20)
    return expiringIn(60 * MINUTE, 'KEY')
  }
  const source = openCredentials({ credentials: provide }, HERE, LIMIT)
  await Promise.all(Array.from({ length: 20 }, () => source()))
  t.equal(calls, 1)
})

t.test('openCredentials returns still valid credentials where renewal fails', async (t) => {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 1) })
  t.teardown(() => mock.timers.reset())
  let fails = false
  const source = openCredentials(
    {
      async credentials() {
        if (fails) throw new Error('no more')
        return expiringIn(10 * MINUTE, 'KEY')
      },
    },
    HERE,
    { ...LIMIT, limit: 100 },
  )
  await source()
  fails = true
  mock.timers.setTime(Date.now() + 9 * MINUTE)
  t.match((await source()).credentials, { accessKeyId: 'KEY' })
  mock.timers.setTime(Date.now() + 2 * MINUTE)
  await t.rejects(source(), { message: 'no more' })
  fails = false
  t.match((await source()).credentials, { accessKeyId: 'KEY' }, 'and asks again after a failure')
})

t.test('openCredentials tries no other source where the default profile fails later', async (t) => {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 1) })
  t.teardown(() => mock.timers.reset())
  const home = await mkdtemp(join(folder, 'home-'))
  const answer = join(home, 'answer.json')
  const tries = join(home, 'tries')
  const keys = { AccessKeyId: 'DEFAULT', SecretAccessKey: 'process-secret' }
  const Expiration = new Date(Date.now() + 10 * MINUTE)
  await writeFile(answer, JSON.stringify({ Version: 1, ...keys, Expiration }))
  await writeFile(
    join(home, 'config'),
    `[default]\ncredential_process = echo tried >> ${tries}; cat ${answer}\n`,
  )
  const before = { ...process.env }
  t.teardown(() => {
    process.env = before
  })
  process.env['AWS_CONFIG_FILE'] = join(home, 'config')
  // The machine would have credentials too.
  process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] = sts.endpoint
  delete process.env['AWS_ACCESS_KEY_ID']
  delete process.env['AWS_SECRET_ACCESS_KEY']
  sts.taken()
  const over = new AbortController()
  const timeouts = { ...LIMIT, over: over.signal }
  const source = openCredentials({}, { ...HERE, where: 'aws' }, timeouts)
  t.match((await source()).credentials, { accessKeyId: 'DEFAULT' })
  await rm(answer)
  mock.timers.setTime(Date.now() + 11 * MINUTE)
  const failing = t.rejects(source(), { code: 'CREDENTIALS', message: /profile default/ })
  // Once another try has begun, the first one after the expiry was answered.
  const timesTried = async () => (await readFile(tries, 'utf8')).split('\n').length - 1
  while ((await timesTried()) < 3) await sleep(20)
  over.abort()
  await failing
  t.strictSame(sts.taken(), [])
})

t.test('openCredentials uses an MFA token once', async (t) => {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 1) })
  t.teardown(() => mock.timers.reset())
  sts.taken()
  const choice = { roleArn: ROLE, mfaSerial: DEVICE, mfaToken: '246810' }
  const source = openCredentials(choice, HERE, LIMIT)
  const { credentials: first } = await source()
  t.match(first, { accessKeyId: /^ROLE/, sessionToken: 'sts-session' })
  t.same((await source()).credentials, first)
  t.strictSame(sts.taken(), [
    {
      accessKeyId: 'ENV',
      fields: {
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: ROLE,
        RoleSessionName: 'tablesync-test',
        SerialNumber: DEVICE,
        TokenCode: '246810',
      },
    },
  ])
  mock.timers.setTime(Date.now() + 61 * MINUTE)
  const error = await source().then(
    () => t.fail('the session has ended'),
    (reason: Error & { hint?: string }) => reason,
  )
  t.match(error, { code: 'CREDENTIALS', message: /only once/, hint: /new token/ })
  t.notMatch(JSON.stringify([String(error), error]), '246810')
  t.strictSame(sts.taken(), [], 'the service is not asked with a used token')
})

t.test('openCredentials uses its own session name for the role of a profile', async (t) => {
  sts.taken()
  await openCredentials({ profile: 'role' }, HERE, LIMIT)()
  t.match(sts.taken(), [{ fields: { RoleArn: OTHER_ROLE, RoleSessionName: 'tablesync-test' } }])
})

t.test('openCredentials says how to pass an MFA token that a profile requires', async (t) => {
  const source = openCredentials({ profile: 'role-with-mfa' }, HERE, LIMIT)
  await t.rejects(source(), { code: 'CREDENTIALS', hint: /--mfa-token/ })
  sts.taken()
  const given = openCredentials({ profile: 'role-with-mfa', mfaToken: '246810' }, HERE, LIMIT)
  t.match((await given()).credentials, { accessKeyId: /^OTHERROLE/ })
  t.match(sts.taken(), [{ accessKeyId: 'STATIC', fields: { TokenCode: '246810' } }])
})

t.test('openCredentials returns only what can be sent to a thread', async (t) => {
  for (const choice of [{ profile: 'static' }, { profile: 'process' }, { roleArn: ROLE }, {}]) {
    const { credentials } = await openCredentials(choice, HERE, LIMIT)()
    t.same(structuredClone(credentials), credentials)
    t.notOk(Object.getOwnPropertySymbols(credentials).length)
  }
})

t.test('runSync renews credentials that end soon, one request at a time', async (t) => {
  const { master, replica, run } = await openScene(t)
  let calls = 0
  let underWay = 0
  let mostUnderWay = 0
  const credentials = async () => {
    calls++
    underWay++
    mostUnderWay = Math.max(mostUnderWay, underWay)
    await sleep(20)
    underWay--
    return calls === 1 ? expiringIn(1, 'FIRST') : expiringIn(60 * MINUTE, 'SECOND')
  }
  const { summary } = await run({
    ...ALL_WRITES,
    master: { ...tableOf(master), credentials },
    replicas: [tableOf(replica)],
    workers: 2,
    segments: 8,
  })
  t.strictSame(counts(summary, replica), REPAIRED)
  t.equal(calls, 2, 'the second answer serves all threads and both tables')
  t.equal(mostUnderWay, 1)
  for (const { stub } of [master, replica]) {
    const during = stub.requests.filter(asks('Scan', 'BatchGetItem', 'PutItem', 'DeleteItem'))
    t.ok(during.length > 10)
    t.ok(during.every(({ accessKeyId }) => accessKeyId === 'SECOND'))
  }
})

t.test('runSync changes credentials in the middle of a run', async (t) => {
  const { master, replica, run } = await openScene(t)
  let calls = 0
  // So close to their end that they serve a request or two.
  const credentials = async () => {
    calls++
    const isScanned = master.stub.requests.some(asks('Scan'))
    return expiringIn(4, isScanned ? 'LATER' : 'EARLIER')
  }
  const { summary } = await run({
    ...ALL_WRITES,
    master: { ...tableOf(master), credentials },
    replicas: [tableOf(replica)],
  })
  t.strictSame(counts(summary, replica), REPAIRED)
  t.strictSame(identities(master), ['EARLIER', 'LATER'])
  t.equal(master.stub.requests.at(-1)?.accessKeyId, 'LATER')
  t.ok(calls > 2)
})

t.test('runSync detaches a replica whose credentials cannot be renewed', async (t) => {
  const { master, replica, other, run } = await openScene(t, { replicas: 2 })
  const given = (party: Party) => ({
    ...tableOf(party),
    credentials: { accessKeyId: 'FIXED', secretAccessKey: 'secret' },
  })
  const { summary } = await run({
    ...ALL_WRITES,
    timeouts: SHORT,
    master: given(master),
    replicas: [
      {
        ...tableOf(replica),
        async credentials() {
          if (replica.stub.requests.some(asks('Scan'))) throw new Error('the vault is closed')
          return expiringIn(1, 'BRIEF')
        },
      },
      given(other),
    ],
  })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [
    { table: replica.label, code: 'CREDENTIALS', message: /the vault is closed/ },
  ])
  t.strictSame(counts(summary, other), REPAIRED)
})

t.test('runSync rejects where a function yields no credentials', async (t) => {
  const { master, replica, run } = await openScene(t)
  const credentials = async () => {
    throw new Error('the vault is closed')
  }
  await t.rejects(
    run({ master: { ...tableOf(master), credentials }, replicas: [tableOf(replica)] }),
    { code: 'CREDENTIALS', message: /the vault is closed/ },
  )
})

for (const { what, options, asMaster, asReplica, assumed } of [
  { what: 'the environment', options: {}, asMaster: 'ENV', asReplica: 'ENV', assumed: [] },
  {
    what: 'a static profile for both',
    options: { profile: 'static' },
    asMaster: 'STATIC',
    asReplica: 'STATIC',
    assumed: [],
  },
  {
    what: 'a profile for each',
    options: { profile: 'static', replicaProfile: 'process' },
    asMaster: 'STATIC',
    asReplica: 'PROCESS',
    assumed: [],
  },
  {
    what: 'a profile for the replicas alone',
    options: { replicaProfile: 'static' },
    asMaster: 'ENV',
    asReplica: 'STATIC',
    assumed: [],
  },
  {
    what: 'a role for both',
    options: { roleArn: ROLE },
    asMaster: 'ROLE1',
    asReplica: 'ROLE1',
    assumed: [{ accessKeyId: 'ENV', fields: { RoleArn: ROLE } }],
  },
  {
    what: 'a role with a token for both',
    options: { roleArn: ROLE, mfaSerial: DEVICE, mfaToken: '246810' },
    asMaster: 'ROLE1',
    asReplica: 'ROLE1',
    assumed: [
      {
        accessKeyId: 'ENV',
        fields: { RoleArn: ROLE, SerialNumber: DEVICE, TokenCode: '246810' },
      },
    ],
  },
  {
    what: 'a role from a profile',
    options: { profile: 'process', roleArn: ROLE },
    asMaster: 'ROLE1',
    asReplica: 'ROLE1',
    assumed: [{ accessKeyId: 'PROCESS', fields: { RoleArn: ROLE } }],
  },
  {
    what: 'a role for the replicas alone',
    options: { replicaRoleArn: OTHER_ROLE },
    asMaster: 'ENV',
    asReplica: 'OTHERROLE1',
    assumed: [{ accessKeyId: 'ENV', fields: { RoleArn: OTHER_ROLE } }],
  },
  {
    what: 'a role for the replicas beside a profile for the master',
    options: { profile: 'static', replicaRoleArn: OTHER_ROLE },
    asMaster: 'STATIC',
    asReplica: 'OTHERROLE1',
    assumed: [{ accessKeyId: 'ENV', fields: { RoleArn: OTHER_ROLE } }],
  },
  {
    what: "a role from the replicas' profile, with a token",
    options: {
      replicaProfile: 'process',
      replicaRoleArn: OTHER_ROLE,
      replicaMfaSerial: DEVICE,
      replicaMfaToken: '246810',
    },
    asMaster: 'ENV',
    asReplica: 'OTHERROLE1',
    assumed: [
      {
        accessKeyId: 'PROCESS',
        fields: { RoleArn: OTHER_ROLE, SerialNumber: DEVICE, TokenCode: '246810' },
      },
    ],
  },
  {
    what: 'a profile that is a role',
    options: { replicaProfile: 'role' },
    asMaster: 'ENV',
    asReplica: 'OTHERROLE1',
    assumed: [
      {
        accessKeyId: 'STATIC',
        fields: { RoleArn: OTHER_ROLE, RoleSessionName: /^tablesync-[0-9a-f]{8}$/ },
      },
    ],
  },
]) {
  t.test(`runSync asks as ${what}, and reveals no secret`, oneOfMany(), async (t) => {
    const { master, replica, other, run } = await openScene(t, { replicas: 2 })
    sts.taken()
    const outcome = await run({
      ...ALL_WRITES,
      ...options,
      workers: 2,
      master: tableOf(master),
      replicas: [tableOf(replica), tableOf(other)],
    })
    t.strictSame(counts(outcome.summary, replica), REPAIRED)
    t.strictSame(counts(outcome.summary, other), REPAIRED)
    t.strictSame(identities(master), [asMaster])
    t.strictSame(identities(replica), [asReplica])
    t.strictSame(identities(other), [asReplica])
    const asked = sts.taken()
    t.equal(asked.length, assumed.length, 'a role is assumed once for all tables and threads')
    t.match(asked, assumed)
    for (const { fields } of asked) {
      t.equal('TokenCode' in fields, 'mfaToken' in options || 'replicaMfaToken' in options)
    }
    for (const secret of SECRETS) t.notOk(JSON.stringify(outcome).includes(secret))
  })
}

t.test('runSync signs with the session token of the credentials', async (t) => {
  const { master, replica, run } = await openScene(t)
  await run({ replicaProfile: 'process', master: tableOf(master), replicas: [tableOf(replica)] })
  t.ok(master.stub.requests.every(({ sessionToken }) => sessionToken === undefined))
  t.ok(replica.stub.requests.every(({ sessionToken }) => sessionToken === 'process-session'))
})

for (const { what, options, denial, error } of [
  {
    what: 'the role is denied',
    options: { replicaRoleArn: ROLE },
    denial: 'not authorized to perform sts:AssumeRole',
    error: { code: /^(ACCESS_DENIED|CREDENTIALS)$/, message: /sts:AssumeRole/ },
  },
  {
    what: 'the role is denied with a token',
    options: { replicaRoleArn: ROLE, replicaMfaSerial: DEVICE, replicaMfaToken: '246810' },
    denial: 'not authorized to perform sts:AssumeRole',
    error: { code: /^(ACCESS_DENIED|CREDENTIALS)$/, message: /sts:AssumeRole/ },
  },
  {
    what: 'there is no such profile',
    options: { replicaProfile: 'nobody' },
    denial: undefined,
    error: { code: 'CREDENTIALS', message: /profile nobody/, hint: /Correct that source/ },
  },
]) {
  t.test(`runSync rejects where ${what}, and reveals no secret`, oneOfMany(), async (t) => {
    const { master, replica } = await openScene(t)
    sts.deny(denial)
    t.teardown(() => sts.deny(undefined))
    const reason = await runSync({
      ...options,
      master: tableOf(master),
      replicas: [tableOf(replica)],
      maxRetries: 1,
    }).then(
      () => t.fail('there are no credentials to ask with'),
      (thrown: Error & { hint?: string; cause?: unknown }) => thrown,
    )
    t.match(reason, { ...error, table: 1 })
    const { message, stack, hint } = reason as Error & { hint?: string }
    for (const secret of SECRETS) t.notOk(JSON.stringify([message, stack, hint]).includes(secret))
    t.equal(master.stub.requests.filter(asks('Scan')).length, 0)
    t.equal(replica.stub.requests.length, 0)
  })
}

t.test('openCredentials gives up on a source that never answers', async (t) => {
  const source = openCredentials({ credentials: () => new Promise(() => {}) }, HERE, {
    ...LIMIT,
    limit: 10,
  })
  await t.rejects(source(), { code: 'CREDENTIALS', message: /no answer in 0.01 s/ })
})

t.test('openCredentials refuses malformed credentials, and reveals none of them', async (t) => {
  for (const given of [
    { accessKeyId: 'KEY', secretAccessKey: 7 },
    { accessKeyId: 'KEY', secretAccessKey: 'SECRET', expiration: 'tomorrow' },
    undefined,
    'SECRET',
  ]) {
    const credentials = (async () => given) as unknown as () => Promise<PlainCredentials>
    await t.rejects(openCredentials({ credentials }, HERE, LIMIT)(), {
      code: 'CREDENTIALS',
      message: /^((?!SECRET).)*$/,
    })
  }
})

t.test('runSync accepts a credentials object with methods and extra fields', async (t) => {
  class Provided {
    readonly accessKeyId = 'WITHMETHODS'
    readonly code = 'not an error'
    get secretAccessKey() {
      return 'secret'
    }
    refresh() {}
  }
  const { master, replica } = await openScene(t)
  const credentials = new Provided()
  const table = ({ label, stub }: Party) => ({ table: label, endpoint: stub.endpoint, credentials })
  const { outcome } = await runSync({ master: table(master), replicas: [table(replica)] })
  t.equal(outcome, 'different')
  t.ok(master.stub.requests.every(({ accessKeyId }) => accessKeyId === 'WITHMETHODS'))
})

t.test('openCredentials does not wait for renewal while its credentials are valid', async (t) => {
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0, 1) })
  t.teardown(() => mock.timers.reset())
  let calls = 0
  const credentials = async () =>
    ++calls === 1 ? expiringIn(20 * MINUTE, 'HELD') : new Promise<never>(() => {})
  const source = openCredentials({ credentials }, HERE, { ...LIMIT, limit: 10 })
  await source()
  mock.timers.setTime(Date.now() + 16 * MINUTE)
  t.match((await source()).credentials, { accessKeyId: 'HELD' })
  t.equal(calls, 2)
  await sleep(30)
  t.match((await source()).credentials, { accessKeyId: 'HELD' })
  t.equal(calls, 2, 'a source that did not answer is not asked again for a while')
})

t.test('runSync survives a failed renewal of credentials without an expiration', async (t) => {
  const { master, replica, run } = await openScene(t)
  let calls = 0
  const credentials = async () => {
    if (++calls === 2) throw new Error('the vault is busy')
    return { accessKeyId: `KEY${calls}`, secretAccessKey: 'secret' }
  }
  let expiredAt: number | undefined
  master.stub.on(({ accessKeyId, ...request }) => {
    if (!asks('Scan')({ accessKeyId, ...request })) return undefined
    // Not within the first moments: a refusal then is not believed.
    expiredAt ??= performance.now() + 2200
    if (accessKeyId !== 'KEY1' || performance.now() < expiredAt) return undefined
    return { error: 'ExpiredTokenException' }
  })
  const { summary } = await run({
    ...ALL_WRITES,
    master: { ...tableOf(master), credentials },
    readCapacity: 5,
  })
  t.strictSame(counts(summary, replica), REPAIRED)
  t.strictSame(summary.errors, [])
  t.equal(calls, 3)
})

t.test('runSync reports why credentials that a table calls expired are not renewed', async (t) => {
  const { master, run } = await openScene(t)
  let calls = 0
  const credentials = async () => {
    if (++calls > 1) throw new Error('the vault is closed')
    return { accessKeyId: 'KEY', secretAccessKey: 'secret' }
  }
  const began = performance.now()
  master.stub.on((request) =>
    asks('Scan')(request) && performance.now() - began > 2500
      ? { error: 'ExpiredTokenException' }
      : undefined,
  )
  const { summary } = await run({
    master: { ...tableOf(master), credentials },
    readCapacity: 5,
    timeouts: { silence: 2000 },
  })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors[0], { code: 'CREDENTIALS', message: /the vault is closed/ })
})
