import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ALL_OPTIONS } from '../../lib/options/groups/all-options.ts'
import { t } from '../support/tap.ts'
import { flagsPage } from './flags-page.ts'
import { root } from './pages.ts'

const file = join(root, 'docs/flags.md')

t.test('docs/flags.md matches the options', async (t) => {
  const page = flagsPage()
  if (process.env['TABLESYNC_TEST_RECORD'] !== undefined) writeFileSync(file, page)
  t.equal(readFileSync(file, 'utf8'), page)
  for (const option of Object.values(ALL_OPTIONS)) {
    for (const name of [option.flag, ...(option.aliases ?? [])]) {
      const dashed = name.length === 1 ? `-${name}` : `--${name}`
      t.ok(page.includes(`\`${dashed}\``), dashed)
    }
  }
})
