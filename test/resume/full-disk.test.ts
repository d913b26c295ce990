/**
 * A full disk ends a run with as much saved as possible, and the run resumes when there is space.
 */

import { join } from 'node:path'
import { runOnFullDisk } from '../support/command/full-disk.ts'
import { runCli, tempFolder } from '../support/command/run-cli.ts'
import { argsOf, inOrder } from '../support/command/scene.ts'
import { linesOf } from '../support/shard-run.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Item, makeTable } from '../support/tables/tables.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'
import { differencesIn } from '../support/told-lines.ts'

const ITEMS = 600

const engine = await startDynalite()
t.teardown(() => engine.stop())

/** A replica that has nothing of its master. */
async function allMissing(t: Test) {
  const master = await makeTable(engine.endpoint)
  const replica = await makeTable(engine.endpoint)
  const items = Array.from({ length: ITEMS }, (_, n): Item => ({ id: { S: `item-${n}` } }))
  await master.put(items)
  const folder = await tempFolder(t)
  return { master, replica, items, file: (name: string) => join(folder, name) }
}

for (const [what, kibibytes] of [
  ['the report', 24],
  ['the report or the journal', 12],
] as const) {
  t.test(
    `a run whose disk is full at ${what} resumes when there is space again`,
    oneOfMany(),
    async (t) => {
      const { master, replica, file } = await allMissing(t)
      const args = [
        ...argsOf(master, replica),
        ...['--write-missing', '--undo', file('undo.ndjson'), '--report', file('report.ndjson')],
        ...['--checkpoint', file('checkpoint'), '--checkpoint-interval', '0.1'],
        ...['--min-mismatch-age', '0', '--segments', '8', '--parallel', '1'],
      ]
      const { code, stderr } = await runOnFullDisk(kibibytes, args)
      t.equal(code, 3, stderr)
      t.match(stderr, /Cannot write|EFBIG/)
      t.match(stderr, /to resume: tablesync .*--resume/)
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

/** In seconds. Saved often, most lines are on the disk; else most of them are lost. */
const INTERVALS = [0.05, 60]
for (const [kind, interval] of INTERVALS.flatMap((of) => [
  ['plan', of] as const,
  ['report', of] as const,
])) {
  for (const kibibytes of [4, 12, 28, 44]) {
    const cutOff = `cut off at ${kibibytes} KiB, saved every ${interval} s,`
    t.test(`a ${kind} ${cutOff} has all lines once resumed`, oneOfMany(), async (t) => {
      const { master, replica, items, file } = await allMissing(t)
      const args = [
        ...[...argsOf(master, replica), '--write-missing', '--dry-run', `--${kind}`, file('lines')],
        ...['--checkpoint', file('checkpoint'), '--checkpoint-interval', String(interval)],
        ...['--min-mismatch-age', '0', '--segments', '8', '--parallel', '1'],
      ]
      const cut = await runOnFullDisk(kibibytes, args)
      t.equal(cut.code, 3, cut.stderr)
      const resumed = await runCli([...args, '--resume'])
      t.equal(resumed.code, 1, resumed.stderr)
      const keys = (await linesOf(file('lines'))).map((line) => JSON.parse(line).key.id.S)
      t.strictSame(keys.sort(), items.map(({ id }) => id?.S as string).sort())
    })
  }
}

t.test('a journal that cannot be begun leaves no file that blocks the next try', async (t) => {
  const master = await makeTable(engine.endpoint)
  const replica = await makeTable(engine.endpoint)
  await master.put([{ id: { S: 'a' } }])
  const journal = join(await tempFolder(t), 'undo.ndjson')
  const args = [...argsOf(master, replica), '--write-missing', '--undo', journal]
  t.equal((await runOnFullDisk(0, args)).code, 2)
  t.same(await replica.all(), [])
  t.equal((await runCli(args)).code, 0)
  t.equal((await replica.all()).length, 1)
})
