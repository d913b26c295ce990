/** What refuses a run with `--create-replica`: it ends with 2, and no table is asked for. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Env, runCli, tempFolder } from '../support/command/run-cli.ts'
import type { ModelledService } from '../support/tables/modelled-service.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'
import { ACCOUNT, FULL, ITEMS, openWorld, UNATTENDED } from './full-master.ts'

interface Refusal {
  readonly name: string
  /** Instead of flags that consent. */
  readonly flags?: readonly string[]
  readonly more?: readonly string[]
  /** Instead of all other words of the command. */
  readonly args?: (endpoint: string) => readonly string[]
  readonly before?: (service: ModelledService, t: Test) => unknown
  readonly env?: Env
  readonly says: RegExp
}

const tables = (endpoint: string, replica = 'us-east-1:Copy') => [
  ...['-m', 'us-east-1:Orders', '-r', replica, '--endpoint', endpoint],
]

const REFUSALS: readonly Refusal[] = [
  {
    name: 'no terminal',
    flags: [],
    says: /without a terminal to come with `--yes` and `--expect-account`.*got it without\n.*000000000000/s,
  },
  {
    name: '--yes alone',
    flags: ['--yes'],
    says: /to come with `--expect-account` where nobody is asked/,
  },
  { name: 'an account alone', flags: ['--expect-account', ACCOUNT], says: /with `--yes` and/ },
  {
    name: 'another account',
    flags: ['--yes', '--expect-account', '999988887777'],
    says: /account of us-east-1:Copy to be 999988887777, got 111122223333/,
  },
  {
    name: 'the account of emulators where there is a real one',
    flags: ['--yes', '--expect-account', '000000000000'],
    says: /to be 000000000000, got 111122223333/,
  },
  {
    name: 'an account that is none',
    flags: ['--yes', '--expect-account', '1234'],
    says: /`--expect-account` to be 12 digits, got "1234"/,
  },
  {
    name: 'nothing to fill it',
    args: (endpoint) => [...tables(endpoint), '--create-replica', ...UNATTENDED],
    says: /to come with `--write-missing`/,
  },
  { name: 'a plan', more: ['--plan', 'plan.ndjson'], says: /without `--plan`, got both/ },
  { name: 'an estimate', more: ['--estimate'], says: /`--estimate` without `--create-replica`/ },
  {
    name: 'a billing without a table to make',
    args: (endpoint) => [...tables(endpoint), '--create-billing', 'same'],
    says: /`--create-billing` to come with `--create-replica`/,
  },
  {
    name: 'a key without a table to make',
    args: (endpoint) => [...tables(endpoint), '--create-kms-key', 'alias/aws/dynamodb'],
    says: /`--create-kms-key` to come with `--create-replica`/,
  },
  {
    name: 'an account without a table to make',
    args: (endpoint) => [...tables(endpoint), '--expect-account', ACCOUNT],
    says: /`--expect-account` to come with `--create-replica`/,
  },
  { name: 'a billing that is none', more: ['--create-billing', 'free'], says: /on-demand, same/ },
  {
    name: 'a key that is none',
    more: ['--create-kms-key', 'my-key'],
    says: /to be the ARN of a KMS key/,
  },
  {
    name: 'a variable that consents',
    env: { TABLESYNC_EXPECT_ACCOUNT: ACCOUNT },
    says: /consent is given on the command line only/,
  },
  {
    name: 'a master that does not exist',
    args: (endpoint) => [
      '-m',
      'us-east-1:Odrers',
      '-r',
      'us-east-1:Copy',
      '--endpoint',
      endpoint,
      '--write-missing',
      '--create-replica',
      ...UNATTENDED,
    ],
    says: /Expected the master us-east-1:Odrers to exist/,
  },
  {
    name: 'a master that may not be described',
    before: (service) =>
      service.on(({ operation, body }) =>
        operation === 'DescribeTable' && body['TableName'] === 'Orders'
          ? 'AccessDeniedException'
          : undefined,
      ),
    says: /DescribeTable was denied on the master/,
  },
  {
    name: 'a master that is being deleted',
    before: (service) => service.table('Orders', { ...FULL, TableStatus: 'DELETING' }),
    says: /Expected us-east-1:Orders to be ACTIVE or UPDATING, got DELETING/,
  },
  {
    name: 'an STS that does not answer',
    before: (service) =>
      service.on(({ operation }) =>
        operation === 'GetCallerIdentity' ? 'AccessDenied' : undefined,
      ),
    says: /GetCallerIdentity for us-east-1:Copy: AccessDenied/,
  },
  {
    name: 'a table whose ARN names another account',
    args: (endpoint) => [
      ...tables(endpoint, 'arn:aws:dynamodb:us-east-1:999988887777:table/Copy'),
      '--write-missing',
      '--create-replica',
      ...UNATTENDED,
    ],
    says: /credentials of account 999988887777 to make .*, got those of 111122223333/,
  },
  {
    name: 'a CreateTable that is denied',
    before: (service) =>
      service.on(({ operation }) =>
        operation === 'CreateTable' ? 'AccessDeniedException' : undefined,
      ),
    says: /CreateTable on us-east-1:Copy: AccessDeniedException.*permissions\.md/s,
  },
  {
    name: 'one table under two names',
    more: ['-r', 'arn:aws:dynamodb:us-east-1:111122223333:table/Copy'],
    says: /different tables, got one table as us-east-1:Copy and arn:/,
  },
  // What refuses the run, refuses it before there is a table.
  {
    name: 'a version in the key',
    more: ['--version-attribute', 'at'],
    says: /version attribute "at" is the sort key/,
  },
  {
    name: 'a filter on the key',
    more: ['--filter-expression', 'id = :id', '--expression-attribute-values', '{":id":{"S":"x"}}'],
    says: /attributes beside the key/,
  },
  { name: 'a key that is ignored', more: ['--ignore', 'id'], says: /"?id"?.*key/ },
  {
    name: 'another replica with another key',
    more: ['-r', 'us-east-1:Other'],
    before: (service) =>
      service.table('Other', {
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
      }),
    says: /Expected us-east-1:Other to have the key of us-east-1:Orders/,
  },
  {
    name: 'a master that may not be scanned',
    before: (service) =>
      service.on(({ operation }) => (operation === 'Scan' ? 'AccessDeniedException' : undefined)),
    says: /Scan on us-east-1:Orders: AccessDeniedException/,
  },
]

