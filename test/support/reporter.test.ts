/** What the reporter of the tests prints about a file that ended without a word to its parent. */
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tempFolder } from './command/run-cli.ts'
import { t } from './tap.ts'

const REPORTER = fileURLToPath(new URL('reporter.js', import.meta.url))

t.test('a file that aborts: the report ends with its standard error', async (t) => {
  const file = join(await tempFolder(t), 'aborts.test.js')
  await writeFile(file, "console.error('said before'); process.abort()")
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { stdout } = spawnSync(process.execPath, ['--test', `--test-reporter=${REPORTER}`, file], {
    env,
    encoding: 'utf8',
  })
  const ending = stdout.slice(stdout.indexOf('# failed:'))
  t.match(ending, `#   ${file}: ${file}`)
  t.match(ending, /^# the end of the standard error of .*aborts\.test\.js:\n# {3}said before$/m)
  t.match(ending, /^# .*Native stack trace/m)
})
