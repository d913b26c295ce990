/** Every command in the docs parses, and those on plain tables run. */

import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { chdir } from 'node:process'
import { parseArgv } from '../../lib/options/argv.ts'
import { writeExport } from '../revert/an-export.ts'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'
import { commandsIn, readPages } from './pages.ts'

// Files are named relative to the working folder: one page at a time.
t.jobs = 1

const pages = readPages().map((page) => ({ ...page, commands: commandsIn(page) }))

t.test('every command in the docs parses', async (t) => {
  t.ok(pages.flatMap(({ commands }) => commands).length > 12)
  for (const { file, commands } of pages) {
    for (const command of commands) {
      t.doesNotThrow(() => parseArgv(command, '0.0.0'), `${file}: ${command.join(' ')}`)
    }
  }
})

const order = (n: number, state = 'paid') => ({ id: { S: `order-${n}` }, state: { S: state } })
const orders = Array.from({ length: 40 }, (_, n) => order(n))

/** The file of options of docs/many-tables.md. */
const PAIRS = "pairs: [{ master: 'us-east-1:Orders*', replica: 'eu-west-1:Orders*' }]\n"

/** What the export has of the replica. */
const BAD_JOB = [{ keys: { id: order(1).id }, before: order(1), after: order(1, 'no') }]

for (const { file, commands } of pages) {
  // The others name an endpoint or a profile of their own, or print the help.
  const runs = commands.filter((words) => !/endpoint|profile|--help/.test(words.join(' ')))
  if (runs.length === 0) continue
  const turn = file === 'README.md' ? {} : oneOfMany()
  t.test(`the commands of ${file} run, one after the other`, turn, async (t) => {
    const [here, there] = [await startDynalite(), await startDynalite()]
    t.teardown(() => Promise.all([here.stop(), there.stop()]))
    let tableId = ''
    for (const [name, { endpoint }] of [
      ['Orders', here],
      ['OrdersCopy', here],
      ['Orders', there],
      ['OrdersCopy', there],
    ] as const) {
      const table = await makeTable(endpoint, { name })
      if (endpoint === there.endpoint && name === 'Orders') tableId = (await table.id()) ?? ''
      await table.put(endpoint === here.endpoint ? orders : [...orders.slice(1), order(1, 'no')])
    }
    const place = await tempFolder(t)
    chdir(place)
    await writeExport(t, { tableId, place, changes: BAD_JOB })
    // Files and folders that the user has made.
    await writeFile('keep.ndjson', '{"id":"order-1"}\n')
    await writeFile('masks.json', '{"rules":{"id":"keep","state":"digits"}}')
    await writeFile('mask.key', 'a key that nobody has to know')
    await writeFile('tables.yaml', PAIRS)
    await mkdir('undo')
    t.teardown(() => chdir(tmpdir()))
    for (const words of runs) {
      const places = ['--replica-endpoint', there.endpoint, '--workers', '1']
      const master = ['undo', 'revert'].includes(words[0] ?? '')
        ? []
        : ['--master-endpoint', here.endpoint]
      // They read files, and no table, or find in a file where the tables are.
      const isOfFiles = ['show', 'shard', 'merge'].includes(words[0] ?? '')
      const isOfOne = words[0] === 'fingerprint'
      const isOfTwo = isOfOne && words[1] === '--compare'
      const one = ['--endpoint', (words.includes('--like') ? there : here).endpoint]
      const tables = isOfFiles || isOfTwo ? [] : isOfOne ? one : [...master, ...places]
      const { code, stderr } = await runCli([...words, ...tables])
      t.ok(code === 0 || code === 1, `${words.join(' ')}: ${code}\n${stderr}`)
    }
  })
}
