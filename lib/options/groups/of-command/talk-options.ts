/** Options that only the command line has: what it prints, and what it asks. */
import {
  ALL_FILE_COMMANDS,
  APPLY_AND_UNDO,
  APPLY_UNDO_AND_REVERT,
  type Group,
} from '../../option.ts'

export const TALK = {
  json: {
    flag: 'json',
    kind: 'switch',
    also: ALL_FILE_COMMANDS,
    help: 'Print the result as one JSON document on stdout',
    helpFor: { show: 'Print totals and lines as one JSON document on stdout' },
    more: 'Nothing else goes to stdout.',
  },
  quiet: {
    flag: 'quiet',
    aliases: ['q'],
    kind: 'switch',
    also: APPLY_UNDO_AND_REVERT,
    help: 'Print nothing on stderr but errors',
    more: 'Questions are printed too. Warnings of the AWS SDK and of Node.js are not. Cannot be combined with `--verbose`.',
  },
  progress: {
    flag: 'progress',
    kind: 'choice',
    value: 'how',
    choices: ['auto', 'plain', 'none'],
    default: 'auto',
    also: APPLY_AND_UNDO,
    help: 'How far the run is: auto (a block of lines on a terminal), plain (a line every 30 seconds) or none',
    more: 'Pipes, CI, `TERM=dumb` and `NO_COLOR` get plain lines.',
  },
  logFormat: {
    flag: 'log-format',
    kind: 'choice',
    value: 'format',
    choices: ['text', 'json'],
    default: 'text',
    also: APPLY_AND_UNDO,
    help: 'How the log on stderr is written: text, or json (each event is one line of JSON)',
  },
  logFile: {
    flag: 'log-file',
    kind: 'text',
    value: 'file',
    also: APPLY_AND_UNDO,
    help: 'Append the log to this file (mode 0600) instead of printing it on stderr',
    more: 'Questions still go to the terminal. Refused arguments are printed on stderr: the file is not open yet.',
  },
  yes: {
    flag: 'yes',
    aliases: ['y'],
    kind: 'switch',
    consents: true,
    also: APPLY_AND_UNDO,
    help: 'Do not ask before deletions, before a table is made, or before an undo',
    helpFor: {
      sync: 'Do not ask before deletions, or before a table is made',
      apply: 'Do not ask before deletions',
      undo: 'Do not ask before the undo',
    },
  },
  verbose: {
    flag: 'verbose',
    aliases: ['v'],
    kind: 'switch',
    also: APPLY_AND_UNDO,
    help: 'Print a line per difference, per action and per finished segment',
    helpFor: {
      apply: 'Print a line per difference of the plan, and what was done about it',
      undo: 'Print a line per item, and whether it was brought back',
    },
  },
} as const satisfies Group
