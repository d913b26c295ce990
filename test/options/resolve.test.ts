/** Options, checked and completed. */
import { availableParallelism } from 'node:os'
import { ALL_OPTIONS, asFlag } from '../../lib/options/groups/all-options.ts'
import { asProperty } from '../../lib/options/option.ts'
import { resolveOptions } from '../../lib/options/resolve.ts'
import type { RunOptions } from '../../lib/options/run-options.ts'
import { checkValue } from '../../lib/options/values/check-value.ts'
import { t } from '../support/tap.ts'

const TABLES = { master: 'us-east-1:aaa', replicas: ['us-east-1:bbb'] }
const ROLE = 'arn:aws:iam::123456789012:role/reader'

const resolve = (more: object = {}) =>
  resolveOptions({ ...TABLES, ...more } as RunOptions, asProperty)

const POLITE = { read: { kind: 'polite' }, write: { kind: 'polite' } }

t.test('resolveOptions fills in defaults', async (t) => {
  const workers = availableParallelism()
  t.same(resolve(), {
    master: {
      ref: { label: 'us-east-1:aaa', region: 'us-east-1', name: 'aaa' },
      credentials: {},
      capacity: POLITE,
    },
    replicas: [
      { ref: { label: 'us-east-1:bbb', region: 'us-east-1', name: 'bbb' }, capacity: POLITE },
    ],
    strategy: 'auto',
    dryRun: true,
    asked: { missing: false, differing: false, extra: false },
    safeguards: {
      maxWrites: undefined,
      maxReadUnits: undefined,
      maxDeletes: { count: 1000, percent: 1, atMost: { count: 10, percent: 20 } },
      allowShrunkenMaster: false,
      allowGlobalTable: false,
      allowStreams: false,
    },
    write: { missing: false, differing: false, extra: false },
    scanForExtra: false,
    ignore: [],
    only: [],
    missingItems: 'leave',
    putsWhole: true,
    consistentRead: false,
    startingKey: undefined,
    segments: undefined,
    parallel: workers * 4,
    workers,
    areWorkersAsked: false,
    scanLimit: undefined,
    batchReadLimit: 100,
    compression: 'auto',
    timeouts: {
      connectTimeout: 5000,
      responseTimeout: 20_000,
      silenceLimit: 60_000,
      stallLimit: 300_000,
      maxOutage: 600_000,
      maxRetries: 10,
      maxConnectRetries: 10,
      retryDelayBase: 50,
    },
    recheckPolicy: { looksAgain: true, minAge: 5000, attempts: 5 },
    journal: undefined,
    hooks: undefined,
    versionAttribute: undefined,
    newerWins: false,
    ttlAware: true,
    report: undefined,
    html: undefined,
    metricsFile: undefined,
    showValues: false,
    keyList: undefined,
  })
})

t.test('resolveOptions freezes what it returns', async (t) => {
  t.ok(Object.isFrozen(resolve()))
})

t.test('resolveOptions copies the lists it is given', async (t) => {
  const ignore = ['a']
  const settings = resolve({ ignore })
  ignore.push('b')
  t.same(settings.ignore, ['a'])
})

