/**
 * The one table of options. The command line, its help, the checks of what a
 * program passes to `runSync`, the types and the page of flags are made from it.
 */
import type { Option, Spelling } from '../option.ts'
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

/** By the name that `runSync` knows them under. */
export const OPTIONS = {
  ...TABLE_OPTIONS,
  ...REPAIR_OPTIONS,
  ...CREATE_OPTIONS,
  ...SAFEGUARD_OPTIONS,
  ...RECHECK_OPTIONS,
  ...FILE_OPTIONS,
  ...KEY_OPTIONS,
  ...SELECTION_OPTIONS,
  ...REVERT_OPTIONS,
  ...SCAN_OPTIONS,
  ...PLACE_OPTIONS,
  ...FILTER_OPTIONS,
  ...PART_OPTIONS,
  ...MASK_OPTIONS,
  ...ENDPOINT_OPTIONS,
  ...CREDENTIAL_OPTIONS,
  ...CONNECTION_OPTIONS,
  ...RESUME_OPTIONS,
  ...PASS_OPTIONS,
  ...SHARD_OPTIONS,
  ...FINGERPRINT_OPTIONS,
  ...PACE_OPTIONS,
}

/** Those that only the command line has. */
export const COMMAND_OPTIONS = { ...PAIRS_OPTIONS, ...ESTIMATE_OPTIONS, ...TALK }

/** All of them. */
export const ALL_OPTIONS: Readonly<Record<string, Option>> = {
  ...OPTIONS,
  ...COMMAND_OPTIONS,
}

export const asFlag: Spelling = (name) => {
  const option = ALL_OPTIONS[name]
  return option === undefined ? name : `--${option.flag}`
}
