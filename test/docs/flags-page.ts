/** The page of flags, generated from the options. */
import { CONNECTION_OPTIONS } from '../../lib/options/groups/connection-options.ts'
import { CREDENTIAL_OPTIONS } from '../../lib/options/groups/credential-options.ts'
import { FILE_OPTIONS } from '../../lib/options/groups/file-options.ts'
import { KEY_OPTIONS } from '../../lib/options/groups/key-options.ts'
import { PACE_OPTIONS } from '../../lib/options/groups/pace-options.ts'
import { RECHECK_OPTIONS } from '../../lib/options/groups/recheck-options.ts'
import { REPAIR_OPTIONS } from '../../lib/options/groups/repair-options.ts'
import { RESUME_OPTIONS } from '../../lib/options/groups/resume-options.ts'
import { SAFEGUARD_OPTIONS } from '../../lib/options/groups/safeguard-options.ts'
import { SCAN_OPTIONS } from '../../lib/options/groups/scan-options.ts'
import { SELECTION_OPTIONS } from '../../lib/options/groups/selection-options.ts'
import { ENDPOINT_OPTIONS, TABLE_OPTIONS } from '../../lib/options/groups/table-options.ts'
import { TALK } from '../../lib/options/groups/talk-options.ts'
import type { Option } from '../../lib/options/option.ts'

const see = (...pages: string[]) =>
  `See ${pages.map((page) => `[${page.replaceAll('-', ' ')}](${page}.md)`).join(' and ')}.\n\n`

const HELP_AND_VERSION = (): [string, Option][] => [
  ['help', HELP],
  ['version', VERSION],
]

const SECTIONS: readonly (readonly [string, string, Readonly<Record<string, Option>>])[] = [
  ['Tables', see('compare'), { ...TABLE_OPTIONS, ...ENDPOINT_OPTIONS }],
  ['Repair', see('repair', 'hooks'), REPAIR_OPTIONS],
  ['Safeguards', see('repair'), SAFEGUARD_OPTIONS],
  ['When a mismatch is a difference', see('live-tables'), RECHECK_OPTIONS],
  ['Files', see('plan-apply-undo', 'results', 'page'), FILE_OPTIONS],
  [
    'Single keys, and lines of a file',
    see('differences', 'plan-apply-undo'),
    { ...KEY_OPTIONS, ...SELECTION_OPTIONS },
  ],
  ['What is compared, and how it is read', see('compare'), SCAN_OPTIONS],
  ['Credentials', see('credentials'), CREDENTIAL_OPTIONS],
  ['Requests', see('long-runs'), CONNECTION_OPTIONS],
  ['Long runs', see('long-runs'), RESUME_OPTIONS],
  ['Pace', see('pace'), PACE_OPTIONS],
]

export function flagsPage(): string {
  const sections = SECTIONS.map(
    ([title, pages, options]) => `## ${title}\n\n${pages}${tableOf(Object.entries(options))}`,
  )
  return `# Flags

All flags of \`tablesync\`. Options of the library have these names in camel case, without the aliases, and the same defaults; \`--no-ttl-aware\` is \`ttlAware: false\` there. The flags under Output belong to the command alone. \`tablesync apply --help\`, \`tablesync undo --help\` and \`tablesync show --help\` list the flags that these commands take.

This page is made from the options themselves: \`TABLESYNC_TEST_RECORD=yes node dist/test/docs/flags.test.js\`.

${sections.join('\n')}
## Output

${tableOf([...Object.entries(TALK), ...HELP_AND_VERSION()])}`
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
  const only =
    option.only === undefined
      ? ''
      : ` For \`tablesync ${option.only.join('` and `tablesync ')}\` only.`
  const more = option.more === undefined ? '' : ` ${option.more}`
  const [, help = option.help, told = ''] =
    /^(.*?)(?: \(default: ([^()]*)\))?$/.exec(option.help) ?? []
  const given = 'default' in option && option.default !== undefined ? `${option.default}` : told
  const meaning = `${help}.${only}${more}`.replaceAll('|', '\\|').replaceAll('<', '&lt;')
  return `| ${names.join(', ')}${value.replaceAll('|', '\\|')} | ${meaning} | ${given} |\n`
}