for (const { given, expected } of [
  { given: {}, expected: { dryRun: true, scanForExtra: false } },
  {
    given: { writeMissing: true },
    expected: { dryRun: false, write: { missing: true, differing: false, extra: false } },
  },
  {
    given: { writeDiffering: true },
    expected: { dryRun: false, write: { missing: false, differing: true, extra: false } },
  },
  {
    given: { deleteExtra: true },
    expected: {
      dryRun: false,
      scanForExtra: true,
      write: { missing: false, differing: false, extra: true },
    },
  },
  {
    given: { writeMissing: true, writeDiffering: true, deleteExtra: true, dryRun: true },
    expected: { dryRun: true, write: { missing: false, differing: false, extra: false } },
  },
  { given: { writeMissing: false }, expected: { dryRun: true } },
  { given: { dryRun: false }, expected: { dryRun: true } },
  { given: { scanForExtra: true }, expected: { scanForExtra: true, dryRun: true } },
  { given: { workers: 3 }, expected: { workers: 3, parallel: 12 } },
  { given: { workers: 3, parallel: 2 }, expected: { workers: 3, parallel: 2 } },
  {
    given: { startingKey: '{"id":"a"}' },
    expected: { startingKey: { id: 'a' }, segments: 1 },
  },
  { given: { startingKey: { id: 'a' } }, expected: { startingKey: { id: 'a' }, segments: 1 } },
  { given: { startingKey: '{}', segments: 1 }, expected: { segments: 1 } },
  {
    given: { maxRetries: 0, retryDelayBase: 7, timeouts: { silence: 9 } },
    expected: {
      timeouts: { maxRetries: 0, retryDelayBase: 7, silenceLimit: 9, connectTimeout: 5000 },
    },
  },
  {
    given: { timeouts: { response: 90_000 } },
    expected: { timeouts: { responseTimeout: 90_000, silenceLimit: 270_000 } },
  },
  {
    given: { endpoint: 'http://e', masterEndpoint: 'http://m' },
    expected: {
      master: { ref: { endpoint: 'http://m' } },
      replicas: [{ ref: { endpoint: 'http://e' } }],
    },
  },
  {
    given: { endpoint: 'http://e', replicaEndpoint: 'http://r' },
    expected: {
      master: { ref: { endpoint: 'http://e' } },
      replicas: [{ ref: { endpoint: 'http://r' } }],
    },
  },
  {
    given: { endpoint: 'http://e', replicaProfile: 'http://p' },
    expected: { replicas: [{ ref: { endpoint: 'http://p' }, credentials: undefined }] },
  },
  {
    given: { replicaEndpoint: 'http://r', replicaProfile: 'http://p' },
    expected: { replicas: [{ ref: { endpoint: 'http://r' } }] },
  },
  {
    given: { replicas: [{ table: 'us-east-1:bbb', endpoint: 'http://own' }], endpoint: 'http://e' },
    expected: { replicas: [{ ref: { endpoint: 'http://own' } }] },
  },
  {
    given: { profile: 'one', replicaProfile: 'other' },
    expected: {
      master: { credentials: { profile: 'one' } },
      replicas: [{ credentials: { profile: 'other' } }],
    },
  },
  {
    given: { profile: 'one' },
    expected: {
      master: { credentials: { profile: 'one' } },
      replicas: [{ credentials: undefined }],
    },
  },
  {
    given: { roleArn: ROLE, mfaSerial: 's', mfaToken: '012345' },
    expected: { master: { credentials: { roleArn: ROLE, mfaSerial: 's', mfaToken: '012345' } } },
  },
  {
    given: { master: 'arn:aws:dynamodb:eu-west-1:123456789012:table/aaa' },
    expected: { master: { ref: { region: 'eu-west-1', account: '123456789012', name: 'aaa' } } },
  },
]) {
  t.test(
    `resolveOptions turns ${JSON.stringify(given)} into ${JSON.stringify(expected)}`,
    async (t) => {
      t.match(resolve(given), expected)
    },
  )
}

const NUMBERS = [
  { name: 'segments', flag: '--segments', least: 1, most: 1_000_000 },
  { name: 'parallel', flag: '--parallel', least: 1, most: 4096 },
  { name: 'workers', flag: '--workers', least: 1, most: 256 },
  { name: 'scanLimit', flag: '--scan-limit', least: 1, most: 2_147_483_647 },
  { name: 'batchReadLimit', flag: '--batch-read-limit', least: 1, most: 100 },
  { name: 'maxRetries', flag: '--max-retries', least: 0, most: 100 },
  { name: 'retryDelayBase', flag: '--retry-delay-base', least: 1, most: 60_000 },
]

