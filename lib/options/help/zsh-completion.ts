/** The script of `tablesync completion zsh`: to be sourced, or to be a file \`_tablesync\` in $fpath. */
import {
  type CompletedFlag,
  completedFlags,
  FIRST_WORDS,
  OPTION_COMMANDS,
  SECOND_WORDS,
} from './completed-words.ts'

export function zshCompletion(): string {
  const first = FIRST_WORDS.map(([word, what]) => `    '${word}:${escaped(what)}'\n`).join('')
  return `#compdef tablesync
# Completes tablesync in zsh: source <(tablesync completion zsh)

_tablesync() {
  local -a commands=(
${first}  )
  if ((CURRENT == 2)) && [[ $words[2] != -* ]]; then
    _describe command commands
    return
  fi
  case $words[2] in
${Object.entries(SECOND_WORDS)
  .map(([word, next]) => `    ${word}) ((CURRENT == 3)) && compadd -- ${next.join(' ')} ;;\n`)
  .join('')}${OPTION_COMMANDS.map(branchOf).join('')}  esac
}

# In $fpath this file is the function itself.
if [[ $funcstack[1] == _tablesync ]]; then
  _tablesync "$@"
else
  compdef _tablesync tablesync
fi`
}

function branchOf(command: (typeof OPTION_COMMANDS)[number]): string {
  const specs = completedFlags(command).flatMap(specsOf)
  const isFile = command !== 'sync'
  const lines = isFile ? [...specs, "'1:file:_files'"] : specs
  return `    ${isFile ? command : '*'})
${isFile ? '      shift words\n      ((CURRENT--))\n' : ''}      _arguments -s -S \\
        ${lines.join(' \\\n        ')}
      ;;
`
}

/** A name of a flag has its own line: \`--flag\` takes \`=\` too, \`-f\` does not. */
function specsOf({ spellings, help, value, valueName, isRepeatable }: CompletedFlag): string[] {
  const others = isRepeatable ? '*' : `(${spellings.join(' ')})`
  return spellings.map((spelling) => {
    const equals = value.kind !== 'none' && spelling.startsWith('--') ? '=' : ''
    const action =
      value.kind === 'words' ? `(${value.words.join(' ')})` : value.kind === 'file' ? '_files' : ' '
    const argument = value.kind === 'none' ? '' : `:${escaped(valueName)}:${action}`
    return `'${others}${spelling}${equals}[${escaped(help)}]${argument}'`
  })
}

const escaped = (text: string) => text.replace(/[[\]:\\]/g, '\\$&').replaceAll("'", "'\\''")
