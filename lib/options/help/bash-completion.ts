/** The script of `tablesync completion bash`. It does without the package bash-completion, and runs on bash 3. */
import {
  type CompletedFlag,
  completedFlags,
  FIRST_WORDS,
  OPTION_COMMANDS,
  SECOND_WORDS,
} from './completed-words.ts'

export function bashCompletion(): string {
  const flags = OPTION_COMMANDS.map((command) => [command, completedFlags(command)] as const)
  const first = FIRST_WORDS.map(([word]) => word).join(' ')
  return `# Completes tablesync in bash: source <(tablesync completion bash)

_tablesync() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}"
  local command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  # bash takes the equals sign of --flag=value for a word.
  if [[ $current == "=" ]]; then
    current=""
  elif [[ $before == "=" ]]; then
    before="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi

  case $before in
${cases(flags.flatMap(([, some]) => some))}  esac

  if ((COMP_CWORD == 1)) && [[ $current != -* ]]; then
    _tablesync_words "${first}"
    return
  fi
  case $command in
${Object.entries(SECOND_WORDS)
  .map(
    ([word, next]) =>
      `    ${word}) ((COMP_CWORD == 2)) && _tablesync_words "${next.join(' ')}" ;;\n`,
  )
  .join('')}${flags.map(([command, some]) => branchOf(command, some)).join('')}  esac
}

_tablesync_words() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$1" -- "$current")
}

_tablesync_files() {
  local file
  # Marks folders, and quotes what needs quotes.
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current")
}

complete -F _tablesync tablesync`
}

/** What follows a flag that takes a value, whatever the command. */
function cases(flags: readonly CompletedFlag[]): string {
  const actions = new Map<string, Set<string>>()
  for (const { value, spellings } of flags) {
    if (value.kind === 'none') continue
    const action =
      value.kind === 'words'
        ? `_tablesync_words "${value.words.join(' ')}"; return`
        : value.kind === 'file'
          ? '_tablesync_files; return'
          : 'return'
    actions.set(action, new Set([...(actions.get(action) ?? []), ...spellings]))
  }
  return [...actions]
    .map(([action, spellings]) => `    ${[...spellings].join(' | ')}) ${action} ;;\n`)
    .join('')
}

/** The comparison has no word of its own: it is what all other words mean, and comes last. */
function branchOf(command: string, flags: readonly CompletedFlag[]): string {
  const spellings = flags.flatMap((flag) => flag.spellings).join(' ')
  if (command === 'sync') return `    *) _tablesync_words "${spellings}" ;;\n`
  return `    ${command})
      if ((COMP_CWORD == 2)) && [[ $current != -* ]]; then
        _tablesync_files
      else
        _tablesync_words "${spellings}"
      fi
      ;;
`
}