for (const { name, flag, least, most } of NUMBERS) {
  t.test(`resolveOptions takes \`${name}\` from ${least} to ${most}`, async (t) => {
    for (const value of [least, most]) t.doesNotThrow(() => resolve({ [name]: value }))
    for (const value of [least - 1, most + 1, 1.5, Number.NaN, '7', null, true]) {
      const message = `Expected \`${name}\` to be a whole number from ${least} to ${most}, got `
      t.throws(() => resolve({ [name]: value }), {
        code: 'USAGE',
        message: new RegExp(`^${message}`),
      })
    }
  })

  t.test(`resolveOptions names \`${name}\` ${flag} on the command line`, async (t) => {
    const options = { ...TABLES, [name]: most + 1 }
    t.throws(() => resolveOptions(options, asFlag), { message: new RegExp(`\`${flag}\``) })
  })
}

for (const { what, given, said } of [
  { what: 'no master', given: { master: undefined }, said: /`master`.*got nothing/ },
  { what: 'an empty master', given: { master: '' }, said: /`master`/ },
  { what: 'no replica', given: { replicas: [] }, said: /at least one `replicas`/ },
  { what: 'replicas that are no list', given: { replicas: 'us-east-1:bbb' }, said: /`replicas`/ },
  { what: 'an unknown option', given: { writeMising: true }, said: /`writeMising`/ },
  { what: 'an option named like an object method', given: { toString: 'x' }, said: /`toString`/ },
  {
    what: 'a switch that is text',
    given: { writeMissing: 'yes' },
    said: /`writeMissing`.*true or false.*"yes"/,
  },
  {
    what: 'an unknown strategy',
    given: { strategy: 'x' },
    said: /`strategy`.*auto, march, lookup.*"x"/,
  },
  { what: 'an empty attribute', given: { ignore: [''] }, said: /`ignore`/ },
  { what: 'attributes that are no list', given: { ignore: 'a' }, said: /`ignore`/ },
  {
    what: 'an endpoint that is no URL',
    given: { endpoint: 'localhost:8000' },
    said: /`endpoint`.*"localhost:8000"/,
  },
  { what: 'a role without a value', given: { roleArn: '' }, said: /`roleArn`/ },
  {
    what: 'a serial without a role',
    given: { mfaSerial: 's', mfaToken: '1' },
    said: /`mfaSerial`.*`roleArn`/,
  },
  {
    what: 'a token without a serial',
    given: { roleArn: ROLE, mfaToken: '012345' },
    said: /`mfaSerial` and `mfaToken` together/,
  },
  {
    what: "a replica's token with the master's role",
    given: { roleArn: ROLE, replicaMfaSerial: 's', replicaMfaToken: '012345' },
    said: /`replicaMfaSerial`.*`replicaRoleArn`/,
  },
  {
    what: 'one replica twice',
    given: { replicas: ['us-east-1:bbb', 'us-east-1:bbb'] },
    said: /us-east-1:bbb twice/,
  },
  {
    what: 'a starting key with segments',
    given: { startingKey: '{"id":"a"}', segments: 2 },
    said: /one segment.*`startingKey`.*2/,
  },
  {
    what: 'a starting key that is no JSON',
    given: { startingKey: 'a' },
    said: /`startingKey`.*JSON object.*"a"/,
  },
  { what: 'a starting key that is a list', given: { startingKey: '[]' }, said: /JSON object/ },
  { what: 'a starting key that is null', given: { startingKey: 'null' }, said: /JSON object/ },
]) {
  t.test(`resolveOptions refuses ${what}`, async (t) => {
    t.throws(() => resolve(given), { code: 'USAGE', message: said })
  })
}

t.test('resolveOptions reveals no token in a refusal', async (t) => {
  for (const given of [
    { mfaToken: 12345 },
    { mfaToken: '12345' },
    { roleArn: ROLE, mfaToken: '12345' },
    { mfaToken: ['12345'] },
    { replicaMfaToken: { x: '12345' } },
  ]) {
    try {
      resolve(given)
      t.fail('refuses')
    } catch (error) {
      t.notMatch(`${(error as Error).message} ${(error as { hint?: string }).hint}`, '12345')
    }
  }
})