for (const { name, flags = UNATTENDED, more = [], args, before, env = {}, says } of REFUSALS) {
  t.test(`refused: ${name}`, oneOfMany(), async (t) => {
    const world = await openWorld(t)
    const { service } = world
    service.table('Orders', FULL, {}, ITEMS)
    await before?.(service, t)
    const words = args?.(service.endpoint) ?? [...world.args, ...more, ...flags]
    const { code, stderr } = await runCli(words, { ...world.env, ...env })
    t.equal(code, 2, stderr)
    t.match(stderr, says)
    t.notOk(service.described('Copy'), 'there is no table')
    const isDenied = name.includes('CreateTable')
    t.equal(service.made('CreateTable').length, isDenied ? 1 : 0, 'no table was asked for')
    t.notOk(
      service.calls.some(({ operation }) => /^(Put|Batch|Update)Write|PutItem/.test(operation)),
    )
  })
}

t.test('refused: a journal that is there already, which no run overwrites', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  const journal = join(await tempFolder(t), 'undo.ndjson')
  await writeFile(journal, 'mine\n')
  const { code, stderr } = await runCli([...args, ...UNATTENDED, '--journal', journal], env)
  t.equal(code, 2, stderr)
  t.match(stderr, journal)
  t.same(service.made('CreateTable'), [])
})

t.test('refused: a checkpoint of a run whose table is gone', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  service.table('Copy', FULL)
  const checkpoint = join(await tempFolder(t), 'run.checkpoint')
  const all = [...args, ...UNATTENDED, '--checkpoint', checkpoint]
  // It ends before its work is done, so that it can be taken up.
  const first = await runCli([...all, '--max-writes', '1'], env)
  t.equal(first.code, 4, first.stderr)
  service.on(({ operation, body }) =>
    operation === 'DescribeTable' && body['TableName'] === 'Copy'
      ? 'ResourceNotFoundException'
      : undefined,
  )
  const { code, stderr } = await runCli([...all, '--resume', '--max-outage', '1s'], env)
  t.equal(code, 2, stderr)
  t.match(stderr, /Expected us-east-1:Copy to exist as when the run of the checkpoint began/)
  t.same(service.made('CreateTable'), [])
})

t.test('stopped: a replica with a stream, while another is missing', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', FULL, {}, ITEMS)
  service.table('Other', {
    ...FULL,
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
  })
  const { code, stderr } = await runCli([...args, '-r', 'us-east-1:Other', ...UNATTENDED], env)
  t.equal(code, 4, stderr)
  t.match(stderr, /us-east-1:Other has a stream/)
  t.same(service.made('CreateTable'), [])
})

t.test('other commands do not take the flags', async (t) => {
  for (const command of ['apply', 'undo', 'revert']) {
    for (const flags of [['--create-replica'], ['--expect-account', ACCOUNT]]) {
      const { code, stderr } = await runCli([command, 'file', ...flags])
      t.equal(code, 2)
      t.match(stderr, `\`tablesync ${command}\` takes, got \`${flags[0]}\``)
    }
  }
})
