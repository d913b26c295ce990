/** What the help and the manual say of each command, besides its flags. */
import type { Command } from '../option.ts'

export interface CommandPage {
  readonly usage: string
  /** What it does, in a sentence or two. */
  readonly summary: string
  /** Names of the options that most people need, the first of them first. */
  readonly common: readonly string[]
  /** What each is for, and the command. */
  readonly examples: readonly (readonly [string, string])[]
  readonly exitCodes: readonly (readonly [string, string])[]
}

const INTERRUPTED = ['129, 130, 143', 'interrupted by a signal'] as const
const USAGE = ['2', 'usage or set-up: nothing was scanned or written'] as const

export const COMMAND_PAGES: { readonly [command in Command]: CommandPage } = {
  sync: {
    usage: 'tablesync --master <table> --replica <table> [flags]',
    summary:
      'Compares a master with its replicas. It writes nothing without a --write or --delete flag.',
    common: [
      'master',
      'replicas',
      'writeMissing',
      'writeDiffering',
      'deleteExtra',
      'dryRun',
      'plan',
      'journal',
      'report',
      'verbose',
    ],
    examples: [
      ['Compare', 'tablesync -m us-east-1:Orders -r eu-west-1:Orders'],
      ['See each difference', 'tablesync -m us-east-1:Orders -r eu-west-1:Orders --verbose'],
      [
        'Write a repair down for review',
        'tablesync -m us-east-1:Orders -r eu-west-1:Orders --write-missing --plan p.ndjson',
      ],
      [
        'Compare tables of an emulator',
        'tablesync -m us-east-1:Orders -r us-east-1:Copy --endpoint http://localhost:8000',
      ],
    ],
    exitCodes: [
      ['0', 'in sync, or every difference repaired'],
      ['1', 'differences remain'],
      USAGE,
      ['3', 'incomplete: something could not be read, verified or written'],
      ['4', 'stopped by a safeguard, or the answer to a question was not yes'],
      ['129, 130, 143', 'interrupted by a signal, or by --max-duration (130)'],
    ],
  },
  apply: {
    usage: 'tablesync apply <plan> [flags]',
    summary:
      'Makes the repairs that a plan lists, where the tables still are as the plan says. It writes, unless --dry-run is given.',
    common: [
      'dryRun',
      'journal',
      'report',
      'kind',
      'attribute',
      'exceptKeys',
      'maxDeletes',
      'maxWrites',
      'yes',
      'verbose',
    ],
    examples: [
      ['See what would be done', 'tablesync apply plan.ndjson --dry-run'],
      ['Do it, and keep a journal', 'tablesync apply plan.ndjson --journal journal.ndjson'],
      ['Only put what is missing', 'tablesync apply plan.ndjson --kind missing'],
    ],
    exitCodes: [
      ['0', 'every repair of the plan is made, or was not needed any more'],
      ['1', 'differences remain: items that changed since, or that were not picked'],
      ['2', 'usage or set-up: nothing was written'],
      ['3', 'incomplete: something could not be read, verified or written'],
      ['4', 'stopped by a safeguard, or the answer to a question was not yes'],
      INTERRUPTED,
    ],
  },
  undo: {
    usage: 'tablesync undo <journal> [flags]',
    summary:
      'Takes a repair back, item by item, where a replica still holds what the repair left. It scans nothing. It writes, unless --dry-run is given.',
    common: [
      'dryRun',
      'yes',
      'report',
      'verbose',
      'json',
      'maxWrites',
      'profile',
      'endpoint',
      'writeCapacity',
      'allowDamaged',
    ],
    examples: [
      ['See what would be brought back', 'tablesync undo journal.ndjson --dry-run'],
      ['Bring it back', 'tablesync undo journal.ndjson'],
      ['In a script', 'tablesync undo journal.ndjson --yes --json'],
    ],
    exitCodes: [
      ['0', 'every key is as it was before the repair'],
      ['1', 'differences remain: keys that somebody has changed since, for example'],
      ['2', 'usage or set-up: nothing was written'],
      ['3', 'incomplete: something could not be read or written'],
      ['4', 'stopped by a safeguard, or the answer to the question was not yes'],
      INTERRUPTED,
    ],
  },
  revert: {
    usage: 'tablesync revert <export> --replica <table> --journal <file> [flags]',
    summary:
      'Makes an undo journal of the changes in an incremental export to S3. It writes no table: tablesync undo takes the changes back, where an item still is as the export says it became.',
    common: [
      'replicas',
      'journal',
      'all',
      'hooks',
      'withExpired',
      'sameTableAs',
      'profile',
      'endpoint',
      'json',
    ],
    examples: [
      [
        'Take a bad hour back',
        'tablesync revert AWSDynamoDB/01695097218000-d6299cbd -r us-east-1:Orders --all --journal u.ndjson',
      ],
      [
        'Only what your rule selects',
        'tablesync revert AWSDynamoDB/01695097218000-d6299cbd -r us-east-1:Orders --hooks rule.mjs --journal u.ndjson',
      ],
      ['Then', 'tablesync undo u.ndjson --dry-run'],
    ],
    exitCodes: [
      ['0', 'the journal has every selected change'],
      ['2', 'usage or set-up, or an export that cannot be taken back: no journal was left'],
      ['3', 'incomplete: items were too wide for one condition, and are not in the journal'],
      INTERRUPTED,
    ],
  },
  show: {
    usage: 'tablesync show <report, plan or journal> [flags]',
    summary: 'Prints a file of an earlier run: its totals, then its lines. It reads no table.',
    common: ['kind', 'attribute', 'key', 'since', 'json'],
    examples: [
      ['Read a plan before it is applied', 'tablesync show plan.ndjson'],
      ['Only deletions', 'tablesync show plan.ndjson --kind extra'],
      ['What is new since yesterday', 'tablesync show today.ndjson --since yesterday.ndjson'],
    ],
    exitCodes: [
      ['0', 'printed'],
      ['1', 'with --since: something is new'],
      ['2', 'usage, or a file that cannot be read'],
      ['3', 'something could not be printed'],
    ],
  },
  'shard-plan': {
    usage: 'tablesync shard-plan <flags of a run> --shards <n> --out <folder>',
    summary:
      'Plans a run that several machines share. It writes run.json into a folder that all of them see, and no table. Each machine then does a shard (tablesync shard); tablesync merge puts their results together.',
    common: [
      'master',
      'replicas',
      'shards',
      'out',
      'atOnce',
      'writeMissing',
      'writeDiffering',
      'deleteExtra',
      'maxWrites',
      'readCapacity',
    ],
    examples: [
      [
        'Compare with 64 shards',
        'tablesync shard-plan -m us-east-1:Orders -r eu-west-1:Orders --shards 64 --out /mnt/shared/orders',
      ],
      ['Do one of them', 'tablesync shard /mnt/shared/orders --shard-index 0'],
      ['When all are done', 'tablesync merge /mnt/shared/orders'],
    ],
    exitCodes: [
      ['0', 'the run is planned'],
      ['2', 'usage or set-up: nothing was planned'],
      ['4', 'stopped by a safeguard: nothing was planned'],
      INTERRUPTED,
    ],
  },
  shard: {
    usage: 'tablesync shard <folder> [--shard-index <i>] [flags]',
    summary:
      'Does one shard of a run that tablesync shard-plan has planned. An attempt that was cut short is taken up by the next one, on any machine. A shard never deletes: the plan that tablesync merge writes has what is extra.',
    common: [
      'shardIndex',
      'workers',
      'parallel',
      'maxWrites',
      'maxReadUnits',
      'maxDuration',
      'json',
    ],
    examples: [
      ['In a task of AWS Batch, Kubernetes or Slurm', 'tablesync shard /mnt/shared/orders'],
      ['By hand', 'tablesync shard /mnt/shared/orders --shard-index 3'],
    ],
    exitCodes: [
      ['0', 'the shard is complete, whatever was found'],
      ['2', 'usage or set-up: to try again does not help'],
      ['3', 'incomplete: try again, it goes on where it was'],
      ['4', 'stopped by a safeguard: to try again does not help'],
      ['129, 130, 143', 'interrupted by a signal, or by --max-duration (130): try again'],
    ],
  },
  merge: {
    usage: 'tablesync merge <folder> [flags]',
    summary:
      'Puts together what the shards of a run have found, once all of them are done. It reads the folder, and no table.',
    common: ['report', 'plan', 'journal', 'html', 'json'],
    examples: [
      ['The verdict', 'tablesync merge /mnt/shared/orders'],
      ['With the differences', 'tablesync merge /mnt/shared/orders --report report.ndjson'],
      ['What is to be deleted', 'tablesync merge /mnt/shared/orders --plan plan.ndjson'],
      ['To take all back', 'tablesync merge /mnt/shared/orders --journal journal.ndjson'],
    ],
    exitCodes: [
      ['0', 'in sync, or every difference repaired'],
      ['1', 'differences remain'],
      ['2', 'usage, or a shard is missing or does not fit: nothing was written'],
      ['3', 'incomplete: something could not be read, verified or written'],
    ],
  },
  fingerprint: {
    usage: 'tablesync fingerprint <table> --out <file> [flags]',
    summary:
      'Reads a table once, and writes a fingerprint of it: sums of keyed digests, in total and by segment. Of two tables that never meet, two fingerprints say whether they are equal. It writes no table.',
    common: [
      'out',
      'like',
      'compare',
      'ignore',
      'only',
      'profile',
      'endpoint',
      'readCapacity',
      'json',
    ],
    examples: [
      ['Of the one table', 'tablesync fingerprint us-east-1:Orders --out a.json'],
      ['Of the other', 'tablesync fingerprint eu-west-1:Orders --like a.json --out b.json'],
      ['Are they equal?', 'tablesync fingerprint --compare a.json b.json --out differing.json'],
      [
        'What differs',
        'tablesync -m us-east-1:Orders -r eu-west-1:Orders --segments-of differing.json',
      ],
    ],
    exitCodes: [
      ['0', 'the fingerprint is written; with --compare: the tables are equal'],
      ['1', 'with --compare: the tables differ'],
      ['2', 'usage or set-up, or two fingerprints that cannot be compared'],
      ['3', 'incomplete: something could not be read, and no file was written'],
      INTERRUPTED,
    ],
  },
}
