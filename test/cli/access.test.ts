/** Which credentials and endpoint the command uses for each table, or why it exits with 2. */

import { join } from 'node:path'
import { EMULATOR_HOST, ROLE, SECRETS, writeProfiles } from '../support/command/aws-profiles.ts'
import { type AwsWorld, startAwsWorld } from '../support/command/aws-world.ts'
import { startRecorder } from '../support/command/recorder.ts'
import { type CliResult, type Env, runCli, tempFolder } from '../support/command/run-cli.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { makeTable } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

// Each test spawns the command, which takes longer than tap expects of a file.
t.jobs = 2

const engine = await startDynalite()
t.teardown(() => engine.stop())
const [master, replica] = await Promise.all([
  makeTable(engine.endpoint),
  makeTable(engine.endpoint),
])
const folder = await writeProfiles(t)

const MASTER_HOST = 'dynamodb.us-east-1.amazonaws.com'
const REPLICA_HOST = 'dynamodb.us-west-2.amazonaws.com'
const ACCOUNT_HOST = '111122223333.ddb.us-west-2.amazonaws.com'
const NO_MACHINE: Env = { AWS_EC2_METADATA_DISABLED: 'true' }

interface Setting {
  readonly world: AwsWorld
  readonly result: CliResult
}

async function look(
  t: Test,
  { flags = [], env = {}, hasRole }: { flags?: string[]; env?: Env; hasRole: boolean },
): Promise<Setting> {
  const world = await startAwsWorld(t, { engine: engine.endpoint, hasRole })
  const tables = ['-m', `us-east-1:${master.name}`, '-r', `us-west-2:${replica.name}`]
  const result = await runCli([...tables, '--workers', '1', ...flags], {
    ...world.env,
    HOME: folder,
    AWS_CONFIG_FILE: join(folder, 'config'),
    ...env,
  })
  t.notMatch(result.stdout + result.stderr, SECRETS, 'no secret is printed')
  t.comment(result.stderr)
  return { world, result }
}

