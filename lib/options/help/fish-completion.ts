/** The script of `tablesync completion fish`. */
import { FILE_COMMANDS } from '../commands.ts'
import {
  type CompletedFlag,
  completedFlags,
  FIRST_WORDS,
  OPTION_COMMANDS,
  SECOND_WORDS,
} from './completed-words.ts'

export function fishCompletion(): string {
  const first = FIRST_WORDS.map(
    ([word, what]) => `complete -c tablesync -n __tablesync_first -a ${word} -d ${quoted(what)}`,
  )
  const second = Object.entries(SECOND_WORDS).map(
    ([word, next]) =>
      `complete -c tablesync -n '__tablesync_second ${word}' -a ${quoted(next.join(' '))}`,
  )
  const files = Object.keys(FILE_COMMANDS).join(' ')
  return `# Completes tablesync in fish:
# tablesync completion fish > ~/.config/fish/completions/tablesync.fish

function __tablesync_first
    test (count (commandline -opc)) -eq 1
end

# Whether the word after one of these commands is being written.
function __tablesync_second
    set -l words (commandline -opc)
    test (count $words) -eq 2; and contains -- $words[2] $argv
end

# Whether the flags of one of these commands are taken; all else is a comparison.
function __tablesync_takes
    set -l word (commandline -opc)[2]
    contains -- "$word" ${FIRST_WORDS.map(([word]) => word).join(' ')}; or set word sync
    contains -- $word $argv
end

complete -c tablesync -f
${first.join('\n')}
${second.join('\n')}
complete -c tablesync -n '__tablesync_second ${files}' -F
${linesOfFlags().join('\n')}`
}

/** A flag that means the same to several commands has one line. */
function linesOfFlags(): string[] {
  const commands = new Map<string, string[]>()
  for (const command of OPTION_COMMANDS) {
    for (const flag of completedFlags(command)) {
      const rest = restOf(flag)
      commands.set(rest, [...(commands.get(rest) ?? []), command])
    }
  }
  return [...commands].map(
    ([rest, takers]) => `complete -c tablesync -n '__tablesync_takes ${takers.join(' ')}' ${rest}`,
  )
}

function restOf({ spellings, help, value }: CompletedFlag): string {
  const names = spellings.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  )
  const values =
    value.kind === 'words'
      ? [`-x -a ${quoted(value.words.join(' '))}`]
      : value.kind === 'file'
        ? ['-r -F']
        : value.kind === 'free'
          ? ['-x']
          : []
  return [...names, ...values, `-d ${quoted(help)}`].join(' ')
}

const quoted = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`
