/** Which KMS key a table that is made gets, and who has to say so. */
import { answered } from '../support/command/answering.ts'
import { runCli, runForSummary, testEnv } from '../support/command/run-cli.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'
import { FULL, ITEMS, openWorld, UNATTENDED } from './full-master.ts'

const KEY = 'arn:aws:kms:us-east-1:111122223333:key/of-master'
const OTHER = 'arn:aws:kms:us-east-1:111122223333:key/of-copy'
const AWAY = 'arn:aws:kms:eu-west-1:111122223333:key/away'

const encryptedBy = (key: string) => ({
  ...FULL,
  SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: key },
})

const MADE: readonly (readonly [
  string,
  string | undefined,
  readonly string[],
  object | undefined,
])[] = [
  [
    'the key that is named, in place of the master’s',
    KEY,
    [OTHER],
    { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: OTHER },
  ],
  [
    'the master’s, if that is named',
    KEY,
    [KEY],
    { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: KEY },
  ],
  ['the key that AWS keeps', AWAY, ['alias/aws/dynamodb'], { Enabled: true, SSEType: 'KMS' }],
  [
    'a key although the master has none',
    undefined,
    [OTHER],
    { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: OTHER },
  ],
  ['none, like the master', undefined, [], undefined],
]

for (const [name, ofMaster, [key], expected] of MADE) {
  t.test(`encrypted by ${name}`, oneOfMany(), async (t) => {
    const { service, args, env } = await openWorld(t)
    service.table('Orders', ofMaster === undefined ? FULL : encryptedBy(ofMaster), {}, ITEMS)
    const flags = key === undefined ? [] : ['--create-kms-key', key]
    const { code, stderr } = await runCli([...args, ...flags, ...UNATTENDED], env)
    t.equal(code, 0, stderr)
    t.strictSame(service.made('CreateTable')[0]?.body['SSESpecification'], expected)
  })
}

const REFUSED: readonly (readonly [string, string, readonly string[], RegExp])[] = [
  [
    'nobody names a key',
    KEY,
    [],
    /`--create-kms-key` for us-east-1:Copy, since the master is encrypted by arn:aws:kms:us-east-1:111122223333:key\/of-master/,
  ],
  [
    'the master’s is of another region',
    AWAY,
    [],
    /key\/away cannot be used in us-east-1 of account 111122223333/,
  ],
  [
    'the master’s is of another account',
    KEY.replace('111122223333', '999988887777'),
    [],
    /cannot be used in us-east-1/,
  ],
  [
    'the named one is of another region',
    KEY,
    [AWAY],
    /to be a key of us-east-1, where us-east-1:Copy is made; got one of eu-west-1/,
  ],
]

for (const [name, ofMaster, [key], expected] of REFUSED) {
  t.test(`refused, since ${name}`, oneOfMany(), async (t) => {
    const { service, args, env } = await openWorld(t)
    service.table('Orders', encryptedBy(ofMaster), {}, ITEMS)
    const flags = key === undefined ? [] : ['--create-kms-key', key]
    const { code, stderr } = await runCli([...args, ...flags, ...UNATTENDED], env)
    t.equal(code, 2)
    t.match(stderr, expected)
    t.same(service.made('CreateTable'), [])
  })
}

t.test('a terminal confirms the key of the master with the table', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', encryptedBy(KEY), {}, ITEMS)
  const typed = { answer: 'y', env: { ...testEnv(), ...env } }
  const { code, told } = await answered(args, typed)
  t.equal(code, 0, told)
  t.match(
    told.replaceAll(/\s+/g, ' '),
    `encrypted by ${KEY}, and copy about 3 items of the master?`,
  )
  t.match(service.made('CreateTable')[0]?.body, { SSESpecification: { KMSMasterKeyId: KEY } })
})

t.test('a dry run shows the key of the master, and makes nothing', async (t) => {
  const { service, args, env } = await openWorld(t)
  service.table('Orders', encryptedBy(KEY), {}, ITEMS)
  const { code, summary } = await runForSummary([...args, '--dry-run'], env)
  t.equal(code, 1)
  t.match(summary.replicas['us-east-1:Copy']?.create, {
    made: false,
    settings: { encryption: KEY },
  })
  t.same(service.made('CreateTable'), [])
})
