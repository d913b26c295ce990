/** What `--help` prints, for each command. */
import { type Command, isFileCommand, takes } from './commands.ts'
import { spellingsOf } from './flags.ts'
import { ALL_OPTIONS } from './groups/all-options.ts'
import type { Option } from './option.ts'

const USAGE = {
  sync: 'tablesync --master <table> --replica <table> [flags]',
  apply: 'tablesync apply <plan> [flags]',
  undo: 'tablesync undo <journal> [flags]',
  show: 'tablesync show <report, plan or journal> [flags]',
}

/** Our own layout: cac's puts every spelling of an option into one column. */
export function helpText(first = ''): string {
  const command: Command = isFileCommand(first) ? first : 'sync'
  const others = Object.keys(USAGE).filter((name) => name !== command) as (keyof typeof USAGE)[]
  const lines = [
    `Usage: ${USAGE[command]}`,
    ...(command === 'sync' ? others.map((name) => `       ${USAGE[name]}`) : []),
    '',
  ]
  for (const option of Object.values(ALL_OPTIONS)) {
    if (!takes(command, option)) continue
    const value = option.kind === 'switch' ? '' : ` <${option.value}>`
    lines.push(`  ${spellingsOf(option).join(', ')}${value}`)
    lines.push(`      ${option.help}${defaultOf(option)}`)
  }
  lines.push('  -h, --help', '      Print this', '  -V, --version', '      Print the version', '')
  lines.push('Exit codes: 0 in sync, or all repaired; 1 differences remain; 2 usage or set-up;')
  lines.push('3 incomplete; 4 stopped by a safeguard; 129, 130 and 143 interrupted.')
  lines.push(
    command === 'sync'
      ? 'A comparison writes nothing without a --write or --delete flag; apply and undo write unless\n--dry-run is given. Each command has a --help of its own.'
      : 'It writes, unless --dry-run is given.',
  )
  return lines.join('\n')
}

function defaultOf(option: Option): string {
  return 'default' in option && option.default !== undefined ? ` (default: ${option.default})` : ''
}