const SECRET = 'wJalrXUtnFEMI'
const KEYS = { accessKeyId: 'AKIA', secretAccessKey: SECRET }
const circular: Record<string, unknown> = { SECRET }
circular['self'] = circular

for (const [what, given, message] of [
  ['no options', undefined, /an object with options, got nothing/],
  ['null', null, /an object with options, got null/],
  ['a big integer', { ...TABLES, workers: 5n }, /`workers`.*got 5n/],
  ['no number', { ...TABLES, workers: Number.NaN }, /`workers`.*got NaN/],
  ['a symbol', { ...TABLES, strategy: Symbol('x') }, /got Symbol\(x\)/],
  ['a circular object', { ...TABLES, dryRun: circular }, /an object with SECRET, self/],
  ['a signal that is no AbortSignal', { ...TABLES, signal: {} }, /`signal`.*AbortSignal/],
  ['a listener that is no function', { ...TABLES, onProgress: 'log' }, /`onProgress`.*function/],
  ['time-outs that are no object', { ...TABLES, timeouts: 5 }, /`timeouts`.*object/],
  ['an unknown time-out', { ...TABLES, timeouts: { read: 5 } }, /`read`/],
  ['a time-out of 0', { ...TABLES, timeouts: { connect: 0 } }, /`timeouts.connect`/],
  [
    'a silence limit no longer than the response time-out',
    { ...TABLES, timeouts: { response: 500, silence: 500 } },
    /`timeouts.silence` to be longer than `timeouts.response`, which is 500 ms, got 500 ms/,
  ],
  ['a time-out that is text', { ...TABLES, timeouts: { silence: 'long' } }, /`timeouts.silence`/],
  [
    'an unknown field of a table',
    { ...TABLES, master: { table: 'us-east-1:aaa', endpiont: 'http://x' } },
    /known fields, got `endpiont`/,
  ],
  [
    'a table without a name',
    { ...TABLES, master: { credentials: KEYS } },
    /object with credentials/,
  ],
  [
    'half of the credentials',
    { ...TABLES, replicas: [{ table: 'a:bbb', credentials: { secretAccessKey: SECRET } }] },
    /an object with secretAccessKey/,
  ],
  [
    'credentials beside a profile',
    { ...TABLES, master: { table: 'us-east-1:aaa', credentials: KEYS, profile: 'p' } },
    /without other settings for credentials, got credentials, profile/,
  ],
  [
    'a token of a table without its role',
    { ...TABLES, master: { table: 'us-east-1:aaa', mfaToken: SECRET } },
    /`mfaToken of us-east-1:aaa` to come with `roleArn/,
  ],
  ['a URL with a password', { ...TABLES, endpoint: `ftp://me:${SECRET}@host/x` }, /ftp:\/\/…@host/],
  ['a starting key that is a function', { ...TABLES, startingKey: () => SECRET }, /got a function/],
] as const) {
  t.test(`resolveOptions refuses ${what}, and reveals no secret`, async (t) => {
    t.throws(() => resolveOptions(given as unknown as RunOptions, asProperty), {
      code: 'USAGE',
      message,
    })
    try {
      resolveOptions(given as unknown as RunOptions, asProperty)
    } catch (error) {
      t.notMatch((error as Error).message, new RegExp(SECRET))
    }
  })
}

for (const { given, expected } of [
  { given: 0, expected: { count: 0 } },
  { given: '250', expected: { count: 250 } },
  { given: '2.5%', expected: { percent: 2.5 } },
  { given: '100%', expected: { percent: 100 } },
]) {
  t.test(`resolveOptions reads ${given} as the limit on deletions`, async (t) => {
    t.same(resolve({ maxDeletes: given }).safeguards.maxDeletes, expected)
  })
}

for (const given of ['101%', '-1', 'all', '1.5', '', '%', Number.NaN, {}, null]) {
  t.test(`resolveOptions refuses ${JSON.stringify(given)} as the limit on deletions`, async (t) => {
    t.throws(() => resolve({ maxDeletes: given }), { code: 'USAGE', message: /`maxDeletes`/ })
  })
}

t.test('resolveOptions refuses newerWins without versionAttribute', async (t) => {
  t.throws(() => resolve({ newerWins: true }), { code: 'USAGE', message: /versionAttribute/ })
})

t.test('resolveOptions refuses an undo journal with a plan', async (t) => {
  t.throws(() => resolve({ writeMissing: true, plan: 'p', undo: 'u' }), {
    code: 'USAGE',
    message: /`journal` without `plan`/,
    hint: /tablesync apply/,
  })
})

t.test('resolveOptions takes the journal by its old name, and refuses both names', async (t) => {
  t.equal(resolve({ writeMissing: true, undo: 'u' }).journal, 'u')
  t.equal(resolve({ writeMissing: true, journal: 'u' }).journal, 'u')
  t.throws(() => resolve({ writeMissing: true, journal: 'j', undo: 'u' }), {
    code: 'USAGE',
    message: 'Expected `journal` alone, got its old name `undo` too',
  })
})

t.test('resolveOptions refuses an undo journal without writes', async (t) => {
  t.throws(() => resolveOptions({ ...TABLES, undo: 'u' }, asFlag), {
    code: 'USAGE',
    message: /`--journal` to come with a flag that says what to write/,
  })
})

t.test('resolveOptions knows four ways to set a capacity', async (t) => {
  const { master, replicas } = resolve({
    readCapacity: 500,
    writeCapacity: '12.5%',
    masterReadCapacity: 'adaptive',
  })
  t.match(master.capacity, { read: { kind: 'adaptive' } })
  t.same(replicas[0]?.capacity, {
    read: { kind: 'units', unitsPerSecond: 500 },
    write: { kind: 'percent', percent: 12.5 },
  })
  t.match(resolve({ readCapacity: 'max' }).master.capacity, { read: { kind: 'max' } })
  for (const readCapacity of ['', 'fast', '0', 0, -1, '101%', '5 %', Number.NaN, 1e18]) {
    t.throws(() => resolve({ readCapacity }), { code: 'USAGE', message: /readCapacity/ })
  }
})

t.test('resolveOptions refuses ARNs whose account is not 12 digits long', async (t) => {
  const arn = (account: string) => `arn:aws:dynamodb:us-east-1:${account}:table/Orders`
  for (const account of ['1234', '12345678901', '1234567890123']) {
    const refusal = { code: 'USAGE', message: /an ARN with an account of 12 digits, got "arn:/ }
    const options = { master: arn(account), replicas: ['us-east-1:bbb'] }
    t.throws(() => resolveOptions(options, asProperty), refusal, account)
    const role = { roleArn: `arn:aws:iam::${account}:role/reader` }
    const own = { table: 'us-east-1:ccc', ...role }
    for (const more of [role, { replicas: [own] }, { replicaRoleArn: role.roleArn }]) {
      t.throws(
        () =>
          resolveOptions(
            { master: 'us-east-1:aaa', replicas: ['us-east-1:bbb'], ...more },
            asProperty,
          ),
        { code: 'USAGE', message: /to be the ARN of a role, got "arn:/ },
      )
    }
  }
  for (const account of ['', '000000000000']) {
    const options = { master: arn(account), replicas: ['us-east-1:bbb'] }
    t.equal(resolveOptions(options, asProperty).master.ref.name, 'Orders', account)
  }
})

t.test('- names a standard stream only where the option says so', async (t) => {
  const files = Object.entries(ALL_OPTIONS).filter(
    ([, option]) => option.kind === 'text' && option.value === 'file',
  )
  const streams = files.filter(([name, option]) => {
    const check = () => checkValue(option, name, '-')
    if ('mayBeStream' in option) return true
    t.throws(check, { code: 'USAGE', message: `Expected \`${name}\` to be a file, got "-"` })
    return false
  })
  t.strictSame(streams.map(([name]) => name).sort(), ['exceptKeys', 'keys', 'report'])
})
