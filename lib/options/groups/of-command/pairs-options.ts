/** Options of a run over many pairs of tables, which a file names. Only the command line has them. */
import type { Group } from '../../option.ts'

export const PAIRS_OPTIONS = {
  config: {
    flag: 'config',
    notFor: ['shard-plan'],
    kind: 'text',
    value: 'file',
    help: 'Read options, and pairs of tables to compare, from this file of YAML or JSON; flags win',
    more: 'See [many tables](many-tables.md).',
  },
  pairsAtOnce: {
    flag: 'pairs-at-once',
    notFor: ['shard-plan'],
    kind: 'whole',
    value: 'n',
    least: 1,
    most: 64,
    help: 'With pairs in --config: how many pairs to compare at once (default: 1)',
  },
} as const satisfies Group
