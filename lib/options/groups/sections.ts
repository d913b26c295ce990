/** The options by what people do with them: the order of the help, of the page of flags and of the manual. */
import { ALL_FILE_COMMANDS, type Group } from '../option.ts'
import { CONNECTION_OPTIONS } from './connection-options.ts'
import { CREATE_OPTIONS } from './create-options.ts'
import { CREDENTIAL_OPTIONS } from './credential-options.ts'
import { FILE_OPTIONS } from './file-options.ts'
import { FINGERPRINT_OPTIONS } from './fingerprint-options.ts'
import { FILTER_OPTIONS } from './items/filter-options.ts'
import { KEY_OPTIONS } from './items/key-options.ts'
import { MASK_OPTIONS } from './items/mask-options.ts'
import { PART_OPTIONS } from './items/part-options.ts'
import { ESTIMATE_OPTIONS } from './of-command/estimate-options.ts'
import { PAIRS_OPTIONS } from './of-command/pairs-options.ts'
import { TALK } from './of-command/talk-options.ts'
import { PACE_OPTIONS } from './pace-options.ts'
import { PASS_OPTIONS } from './pass-options.ts'
import { PLACE_OPTIONS } from './place-options.ts'
import { RECHECK_OPTIONS } from './recheck-options.ts'
import { REPAIR_OPTIONS } from './repair-options.ts'
import { RESUME_OPTIONS } from './resume-options.ts'
import { REVERT_OPTIONS } from './revert-options.ts'
import { SAFEGUARD_OPTIONS } from './safeguard-options.ts'
import { SCAN_OPTIONS } from './scan-options.ts'
import { SELECTION_OPTIONS } from './selection-options.ts'
import { SHARD_OPTIONS } from './shard-options.ts'
import { ENDPOINT_OPTIONS, TABLE_OPTIONS } from './table-options.ts'

export interface Section {
  readonly task: string
  /** Pages of docs/ that say more. */
  readonly pages: readonly string[]
  readonly options: Group
}

/** How fast a scan goes is asked elsewhere than what it compares. */
const { scanForExtra, segments, parallel, workers, scanLimit, batchReadLimit, ...READ } =
  SCAN_OPTIONS

/** The command line alone has them: no program passes them, and no run reads them. */
const HELP_AND_VERSION: Group = {
  help: {
    flag: 'help',
    aliases: ['h'],
    kind: 'switch',
    also: ALL_FILE_COMMANDS,
    help: 'Print the help',
  },
  version: {
    flag: 'version',
    aliases: ['V'],
    kind: 'switch',
    also: ALL_FILE_COMMANDS,
    help: 'Print the version',
  },
}

export const SECTIONS: readonly Section[] = [
  {
    task: 'Tables',
    pages: ['compare', 'many-tables'],
    options: { ...TABLE_OPTIONS, ...ENDPOINT_OPTIONS, ...PAIRS_OPTIONS },
  },
  { task: 'Before a run', pages: ['cost'], options: ESTIMATE_OPTIONS },
  { task: 'Repair', pages: ['repair', 'hooks'], options: REPAIR_OPTIONS },
  {
    task: 'A replica that does not exist',
    pages: ['create-replica'],
    options: CREATE_OPTIONS,
  },
  { task: 'Safeguards', pages: ['repair'], options: SAFEGUARD_OPTIONS },
  {
    task: 'When a mismatch is a difference',
    pages: ['live-tables'],
    options: RECHECK_OPTIONS,
  },
  {
    task: 'Files',
    pages: ['plan-apply-undo', 'results', 'page', 'logs-and-metrics'],
    options: FILE_OPTIONS,
  },
  {
    task: 'Single keys, lines of a file, and changes of an export',
    pages: ['differences', 'plan-apply-undo', 'revert'],
    options: { ...KEY_OPTIONS, ...SELECTION_OPTIONS, ...REVERT_OPTIONS },
  },
  {
    task: 'What is compared, and how it is read',
    pages: ['compare', 'sample', 'fingerprint'],
    options: {
      scanForExtra,
      ...PLACE_OPTIONS,
      ...READ,
      ...FILTER_OPTIONS,
      ...PART_OPTIONS,
      ...FINGERPRINT_OPTIONS,
    },
  },
  { task: 'Masked test tables', pages: ['masks'], options: MASK_OPTIONS },
  { task: 'Credentials', pages: ['credentials'], options: CREDENTIAL_OPTIONS },
  { task: 'Requests', pages: ['long-runs'], options: CONNECTION_OPTIONS },
  {
    task: 'Long runs, runs of several machines, and runs until in sync',
    pages: ['long-runs', 'shards', 'scale', 'until-in-sync'],
    options: { ...RESUME_OPTIONS, ...SHARD_OPTIONS, ...PASS_OPTIONS },
  },
  {
    task: 'Speed and limits',
    pages: ['pace'],
    options: { ...PACE_OPTIONS, parallel, workers, segments, scanLimit, batchReadLimit },
  },
  { task: 'Output', pages: ['logs-and-metrics'], options: { ...TALK, ...HELP_AND_VERSION } },
]
