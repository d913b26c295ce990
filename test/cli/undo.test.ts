/** `tablesync undo`: what the command does with a journal, and how it ends. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { answered } from '../support/command/answering.ts'
import { CLI, runCli, runForSummary, tempFolder } from '../support/command/run-cli.ts'
import { argsOf, inOrder, makeScene, REPLICA_ITEMS, replicaOf } from '../support/command/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany, skipLong } from '../support/thorough.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())
t.jobs = 2

const WRITES = ['--write-missing', '--write-differing', '--delete-extra']

async function repaired(t: Test, name = 'undo.ndjson') {
  const scene = await makeScene(engine.endpoint)
  const journal = join(await tempFolder(t), name)
  const { code } = await runCli([...scene.args, ...WRITES, '--undo', journal])
  t.equal(code, 0)
  t.strictSame(inOrder(await scene.replica.all()), inOrder(await scene.master.all()))
  return { ...scene, journal }
}

for (const name of ['undo.ndjson', 'undo.ndjson.gz']) {
  t.test(`tablesync undo restores the replica from ${name}`, oneOfMany(), async (t) => {
    const { replica, journal } = await repaired(t, name)
    t.equal((await stat(journal)).mode & 0o777, 0o600)
    const { code, summary, stderr } = await runForSummary(['undo', journal, '--workers', '1'])
    t.equal(code, 0, stderr)
    t.match(replicaOf(summary, replica), { written: 10, deleted: 3, conflicts: 0 })
    t.strictSame(inOrder(await replica.all()), inOrder(REPLICA_ITEMS.untouched))
  })
}

t.test('tablesync undo --dry-run says what it would do, and writes nothing', async (t) => {
  const { master, replica, journal } = await repaired(t)
  const { code, stderr } = await runCli(['undo', journal, '--dry-run', '--workers', '1'])
  t.equal(code, 1)
  t.strictSame(inOrder(await replica.all()), inOrder(await master.all()))
  t.match(stderr, /: 13 to undo[\s\S]*Nothing was undone: a dry run/)
  t.match(stderr, `at ${engine.endpoint} from the journal`)
})

t.test('tablesync undo exits with 2 and the reason if it cannot begin', async (t) => {
  const { journal, replica, master } = await repaired(t)
  for (const [args, told] of [
    [['undo'], /followed by the journal, got nothing/],
    [['undo', `${journal}.no`], /Cannot read .*ENOENT/],
    [['undo', CLI], /Expected .* to be an undo journal/],
    [['undo', journal, '--write-missing'], /got `--write-missing`/],
  ] as const) {
    const { code, stdout, stderr } = await runCli(args)
    t.equal(code, 2, stderr)
    t.equal(stdout, '')
    t.match(stderr, told)
  }
  t.strictSame(inOrder(await replica.all()), inOrder(await master.all()))
})

t.test('tablesync undo asks for confirmation on a terminal', async (t) => {
  const { journal, replica, master } = await repaired(t)
  const { told, code } = await answered(['undo', journal], { answer: 'n' })
  t.equal(code, 4)
  t.match(told, 'Undo the repair of')
  t.match(told, /: put 10 items back, and delete 3\? \[y\/N\]/)
  t.strictSame(inOrder(await replica.all()), inOrder(await master.all()))
})

t.test(
  'a repair stops where its journal cannot grow, and can be undone up to there',
  { skip: skipLong },
  async (t) => {
    const master = await makeTable(engine.endpoint)
    const replica = await makeTable(engine.endpoint)
    const items = Array.from({ length: 300 }, (_, n): Item => ({ id: { S: `item-${n}` } }))
    await master.put(items)
    const journal = join(await tempFolder(t), 'undo.ndjson')
    const args = [...argsOf(master, replica), '--write-missing', '--undo', journal]
    // No file may grow beyond 16 KiB: the last line is cut off, as on a full disk.
    const limited = `trap '' XFSZ; ulimit -f 16; exec "$0" "$@"`
    const child = spawn('bash', [
      '-c',
      limited,
      process.execPath,
      CLI,
      ...args,
      '--min-mismatch-age',
      '0',
    ])
    const told = text(child.stderr)
    const [code] = await once(child, 'exit')
    t.equal(code, 3, await told)
    t.match(await told, /Cannot write the undo journal/)
    t.equal((await stat(journal)).size, 16_384)
    const journaled = (await readFile(journal, 'utf8')).split('\n').length - 2
    const written = (await replica.all()).length
    t.ok(written > 0 && written <= journaled, `${written} of ${journaled}`)
    t.equal((await runCli(['undo', journal, '--workers', '1'])).code, 0)
    t.same(await replica.all(), [])
  },
)
