import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { takes } from '../../lib/options/commands.ts'
import { spellingsOf } from '../../lib/options/flags.ts'
import { ALL_OPTIONS } from '../../lib/options/groups/all-options.ts'
import { COMMAND_PAGES } from '../../lib/options/help/command-pages.ts'
import type { Command } from '../../lib/options/option.ts'
import { t } from '../support/tap.ts'
import { manPage, pageNameOf } from './man-page.ts'
import { root } from './pages.ts'

const COMMANDS = Object.keys(COMMAND_PAGES) as Command[]
const hasMandoc = spawnSync('mandoc', ['-Tascii', '/dev/null']).error === undefined
const { man } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { man: string[] }

for (const command of COMMANDS) {
  const name = `docs/man/${pageNameOf(command)}.1`
  const file = join(root, name)

  t.test(`${name} matches the options`, async (t) => {
    const page = manPage(command)
    if (process.env['TABLESYNC_TEST_RECORD'] !== undefined) {
      mkdirSync(join(root, 'docs/man'), { recursive: true })
      writeFileSync(file, page)
    }
    t.equal(readFileSync(file, 'utf8'), page)
    const lines = [...page.replaceAll('\\-', '-').matchAll(/^\\fB(-.*)\\fR$/gm)]
    const names = lines.flatMap(([, line = '']) => line.replace(/ <.*/, '').split(', '))
    const taken = Object.values(ALL_OPTIONS).filter((option) => takes(command, option))
    const expected = [...taken.flatMap(spellingsOf), '--help', '-h', '--version', '-V']
    t.same(names.sort(), expected.sort())
  })

  t.test(`npm installs ${name}`, async (t) => {
    t.ok(man.includes(name))
  })

  const skip = hasMandoc ? false : 'mandoc is not installed'
  t.test(`mandoc accepts ${name}`, { skip }, async (t) => {
    const { status, stdout } = spawnSync('mandoc', ['-Tlint', '-Wwarning', file])
    t.equal(String(stdout), '')
    t.equal(status, 0)
  })
}
