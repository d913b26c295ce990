/** Whether a command line asks for something to read, and for what. The texts are loaded later. */
import { usageError } from '../../errors.ts'
import { isNamedCommand, NAMED_COMMANDS } from '../commands.ts'
import { nearest } from '../nearest.ts'
import type { Command } from '../option.ts'
import { shown } from '../values/quoted-value.ts'

export const TOPICS = [
  'compare',
  'repair',
  'safety',
  'plan',
  'resume',
  'shards',
  'sample',
  'many-tables',
  'until-in-sync',
  'masks',
  'pace',
  'credentials',
  'environment',
  'exit-codes',
  'completion',
] as const

export type Topic = (typeof TOPICS)[number]

export const SHELLS = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof SHELLS)[number]

export type Page =
  | { readonly kind: 'help'; readonly command: Command }
  | { readonly kind: 'topic'; readonly topic: Topic }
  | { readonly kind: 'completion'; readonly shell: Shell }
  /** For whoever has typed nothing but the name of the command. */
  | { readonly kind: 'welcome' }

/** The commands that a command line may begin with. */
export const COMMANDS = [...NAMED_COMMANDS, 'help', 'completion'] as const

/** @throws TablesyncError with code `USAGE` */
export function askedPage(argv: readonly string[]): Page | undefined {
  const [first = '', second] = argv
  if (first === 'help') return helpOn(second)
  if (argv.includes('--help') || argv.includes('-h')) {
    if (first === 'completion') return { kind: 'topic', topic: first }
    return { kind: 'help', command: isNamedCommand(first) ? first : 'sync' }
  }
  if (first === 'completion') return completionOf(second)
  return undefined
}

function helpOn(word: string | undefined): Page {
  if (word === undefined || word.startsWith('-') || word === 'sync' || word === 'help') {
    return { kind: 'help', command: 'sync' }
  }
  if (isNamedCommand(word)) return { kind: 'help', command: word }
  const topic = TOPICS.find((one) => one === word)
  if (topic !== undefined) return { kind: 'topic', topic }
  const words = [...NAMED_COMMANDS, ...TOPICS]
  const alike = nearest(word, words)
  throw usageError(
    `Expected \`tablesync help\` with a command or a topic, got ${shown(word)}`,
    `${alike === undefined ? '' : `Is \`tablesync help ${alike}\` meant? `}There are ${words.join(', ')}.`,
  )
}

function completionOf(word: string | undefined): Page {
  const shell = SHELLS.find((one) => one === word)
  if (shell !== undefined) return { kind: 'completion', shell }
  const alike = word === undefined ? undefined : nearest(word, SHELLS)
  throw usageError(
    `Expected \`tablesync completion\` with one of ${SHELLS.join(', ')}, got ${shown(word)}`,
    alike === undefined
      ? '`tablesync help completion` says where its output belongs.'
      : `Is \`tablesync completion ${alike}\` meant?`,
  )
}
