/** The page of flags, generated from the options. */
import { OPTIONS, TALK } from '../../lib/options/groups/all-options.ts'
import { CONNECTION_OPTIONS } from '../../lib/options/groups/connection-options.ts'
import { PACE_OPTIONS } from '../../lib/options/groups/pace-options.ts'
import { REPAIR_OPTIONS } from '../../lib/options/groups/repair-options.ts'
import { RESUME_OPTIONS } from '../../lib/options/groups/resume-options.ts'
import { SCAN_OPTIONS } from '../../lib/options/groups/scan-options.ts'
import type { Option } from '../../lib/options/option.ts'

const GROUPS = [
  ['Repair', 'repair.md', REPAIR_OPTIONS],
  ['What is compared, and how it is read', 'compare.md', SCAN_OPTIONS],
  ['Connections and credentials', 'credentials.md', CONNECTION_OPTIONS],
  ['Long runs', 'long-runs.md', RESUME_OPTIONS],
  ['Pace', 'pace.md', PACE_OPTIONS],
] as const

export function flagsPage(): string {
  const grouped = new Set<string>(GROUPS.flatMap(([, , options]) => Object.keys(options)))
  const others = Object.entries(OPTIONS).filter(([name]) => !grouped.has(name))
  const isTable = (name: string) => name === 'master' || name === 'replicas'
  const tables = others.filter(([name]) => isTable(name))
  const files = others.filter(([name]) => !isTable(name))
  return `# Flags

All flags of \`tablesync\`. Options of the library have the same names in camel case, and the same defaults. \`tablesync apply --help\` and \`tablesync undo --help\` list the flags that these commands take.

This page is made from the options themselves: \`TABLESYNC_TEST_RECORD=yes node dist/test/docs/flags.test.js\`.

## Tables

${tableOf(tables)}
${GROUPS.map(([title, page, options]) => `## ${title}\n\nSee [${page.replace('.md', '')}](${page}).\n\n${tableOf(Object.entries(options))}`).join('\n')}
## Files

See [plan, apply and undo](plan-apply-undo.md), and [results](results.md#json).

${tableOf(files)}
## Output

${tableOf([...Object.entries(TALK), ['help', HELP], ['version', VERSION]])}`
}

const HELP: Option = { flag: 'help', aliases: ['h'], kind: 'switch', help: 'Print the help' }
const VERSION: Option = {
  flag: 'version',
  aliases: ['V'],
  kind: 'switch',
  help: 'Print the version',
}

const tableOf = (options: readonly (readonly [string, Option])[]) =>
  `| flag | meaning | default |\n| --- | --- | --- |\n${options.map(([, option]) => rowOf(option)).join('')}`

function rowOf(option: Option): string {
  const dashed = (name: string) => (name.length === 1 ? `-${name}` : `--${name}`)
  const names = [option.flag, ...(option.aliases ?? [])].map((name) => `\`${dashed(name)}\``)
  const value = option.kind === 'switch' ? '' : ` \`<${option.value}>\``
  const only = option.only === undefined ? '' : ` Of \`tablesync ${option.only}\` alone.`
  const more = option.more === undefined ? '' : ` ${option.more}`
  const [, help = option.help, told = ''] =
    /^(.*?)(?: \(default: ([^()]*)\))?$/.exec(option.help) ?? []
  const given = 'default' in option && option.default !== undefined ? `${option.default}` : told
  const meaning = `${help}.${only}${more}`.replaceAll('|', '\\|').replaceAll('<', '&lt;')
  return `| ${names.join(', ')}${value.replaceAll('|', '\\|')} | ${meaning} | ${given} |\n`
}
