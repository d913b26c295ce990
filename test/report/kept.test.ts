/** A refused run leaves the report of the previous run as it is. */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applySync, type RunOptions, undoSync } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { ALL_WRITES, openScene } from '../support/scene.ts'
import { t } from '../support/tap.ts'

for (const [what, refused, code] of [
  ['whose journal exists already', { undo: 'there' }, 'FILE_UNWRITABLE'],
  ['whose plan exists already', { plan: 'there' }, 'FILE_UNWRITABLE'],
  ['whose journal has no folder', { journal: 'nowhere' }, 'FILE_UNWRITABLE'],
  ['whose plan has no folder', { plan: 'nowhere' }, 'FILE_UNWRITABLE'],
  [
    'begun anew with an old journal',
    { restart: true, checkpoint: 'saved', journal: 'there' },
    'FILE_UNWRITABLE',
  ],
  ['whose capacity is unknown', { readCapacity: '50%' }, 'USAGE'],
] as const) {
  t.test(`a refused runSync, a run ${what}, leaves an earlier report as it was`, async (t) => {
    const folder = await tempFolder(t)
    const report = join(folder, 'report.ndjson')
    const there = join(folder, 'there')
    await writeFile(there, 'mine')
    const { run } = await openScene(t)
    await run({ report })
    const before = await readFile(report, 'utf8')
    const files: Record<string, string> = {
      there,
      nowhere: join(folder, 'no-folder', 'file'),
      saved: join(folder, 'saved'),
    }
    const file = Object.fromEntries(
      Object.entries(refused).map(([name, value]) => [name, files[String(value)] ?? value]),
    ) as Partial<RunOptions>
    await t.rejects(run({ ...ALL_WRITES, report, ...file }), { code })
    t.equal(await readFile(report, 'utf8'), before)
    t.equal(await readFile(there, 'utf8'), 'mine')
    t.notOk(existsSync(files['nowhere'] as string))
  })
}

t.test('refused calls of applySync and undoSync leave an earlier report as it was', async (t) => {
  const folder = await tempFolder(t)
  const report = join(folder, 'report.ndjson')
  const [plan, undo] = [join(folder, 'plan.ndjson'), join(folder, 'undo.ndjson')]
  const { run, master, replica } = await openScene(t)
  await run({ ...ALL_WRITES, plan })
  await run({ ...ALL_WRITES, undo, report })
  const before = await readFile(report, 'utf8')
  const reach = {
    masterEndpoint: master.stub.endpoint,
    replicaEndpoint: replica.stub.endpoint,
  }
  await t.rejects(applySync({ plan, undo, report, ...reach }), { code: 'FILE_UNWRITABLE' })
  t.equal(await readFile(report, 'utf8'), before)
  const endpoint = replica.stub.endpoint
  const paced = { journal: undo, report, endpoint, writeCapacity: '50%' }
  await t.rejects(undoSync(paced), { code: 'USAGE' })
  t.equal(await readFile(report, 'utf8'), before)
})
