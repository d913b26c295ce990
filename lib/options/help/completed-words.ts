/** What can be completed, read from the table of options: the same for each shell. */
import { NAMED_COMMANDS, takes } from '../commands.ts'
import { spellingsOf } from '../flags.ts'
import { SECTIONS } from '../groups/sections.ts'
import { type Command, helpOf, type Option } from '../option.ts'
import { SHELLS, TOPICS } from './asked-page.ts'

/** What comes after a flag: nothing, a file, one of some words, or what nobody can guess. */
export type Value =
  | { readonly kind: 'none' | 'file' | 'free' }
  | { readonly kind: 'words'; readonly words: readonly string[] }

export interface CompletedFlag {
  /** With their dashes. */
  readonly spellings: readonly string[]
  readonly help: string
  readonly value: Value
  /** What the help calls the value. */
  readonly valueName: string
  readonly isRepeatable: boolean
}

/** The comparison last: it is what no other word means. */
export const OPTION_COMMANDS: readonly Command[] = [...NAMED_COMMANDS, 'sync']

/** Words that may come first, each with what it does. */
export const FIRST_WORDS: readonly (readonly [string, string])[] = [
  ['apply', 'Make the repairs that a plan lists'],
  ['undo', 'Take a repair back'],
  ['revert', 'Make a journal of what changed in an export, to take it back'],
  ['show', 'Print a report, a plan or a journal'],
  ['shard-plan', 'Divide a run among several machines'],
  ['shard', 'Do one shard of a planned run'],
  ['merge', 'Put together what the shards of a run have found'],
  ['fingerprint', 'Make or compare fingerprints of tables'],
  ['help', 'Explain a command or a topic'],
  ['completion', 'Print a script that completes flags and commands'],
]

/** Of the commands that take no options: what may follow them. */
export const SECOND_WORDS: { readonly [command: string]: readonly string[] } = {
  help: [...NAMED_COMMANDS, ...TOPICS],
  completion: SHELLS,
}

export function completedFlags(command: Command): CompletedFlag[] {
  return SECTIONS.flatMap(({ options }) => Object.values(options))
    .filter((option) => takes(command, option))
    .map((option) => ({
      spellings: spellingsOf(option),
      help: firstSentence(helpOf(option, command)),
      value: valueAfter(option),
      valueName: option.kind === 'switch' ? '' : option.value,
      isRepeatable: option.kind === 'texts',
    }))
}

function valueAfter(option: Option): Value {
  if (option.kind === 'switch') return { kind: 'none' }
  if (option.kind === 'choice') return { kind: 'words', words: option.choices }
  if ('offers' in option && option.offers !== undefined) {
    return { kind: 'words', words: option.offers }
  }
  return { kind: /^(file|module\.js)$/.test(option.value) ? 'file' : 'free' }
}

/** A menu has little room. */
const firstSentence = (help: string) => (help.split(/[.;] | \(default/)[0] ?? help).trim()
