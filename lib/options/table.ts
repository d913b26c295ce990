/**
 * The one table of options. It feeds the command line, its help, the checks of
 * what a program passes to `runSync`, and the README's list.
 */

interface OptionBase {
  /** The flag, without its dashes. */
  readonly flag: string
  readonly aliases?: readonly string[]
  readonly help: string
}

export interface SwitchOption extends OptionBase {
  readonly kind: 'switch'
}

export interface TextOption extends OptionBase {
  readonly kind: 'text' | 'texts'
  /** What the help calls the value. */
  readonly value: string
  /** Whether the value is kept out of messages. */
  readonly secret?: true
}

export interface NumberOption extends OptionBase {
  /** `whole`: without a fraction. */
  readonly kind: 'whole' | 'number'
  readonly value: string
  readonly least: number
  readonly most: number
  /** What the help says; absent where the help text itself says it. */
  readonly default?: number
}

export interface ChoiceOption extends OptionBase {
  readonly kind: 'choice'
  readonly value: string
  readonly choices: readonly string[]
  readonly default: string
}

export type Option = SwitchOption | TextOption | NumberOption | ChoiceOption

/** By the name that `runSync` knows them under. */
export const OPTIONS = {
  master: {
    flag: 'master',
    aliases: ['m'],
    kind: 'text',
    value: 'table',
    help: 'The table that is the truth, as <region>:<table> or ARN. Never written',
  },
  replicas: {
    flag: 'replica',
    aliases: ['r', 'slave', 'slaves', 's'],
    kind: 'texts',
    value: 'table',
    help: 'A table that should equal the master. Repeatable',
  },
  writeMissing: {
    flag: 'write-missing',
    kind: 'switch',
    help: 'Put items that a replica lacks',
  },
  writeDiffering: {
    flag: 'write-differing',
    kind: 'switch',
    help: 'Update items that differ, touching only the attributes that do',
  },
  deleteExtra: {
    flag: 'delete-extra',
    kind: 'switch',
    help: 'Delete items that the master lacks, after all other writes. Implies --scan-for-extra',
  },
  dryRun: {
    flag: 'dry-run',
    kind: 'switch',
    help: 'Write nothing, whatever other flags say',
  },
  scanForExtra: {
    flag: 'scan-for-extra',
    kind: 'switch',
    help: 'Look for extra items where the strategy would not (the march sees them anyway)',
  },
  minMismatchAge: {
    flag: 'min-mismatch-age',
    kind: 'number',
    value: 'seconds',
    least: 0,
    most: 86_400,
    default: 5,
    help: 'How long both sides must have stood still before a mismatch counts: longer than the replication lags',
  },
  recheckAttempts: {
    flag: 'recheck-attempts',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: 100,
    default: 5,
    help: 'Looks at which something had moved, after which a key is left unverified',
  },
  quiesced: {
    flag: 'quiesced',
    kind: 'switch',
    help: 'You vouch that nobody writes to the tables: one recheck decides, and writes are not read back',
  },
  versionAttribute: {
    flag: 'version-attribute',
    kind: 'text',
    value: 'attribute',
    help: 'An attribute that grows with each change: writes are conditioned on it, and no newer version is replaced with an older',
  },
  newerWins: {
    flag: 'newer-wins',
    kind: 'switch',
    help: 'Leave items of a replica alone whose version is newer. Needs --version-attribute',
  },
  ignore: {
    flag: 'ignore',
    aliases: ['ignore-att', 'ignore-atts'],
    kind: 'texts',
    value: 'attribute',
    help: 'A top-level attribute to leave out of comparing and updating. Repeatable',
  },
  strategy: {
    flag: 'strategy',
    kind: 'choice',
    value: 'name',
    choices: ['auto', 'march', 'lookup'],
    default: 'auto',
    help: 'march: scan both tables in step. lookup: scan the master, read replicas by key. auto: march, and go over to lookup where the tables scan in different orders',
  },
  startingKey: {
    flag: 'starting-key',
    kind: 'text',
    value: 'key',
    help: 'Start after this key of the master (plain or DynamoDB JSON). Implies one segment',
  },
  consistentRead: {
    flag: 'consistent-read',
    kind: 'switch',
    help: 'Make the first look strongly consistent too, at twice the read units',
  },
  segments: {
    flag: 'segments',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: 1_000_000,
    help: 'Segments to divide the scan into (default: from the size of the master)',
  },
  parallel: {
    flag: 'parallel',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: 4096,
    help: 'Segments scanned at once (default: four per worker)',
  },
  workers: {
    flag: 'workers',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: 256,
    help: 'Worker threads (default: one per core)',
  },
  scanLimit: {
    flag: 'scan-limit',
    kind: 'whole',
    value: 'items',
    least: 1,
    most: 2_147_483_647,
    help: 'Items per Scan request (default: as many as fit on a page)',
  },
  batchReadLimit: {
    flag: 'batch-read-limit',
    kind: 'whole',
    value: 'keys',
    least: 1,
    most: 100,
    default: 100,
    help: 'Keys per BatchGetItem request',
  },
  maxRetries: {
    flag: 'max-retries',
    kind: 'whole',
    value: 'n',
    least: 0,
    most: 100,
    default: 10,
    help: 'How often a request is tried again',
  },
  retryDelayBase: {
    flag: 'retry-delay-base',
    kind: 'whole',
    value: 'ms',
    least: 1,
    most: 60_000,
    default: 50,
    help: 'Milliseconds that the delay between tries starts from; it doubles, with jitter',
  },
  endpoint: {
    flag: 'endpoint',
    kind: 'text',
    value: 'url',
    help: 'Endpoint of all tables, instead of the service of their region',
  },
  masterEndpoint: {
    flag: 'master-endpoint',
    kind: 'text',
    value: 'url',
    help: 'Endpoint of the master',
  },
  replicaEndpoint: {
    flag: 'replica-endpoint',
    aliases: ['slave-endpoint'],
    kind: 'text',
    value: 'url',
    help: 'Endpoint of the replicas',
  },
  profile: {
    flag: 'profile',
    kind: 'text',
    value: 'name',
    help: 'Profile of the shared AWS files, for master and replicas',
  },
  roleArn: {
    flag: 'role-arn',
    kind: 'text',
    value: 'arn',
    help: 'Role to assume, for master and replicas',
  },
  mfaSerial: {
    flag: 'mfa-serial',
    kind: 'text',
    value: 'serial',
    help: 'MFA device that the role wants',
  },
  mfaToken: {
    flag: 'mfa-token',
    kind: 'text',
    value: 'digits',
    secret: true,
    help: 'Token of the MFA device; used once and never logged',
  },
  replicaProfile: {
    flag: 'replica-profile',
    aliases: ['slave-profile'],
    kind: 'text',
    value: 'name',
    help: 'Profile for the replicas; http://localhost:8000 means that endpoint',
  },
  replicaRoleArn: {
    flag: 'replica-role-arn',
    aliases: ['slave-role-arn'],
    kind: 'text',
    value: 'arn',
    help: 'Role to assume for the replicas, from --replica-profile or the default credentials',
  },
  replicaMfaSerial: {
    flag: 'replica-mfa-serial',
    aliases: ['slave-mfa-serial'],
    kind: 'text',
    value: 'serial',
    help: "MFA device that the replicas' role wants",
  },
  replicaMfaToken: {
    flag: 'replica-mfa-token',
    aliases: ['slave-mfa-token'],
    kind: 'text',
    value: 'digits',
    secret: true,
    help: 'Token of that device; used once and never logged',
  },
  report: {
    flag: 'report',
    kind: 'text',
    value: 'file',
    help: 'Write a line of JSON per difference to this file (mode 0600)',
  },
} as const satisfies Record<string, Option>

export type OptionName = keyof typeof OPTIONS

/** What only the command line has: how to talk to whoever runs it. */
export const TALK = {
  json: { flag: 'json', kind: 'switch', help: 'Print the result as one JSON document on stdout' },
  quiet: {
    flag: 'quiet',
    aliases: ['q'],
    kind: 'switch',
    help: 'Print nothing on stderr but errors',
  },
  verbose: {
    flag: 'verbose',
    aliases: ['v'],
    kind: 'switch',
    help: 'A line per difference, per action and per finished segment',
  },
} as const satisfies Record<string, Option>