/** What is given, then whose credentials are used for each table and where, or why not. */
const CASES: readonly {
  readonly what: string
  readonly flags?: string[]
  readonly env?: Env
  readonly hasRole?: boolean
  readonly reached?: readonly [string, string]
  readonly refused?: RegExp
  readonly said?: RegExp
  /** The AssumeRole requests: who signed them, and which host they went to. */
  readonly assumed?: readonly string[]
}[] = [
  {
    what: 'nothing, on a machine with a role',
    hasRole: true,
    reached: [`MACHINE at ${MASTER_HOST}`, `MACHINE at ${REPLICA_HOST}`],
  },
  {
    what: 'nothing, in a container with a role',
    hasRole: true,
    env: { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/container' },
    reached: [`MACHINE at ${MASTER_HOST}`, `MACHINE at ${REPLICA_HOST}`],
  },
  {
    what: 'nothing, on a machine without a role',
    refused: /No credentials from the role of this machine, since nothing else is set up/,
  },
  {
    what: 'nothing, and the machine must not be asked',
    env: NO_MACHINE,
    refused: /neither the environment nor a default profile/,
  },
  {
    what: 'half of the keys in the environment, on a machine with a role',
    hasRole: true,
    env: { AWS_ACCESS_KEY_ID: 'HALF' },
    refused: /AWS_SECRET_ACCESS_KEY/,
  },
  {
    what: 'a default profile',
    hasRole: true,
    env: { AWS_CONFIG_FILE: 'default-right' },
    reached: [`RIGHT at ${MASTER_HOST}`, `RIGHT at ${REPLICA_HOST}`],
  },
  {
    what: 'a default profile whose process fails, on a machine with a role',
    hasRole: true,
    env: { AWS_CONFIG_FILE: 'default-failing' },
    refused: /default.*ended with 7/,
  },
  {
    what: 'a default profile whose session has ended, on a machine with a role',
    hasRole: true,
    env: { AWS_CONFIG_FILE: 'default-sso-expired' },
    refused: /aws sso login/,
  },
  {
    what: 'a default profile with an endpoint',
    env: { AWS_CONFIG_FILE: 'default-with-endpoint' },
    reached: [`RIGHT at ${EMULATOR_HOST}`, `RIGHT at ${EMULATOR_HOST}`],
    said: /at http:\/\/emulator.internal:8000 from profile default/,
  },
  {
    what: 'a profile that names the role of the machine as its source',
    flags: ['--profile', 'right', '--replica-profile', 'from-machine'],
    hasRole: true,
    reached: [`RIGHT at ${MASTER_HOST}`, `ROLE-reader at ${ACCOUNT_HOST}`],
    assumed: ['MACHINE at sts.us-west-2.amazonaws.com'],
  },
  {
    what: 'a profile that is a role and its own source',
    flags: ['--profile', 'right', '--replica-profile', 'self'],
    reached: [`RIGHT at ${MASTER_HOST}`, `ROLE-reader at ${ACCOUNT_HOST}`],
    assumed: ['SELF at sts.us-west-2.amazonaws.com'],
  },
  {
    what: 'nothing, in a container that authenticates with the token in a file',
    hasRole: true,
    env: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.170.23/pod',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(folder, 'token'),
    },
    reached: [`MACHINE at ${MASTER_HOST}`, `MACHINE at ${REPLICA_HOST}`],
  },
  {
    what: 'nothing, in a container whose endpoint is on another host, without TLS',
    hasRole: true,
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://elsewhere.internal/container' },
    refused: /has to be https for elsewhere.internal/,
  },
  {
    what: 'a profile named like a property of every object',
    flags: ['--replica-profile', 'constructor'],
    hasRole: true,
    refused: /constructor/,
  },
  {
    what: 'a role to be assumed from a profile that no file has',
    flags: ['--replica-profile', 'prdo', '--replica-role-arn', ROLE],
    hasRole: true,
    refused: /prdo/,
    assumed: [],
  },
  {
    what: 'a role to be assumed from AWS_PROFILE, which no file has',
    flags: ['--replica-role-arn', ROLE],
    env: { AWS_PROFILE: 'prdo' },
    hasRole: true,
    refused: /prdo.*AWS_PROFILE/,
    assumed: [],
  },
  {
    what: 'the profile of an emulator for the master, and one of AWS for the replica',
    env: { AWS_PROFILE: 'with-endpoint' },
    flags: ['--replica-profile', 'source'],
    reached: [`RIGHT at ${EMULATOR_HOST}`, `SOURCE at ${REPLICA_HOST}`],
    said: /at http:\/\/emulator.internal:8000 from profile with-endpoint/,
  },
  {
    what: 'the profile of an emulator for the master, and a role of AWS for the replica',
    env: { AWS_PROFILE: 'with-endpoint' },
    flags: ['--replica-profile', 'role'],
    reached: [`RIGHT at ${EMULATOR_HOST}`, `ROLE-reader at ${ACCOUNT_HOST}`],
    assumed: ['SOURCE at sts.us-west-2.amazonaws.com'],
  },
  {
    what: 'an endpoint in the environment and one in the profile: the environment wins',
    env: { AWS_PROFILE: 'with-services', AWS_ENDPOINT_URL: 'http://other.internal' },
    reached: ['RIGHT at other.internal', 'RIGHT at other.internal'],
    said: /at http:\/\/other.internal from AWS_ENDPOINT_URL/,
  },
  {
    what: 'endpoints for DynamoDB and for all services in the environment: the first wins',
    env: {
      AWS_PROFILE: 'right',
      AWS_ENDPOINT_URL: 'http://other.internal',
      AWS_ENDPOINT_URL_DYNAMODB: `http://${EMULATOR_HOST}`,
    },
    reached: [`RIGHT at ${EMULATOR_HOST}`, `RIGHT at ${EMULATOR_HOST}`],
    said: /at http:\/\/emulator.internal:8000 from AWS_ENDPOINT_URL_DYNAMODB/,
  },
  {
    what: 'an endpoint by flag and one in the environment: the flag wins',
    env: { AWS_PROFILE: 'right', AWS_ENDPOINT_URL: 'http://other.internal' },
    flags: ['--replica-endpoint', `http://${EMULATOR_HOST}`],
    reached: ['RIGHT at other.internal', `RIGHT at ${EMULATOR_HOST}`],
    said: /at http:\/\/emulator.internal:8000 from --replica-endpoint/,
  },
  {
    what: 'a profile that says to ignore configured endpoints',
    env: { AWS_PROFILE: 'ignoring', AWS_ENDPOINT_URL: 'http://other.internal' },
    reached: [`RIGHT at ${MASTER_HOST}`, `RIGHT at ${REPLICA_HOST}`],
  },
  {
    what: 'an endpoint that is no URL',
    env: { AWS_PROFILE: 'right', AWS_ENDPOINT_URL: 'localhost:8000' },
    refused: /AWS_ENDPOINT_URL.*localhost:8000/,
  },
  {
    what: 'FIPS endpoints turned on in the environment',
    env: { AWS_PROFILE: 'right', AWS_USE_FIPS_ENDPOINT: 'true' },
    reached: [
      'RIGHT at dynamodb-fips.us-east-1.amazonaws.com',
      'RIGHT at dynamodb-fips.us-west-2.amazonaws.com',
    ],
    said: /FIPS endpoint from AWS_USE_FIPS_ENDPOINT/,
  },
  {
    what: 'FIPS turned on, and an endpoint by flag',
    env: { AWS_PROFILE: 'fips' },
    flags: ['--replica-endpoint', `http://${EMULATOR_HOST}`],
    refused: /--replica-endpoint and use_fips_endpoint of profile fips/,
  },
  {
    what: 'a FIPS setting that is neither true nor false',
    env: { AWS_PROFILE: 'fips-unsure' },
    refused: /use_fips_endpoint of profile fips-unsure.*"yes"/,
  },
  {
    what: 'an emulator elsewhere, and no credentials',
    flags: ['--endpoint', `http://${EMULATOR_HOST}`],
    reached: [`local at ${EMULATOR_HOST}`, `local at ${EMULATOR_HOST}`],
    said: /with default keys/,
  },
  {
    what: 'an emulator in the environment, and no credentials',
    env: { AWS_ENDPOINT_URL: `http://${EMULATOR_HOST}`, ...NO_MACHINE },
    reached: [`local at ${EMULATOR_HOST}`, `local at ${EMULATOR_HOST}`],
    said: /default keys, since neither the environment nor/,
  },
  {
    what: 'an emulator, and an AWS_PROFILE that no file has, on a machine with a role',
    env: { AWS_PROFILE: 'prdo' },
    flags: ['--endpoint', `http://${EMULATOR_HOST}`],
    hasRole: true,
    reached: [`local at ${EMULATOR_HOST}`, `local at ${EMULATOR_HOST}`],
    said: /default keys, since .*prdo/,
  },
  {
    what: 'an emulator for the replica, AWS for the master, and an AWS_PROFILE that no file has',
    env: { AWS_PROFILE: 'prdo' },
    flags: ['--replica-endpoint', `http://${EMULATOR_HOST}`],
    hasRole: true,
    refused: /prdo/,
  },
  {
    what: 'an emulator, and a profile by flag that no file has',
    flags: ['--endpoint', `http://${EMULATOR_HOST}`, '--replica-profile', 'prdo'],
    hasRole: true,
    refused: /prdo/,
  },
  ...['http://localstack:4566', 'http://host.docker.internal:8000', 'http://0.0.0.0:8000'].map(
    (endpoint) => ({
      what: `${endpoint}, and no credentials`,
      flags: ['--endpoint', endpoint],
      env: NO_MACHINE,
      reached: [
        `local at ${new URL(endpoint).host}`,
        `local at ${new URL(endpoint).host}`,
      ] as const,
      said: /with default keys/,
    }),
  ),
]

