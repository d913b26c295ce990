/** Options of what is repaired, and of when a mismatch is a difference. */
import type { Option } from '../option.ts'

export const REPAIR_OPTIONS = {
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
  maxWrites: {
    flag: 'max-writes',
    kind: 'whole',
    value: 'n',
    least: 0,
    most: Number.MAX_SAFE_INTEGER,
    help: 'Stop before more items than this are written or deleted',
  },
  maxDeletes: {
    flag: 'max-deletes',
    kind: 'text',
    value: 'n|n%',
    help: 'Delete nothing on a replica that has more extras than this: a number, or a percentage of its items. 0 forbids deletions (default: the larger of 1000 and 1%, at most a fifth of the items, but at least 10)',
  },
  canary: {
    flag: 'canary',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: 10_000,
    help: 'Repair N items of each replica first, and continue only after all of them were read back and held',
  },
  allowShrunkenMaster: {
    flag: 'allow-shrunken-master',
    kind: 'switch',
    help: 'Delete even where the master is empty, or has under half of the items that DescribeTable tells',
  },
  allowGlobalTable: {
    flag: 'allow-global-table',
    kind: 'switch',
    help: 'Write to a replica that is a global table with other regions',
  },
  allowStreams: {
    flag: 'allow-streams',
    kind: 'switch',
    help: 'Write to a replica that has a stream',
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
    help: 'After so many rechecks that found a change, leave the key unverified',
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
  hooks: {
    flag: 'hooks',
    kind: 'text',
    value: 'module.js',
    help: 'An ES module with rules of your own, loaded in each worker thread',
  },
  newerWins: {
    flag: 'newer-wins',
    kind: 'switch',
    help: 'Leave items of a replica alone whose version is newer. Needs --version-attribute',
  },
  ttlAware: {
    flag: 'no-ttl-aware',
    kind: 'switch',
    turnsOff: true,
    help: 'Compare and repair items that have expired like any other',
  },
} as const satisfies Record<string, Option>
