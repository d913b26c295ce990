/** The page of flags, generated from the options. */
import { SECTIONS } from '../../lib/options/groups/sections.ts'
import type { Option } from '../../lib/options/option.ts'

const see = (pages: readonly string[]) =>
  pages.length === 0
    ? ''
    : `See ${pages.map((page) => `[${page.replaceAll('-', ' ')}](${page}.md)`).join(' and ')}.\n\n`

export function flagsPage(): string {
  const sections = SECTIONS.map(
    ({ task, pages, options }) => `## ${task}\n\n${see(pages)}${tableOf(Object.entries(options))}`,
  )
  return `# Flags

All flags of \`tablesync\`. Options of the library have these names in camel case, without the aliases, and the same defaults; \`--no-ttl-aware\` is \`ttlAware: false\` there. The flags under Output belong to the command alone. \`tablesync apply --help\`, \`tablesync undo --help\` and \`tablesync show --help\` list the flags that these commands take. Most flags can be given [in the environment](environment.md) too.

This page is made from the options themselves: \`TABLESYNC_TEST_RECORD=yes node dist/test/docs/flags.test.js\`.

${sections.join('\n')}`
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
