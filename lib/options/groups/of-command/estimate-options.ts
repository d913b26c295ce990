/** Options that ask what a run takes. Only the command line has them. */
import type { Group } from '../../option.ts'

export const ESTIMATE_OPTIONS = {
  estimate: {
    flag: 'estimate',
    notFor: ['shard-plan'],
    kind: 'switch',
    help: 'Say what a run of the same flags would read, cost and need, from a sample of the tables; nothing is compared or written',
  },
  estimateFrom: {
    flag: 'estimate-from',
    notFor: ['shard-plan'],
    kind: 'text',
    value: 'file',
    help: 'With --estimate: take what the repair would write from this report of an earlier run',
  },
  prices: {
    flag: 'prices',
    notFor: ['shard-plan'],
    kind: 'text',
    value: 'file',
    also: ['apply', 'undo', 'merge'],
    help: 'Say what the run and the repair cost, by the prices in this file of JSON',
    helpFor: {
      apply: 'Say what the run has cost, by the prices in this file of JSON',
      undo: 'Say what the run has cost, by the prices in this file of JSON',
    },
    more: 'For example `{"currency":"USD","readUnit":1.25e-7,"writeUnit":6.25e-7,"transferGb":0.02}`.',
  },
} as const satisfies Group
