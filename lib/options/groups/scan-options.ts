/** Options of what is compared, and how it is read. */
import type { Option } from '../option.ts'

export const SCAN_OPTIONS = {
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
    help: 'Worker threads (default: one per core; fewer for a dry run of small tables)',
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
} as const satisfies Record<string, Option>
