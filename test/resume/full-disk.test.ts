/**
 * A full disk ends a run with as much saved as possible, and the run resumes when there is space.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { CLI, runCli, tempFolder } from '../support/command/run-cli.ts'
import { argsOf, inOrder } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { t } from '../support/tap.ts'
import { oneInThree } from '../support/thorough.ts'
import { differencesIn } from '../support/told-lines.ts'

const ITEMS = 600

const engine = await startDynalite()
t.teardown(() => engine.stop())
for (const [what, kibibytes] of [
  ['the report', 24],
  ['the report or the journal', 12],
] as const) {
  t.test(
    `a run whose disk is full at ${what} resumes when there is space again`,
    oneInThree(),
    async (t) => {
      const master = await makeTable(engine.endpoint)
      const replica = await makeTable(engine.endpoint)
      const items = Array.from({ length: ITEMS }, (_, n): Item => ({ id: { S: `item-${n}` } }))
      await master.put(items)
      const folder = await tempFolder(t)
      const file = (name: string) => join(folder, name)
      const args = [
        ...argsOf(master, replica),
        ...['--write-missing', '--undo', file('undo.ndjson'), '--report', file('report.ndjson')],
        ...['--checkpoint', file('checkpoint'), '--checkpoint-interval', '0.1'],
        ...['--min-mismatch-age', '0', '--segments', '8', '--parallel', '1'],
      ]
      // No file may grow beyond this: the last line is cut off, as on a full disk.
      const limited = `trap '' XFSZ; ulimit -f ${kibibytes}; exec "$0" "$@"`
      const child = spawn('bash', ['-c', limited, process.execPath, CLI, ...args])
      const told = text(child.stderr)
      const [code] = await once(child, 'exit')
      t.equal(code, 3, await told)
      t.match(await told, /Cannot write|EFBIG/)
      t.match(await told, /to resume: tablesync .*--resume/)
      t.ok((await replica.all()).length < ITEMS)

      const resumed = await runCli([...args, '--resume'])
      t.equal(resumed.code, 0, resumed.stderr)
      t.strictSame(inOrder(await replica.all()), inOrder(await master.all()))
      const keys = (await differencesIn(file('report.ndjson'))).map(({ key }) =>
        JSON.stringify(key),
      )
      t.equal(new Set(keys).size, ITEMS)
      t.equal(keys.length, ITEMS, 'each line once')
      t.equal((await runCli(['undo', file('undo.ndjson'), '--workers', '1'])).code, 0)
      t.same(await replica.all(), [])
    },
  )
}

t.test('a journal that cannot be begun leaves no file that blocks the next try', async (t) => {
  const master = await makeTable(engine.endpoint)
  const replica = await makeTable(engine.endpoint)
  await master.put([{ id: { S: 'a' } }])
  const journal = join(await tempFolder(t), 'undo.ndjson')
  const args = [...argsOf(master, replica), '--write-missing', '--undo', journal]
  const limited = `trap '' XFSZ; ulimit -f 0; exec "$0" "$@"`
  const child = spawn('bash', ['-c', limited, process.execPath, CLI, ...args], { stdio: 'ignore' })
  t.equal((await once(child, 'exit'))[0], 2)
  t.same(await replica.all(), [])
  t.equal((await runCli(args)).code, 0)
  t.equal((await replica.all()).length, 1)
})
