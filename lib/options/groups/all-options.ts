/**
 * The one table of options. It feeds the command line, its help, the checks of
 * what a program passes to `runSync`, and the page of flags.
 */

import type { Option, Spelling } from '../option.ts'
import { CONNECTION_OPTIONS } from './connection-options.ts'
import { PACE_OPTIONS } from './pace-options.ts'
import { REPAIR_OPTIONS } from './repair-options.ts'
import { RESUME_OPTIONS } from './resume-options.ts'
import { SCAN_OPTIONS } from './scan-options.ts'

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
  ...REPAIR_OPTIONS,
  ...SCAN_OPTIONS,
  ...CONNECTION_OPTIONS,
  ...RESUME_OPTIONS,
  ...PACE_OPTIONS,
  undo: {
    flag: 'undo',
    kind: 'text',
    value: 'file',
    help: 'Keep what a replica held before each write in this new file (mode 0600); tablesync undo FILE brings it back',
  },
  allowDamaged: {
    flag: 'allow-damaged',
    kind: 'switch',
    only: 'undo',
    help: 'Undo the lines before the first one that is damaged or out of its place, and none from there on',
  },
  plan: {
    flag: 'plan',
    kind: 'text',
    value: 'file',
    help: 'Write nothing but this file (mode 0600): what would be written to the tables; tablesync apply FILE does it',
  },
  planItems: {
    flag: 'plan-items',
    kind: 'switch',
    help: 'Have the plan hold the items of both sides too, and not their digests alone',
  },
  report: {
    flag: 'report',
    kind: 'text',
    value: 'file',
    help: 'Write a line of JSON per difference to this file (mode 0600)',
    more: 'The lines stand between a header and a footer. A new file is readable by its owner alone. A file that was there is begun anew (except with `--resume`) and keeps its permissions, with a warning where others can read it.',
  },
} as const satisfies Record<string, Option>

export type OptionName = keyof typeof OPTIONS

/** What only the command line has: how to talk to whoever runs it. */
export const TALK = {
  json: {
    flag: 'json',
    kind: 'switch',
    help: 'Print the result as one JSON document on stdout',
    more: 'Nothing else goes to stdout.',
  },
  quiet: {
    flag: 'quiet',
    aliases: ['q'],
    kind: 'switch',
    help: 'Print nothing on stderr but errors',
    more: 'A question is printed too, where one is asked. Warnings of the AWS SDK and of Node.js are not. Cannot go with `--verbose`.',
  },
  yes: {
    flag: 'yes',
    aliases: ['y'],
    kind: 'switch',
    help: 'Do not ask before deletions, or before an undo',
  },
  verbose: {
    flag: 'verbose',
    aliases: ['v'],
    kind: 'switch',
    help: 'A line per difference, per action and per finished segment',
  },
} as const satisfies Record<string, Option>

export const asFlag: Spelling = (name) => {
  const option = (OPTIONS as Record<string, Option>)[name]
  return option === undefined ? name : `--${option.flag}`
}
