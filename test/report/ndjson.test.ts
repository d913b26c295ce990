/** Reports: which run wrote them, that they are complete, and that a later leg continues them. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '../../lib/errors.ts'
import { LineReader } from '../../lib/files/lines/line-reader.ts'
import { tempFolder } from '../support/command/run-cli.ts'
import { BREAKS, linesIn } from '../support/rewritten.ts'
import { ALL_WRITES, asks, openScene } from '../support/scene.ts'
import { t } from '../support/tap.ts'

/** How a reader of a report checks that it is complete. */
function check(lines: readonly string[]) {
  const refuse = (what: string) => (number: number) => usageError(`line ${number} is ${what}`)
  const reader = new LineReader({ torn: refuse('torn'), broken: refuse('out of its place') })
  const values = lines.map((text) => reader.read({ text, isEnded: true }))
  return { values: values.filter((value) => value !== undefined), ...reader.end() }
}

t.test('a report names its run and how that ended, and its lines form a chain', async (t) => {
  const { run, master, replica } = await openScene(t)
  const report = join(await tempFolder(t), 'report.ndjson')
  const { differences } = await run({ ...ALL_WRITES, report })
  const lines = await linesIn(report)
  t.match(JSON.parse(lines[0] as string), {
    tablesync: 'report',
    version: 2,
    run: /^[0-9a-f]{8}$/,
    began: /Z$/,
    master: { label: master.label },
    tables: { [replica.label]: { keySchema: Object } },
    options: { deleteExtra: true, versionAttribute: null },
  })
  const { values, footer } = check(lines)
  t.same(values, differences)
  t.match(footer, {
    end: 'in-sync',
    ended: /Z$/,
    totals: { replicas: { [replica.label]: { written: 9, deleted: 3 } } },
  })
  for (const [what, broken] of Object.entries(BREAKS)) {
    const [damaged, number] = broken(lines, 5)
    t.throws(() => check(damaged), new Error(`line ${number} is out of its place`), what)
  }
})

t.test('a report stays one chain over all legs of a run, however they end', async (t) => {
  const { run, replica } = await openScene(t)
  const folder = await tempFolder(t)
  const [report, checkpoint] = [join(folder, 'report.ndjson'), join(folder, 'checkpoint')]
  const options = { ...ALL_WRITES, report, checkpoint, segments: 6, parallel: 1 }
  let writes = 0
  let ending = new AbortController()
  replica.stub.on((request) => {
    if (asks('PutItem', 'UpdateItem')(request) && ++writes % 3 === 0) ending.abort()
    return undefined
  })
  const ends: unknown[] = []
  for (let leg = 0; leg < 10 && ends.at(-1) !== 'in-sync'; leg++) {
    ending = new AbortController()
    await run({ ...options, ...(leg > 0 && { resume: true }), signal: ending.signal })
    const { footer } = check(await linesIn(report))
    ends.push((footer as { readonly end: string }).end)
  }
  t.equal(ends.at(-1), 'in-sync')
  t.ok(ends.includes('interrupted'), 'a leg that ends early says so')
  const keys = check(await linesIn(report)).values.map((one) => JSON.stringify(one))
  t.equal(keys.length, 12)
  t.equal(new Set(keys).size, 12)
})

t.test('a report overwrites another report, but no other file of tablesync', async (t) => {
  const { run } = await openScene(t)
  const folder = await tempFolder(t)
  const [report, plan] = [join(folder, 'report.ndjson'), join(folder, 'plan.ndjson')]
  await run({ report })
  await run({ report })
  t.equal(check(await linesIn(report)).values.length, 12)
  await run({ ...ALL_WRITES, plan })
  const before = await readFile(plan)
  await t.rejects(run({ report: plan }), { code: 'FILE_UNWRITABLE', message: /a repair plan/ })
  t.strictSame(await readFile(plan), before)
  await writeFile(plan, '{"crc":"00000000","tablesync":"undo-journal","version":1}\n')
  await t.rejects(run({ report: plan }), { code: 'FILE_UNWRITABLE', message: /an undo journal/ })
})
