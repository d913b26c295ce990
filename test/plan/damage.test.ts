/** A damaged plan is refused with its line; a plan of the previous release is carried out. */
import { join } from 'node:path'
import { applySync } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { asOfVersion1, BREAKS, linesIn, writeLines } from '../support/rewritten.ts'
import { ALL_WRITES, item, openScene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'

/** Nine items to put: a header, a line for each of them, and a footer. */
async function planned(t: Test) {
  const scene = await openScene(t, {
    masterItems: Array.from({ length: 9 }, (_, n) => item(n)),
    replicaItems: [],
  })
  const plan = join(await tempFolder(t), 'plan.ndjson')
  await scene.run({ ...ALL_WRITES, plan })
  const held = () => scene.replica.table.all().length
  return { ...scene, plan, held, lines: await linesIn(plan) }
}

const applied = (plan: string) => applySync({ plan, minMismatchAge: 0, workers: 1 })

t.test('applySync refuses a plan with a line missing, doubled or moved', async (t) => {
  const { plan, lines, held } = await planned(t)
  for (const [what, broken] of Object.entries(BREAKS)) {
    for (const at of [1, 4, 8]) {
      const [damaged, number] = broken(lines, at)
      await writeLines(plan, damaged)
      const message = new RegExp(`missing, doubled or moved at line ${number} of `)
      await t.rejects(applied(plan), { code: 'USAGE', message }, what)
    }
  }
  t.equal(held(), 0, 'nothing was done')
})

t.test('applySync refuses a line of another plan', async (t) => {
  const { plan, lines, run, held } = await planned(t)
  const other = `${plan}.other`
  await run({ ...ALL_WRITES, plan: other })
  const theirs = await linesIn(other)
  await writeLines(plan, lines.with(4, theirs[4] as string))
  await t.rejects(applied(plan), { code: 'USAGE', message: /line 5 of/ })
  t.equal(held(), 0)
})

t.test('applySync carries out a plan of the previous release', async (t) => {
  const { plan, held } = await planned(t)
  await asOfVersion1(plan)
  t.equal((await applied(plan)).outcome, 'in-sync')
  t.equal(held(), 9)
})

t.test('a plan says which run wrote it, and how that run ended', async (t) => {
  const { lines, master, replica } = await planned(t)
  const [header, ...entries] = lines.map((line) => JSON.parse(line))
  t.match(header, {
    tablesync: 'repair-plan',
    version: 2,
    run: /^[0-9a-f]{8}$/,
    began: /^\d{4}-\d\d-\d\dT.*Z$/,
    master: { label: master.label },
    tables: { [replica.label]: { keySchema: Object } },
    options: { writeMissing: true, ignore: [], quiesced: false },
    rules: { ignore: [], ttlAware: true, newerWins: false },
  })
  t.match(entries.pop(), {
    end: 'different',
    ended: /Z$/,
    entries: 9,
    totals: { master: { scanned: 9 }, replicas: { [replica.label]: { missing: 9, written: 0 } } },
  })
})