for (const { what, flags, env, hasRole = false, reached, refused, said, assumed } of CASES) {
  t.test(`given ${what}`, oneOfMany(), async (t) => {
    const { AWS_CONFIG_FILE: file, ...others } = env ?? {}
    const { world, result } = await look(t, {
      ...(flags && { flags }),
      env: { ...others, ...(file !== undefined && { AWS_CONFIG_FILE: join(folder, file) }) },
      hasRole,
    })
    if (reached === undefined) {
      t.equal(result.code, 2)
      t.match(result.stderr, refused as RegExp)
      t.notOk(world.signed.some(({ operation }) => /Scan|Item/.test(operation)))
      t.notMatch(world.reached(replica.name).join(), 'MACHINE', 'the machine signs nothing')
    } else {
      t.equal(result.code, 0)
      t.same([...world.reached(master.name), ...world.reached(replica.name)], reached)
    }
    if (said !== undefined) t.match(result.stderr, said)
    const roles = world.signed.filter(({ operation }) => operation === 'AssumeRole')
    if (assumed !== undefined)
      t.same(
        roles.map(({ by, host }) => `${by} at ${host}`),
        assumed,
      )
  })
}

t.test('a run whose writes are denied says so before it scans', async (t) => {
  const asked: string[] = []
  const guard = await startRecorder(t, engine.endpoint, ({ operation, body }) => {
    asked.push(operation)
    const isImpossible = String(body['ConditionExpression']).includes('attribute_not_exists')
    const isDenied = operation === 'DeleteItem' || operation === 'UpdateItem'
    if (!isDenied || !isImpossible) return undefined
    return {
      status: 400,
      type: 'com.amazon.coral#AccessDeniedException',
      message: 'not authorized',
    }
  })
  const world = await startAwsWorld(t, { engine: guard.endpoint, hasRole: false })
  const env = { ...world.env, HOME: folder, AWS_CONFIG_FILE: join(folder, 'config') }
  const [one, other] = [await makeTable(engine.endpoint), await makeTable(engine.endpoint)]
  const tables = ['-m', `us-east-1:${one.name}`, '-r', `us-west-2:${other.name}`]
  const flags = ['--profile', 'right', '--workers', '1', '--write-missing', '--dry-run']
  const { stderr } = await runCli([...tables, ...flags], env)
  t.match(stderr, /^warning us-west-2:\S+: UpdateItem, DeleteItem denied on a made-up key/m)
  t.same(
    asked
      .filter((operation) => operation.endsWith('Item') && !operation.startsWith('Batch'))
      .sort(),
    ['DeleteItem', 'PutItem', 'UpdateItem'],
  )
  t.same(await other.all(), [], 'nothing was written')
  asked.length = 0
  const silent = await runCli([...tables, ...flags.slice(0, 4)], env)
  t.notMatch(silent.stderr, 'denied')
  t.notOk(
    asked.some((operation) => /^(Put|Update|Delete)Item$/.test(operation)),
    'nothing is asked',
  )
})

t.test('tablesync undo needs no credentials for the master', async (t) => {
  const world = await startAwsWorld(t, { engine: engine.endpoint, hasRole: false })
  const env = { ...world.env, HOME: folder, AWS_CONFIG_FILE: join(folder, 'config') }
  const journal = join(await tempFolder(t), 'journal.ndjson')
  const tables = ['-m', `us-east-1:${master.name}`, '-r', `us-west-2:${replica.name}`]
  const repair = ['--write-missing', '--undo', journal, '--profile', 'right', '--workers', '1']
  t.equal((await runCli([...tables, ...repair], env)).code, 0)
  const undone = await runCli(['undo', journal, '--replica-profile', 'source'], env)
  t.equal(undone.code, 0)
  t.comment(undone.stderr)
  t.ok(world.reached(replica.name).includes(`SOURCE at ${REPLICA_HOST}`))
})
