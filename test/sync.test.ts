import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runSync } from 'tablesync'
import { startDynalite } from './support/tables/dynalite.ts'
import { makeTable } from './support/tables/tables.ts'
import { t } from './support/tap.ts'

const engine = await startDynalite()
t.teardown(() => engine.stop())

async function driftedPair(items: number) {
  const [master, replica] = [await makeTable(engine.endpoint), await makeTable(engine.endpoint)]
  await master.put(Array.from({ length: items }, (_, i) => ({ id: { S: `k${i}` } })))
  await replica.put([{ id: { S: 'extra' } }])
  const options = {
    master: master.label,
    replicas: [replica.label],
    endpoint: engine.endpoint,
    minMismatchAge: 0,
  }
  return { master, replica, options }
}

for (const listener of ['onProgress', 'onDifference'] as const) {
  t.test(`runSync ends the run and rejects with the error that ${listener} throws`, async (t) => {
    const { options } = await driftedPair(200)
    let calls = 0
    const fault = new Error('a fault of the caller')
    await t.rejects(
      runSync({
        ...options,
        [listener]: () => {
          calls++
          throw fault
        },
      }),
      fault,
    )
    t.equal(calls, 1, 'it is not called again')
  })
}

t.test('runSync waits for a slow onDifference, and reports every difference', async (t) => {
  const { options } = await driftedPair(500)
  let told = 0
  const { replicas } = await runSync({
    ...options,
    async onDifference() {
      await new Promise(setImmediate)
      told++
    },
  })
  t.equal(told, 501)
  t.match(replicas[options.replicas[0] as string], { missing: 500, extra: 1 })
})

t.test('events name replicas as the summary does', async (t) => {
  const { options } = await driftedPair(100)
  const named = new Set<string>()
  const { replicas } = await runSync({
    ...options,
    onProgress(event) {
      const names = 'tally' in event ? Object.keys(event.tally.replicas) : []
      for (const name of names) named.add(`${event.type} ${name}`)
    },
  })
  const [name] = Object.keys(replicas)
  t.same([...named].sort(), [`progress ${name}`, `segment-finished ${name}`])
})

t.test('runSync leaves no list of extras behind', async (t) => {
  // A folder for temporary files that nothing else uses.
  const folder = mkdtempSync(join(tmpdir(), 'tablesync-test-'))
  const usual = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  t.teardown(() => {
    if (usual === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = usual
    rmSync(folder, { recursive: true })
  })
  const { options } = await driftedPair(5)
  const { replicas } = await runSync({ ...options, deleteExtra: true })
  t.match(replicas, { [options.replicas[0] as string]: { deleted: 1 } })
  t.same(readdirSync(folder), [])
})

t.test('runSync stops when the disk of its report is full, and names the file', async (t) => {
  const { options } = await driftedPair(5000)
  const { outcome, errors } = await runSync({ ...options, report: '/dev/full' }).catch((error) => {
    return { outcome: 'refused', errors: [error] }
  })
  t.match(errors[0], { code: 'FILE_UNWRITABLE', message: /\/dev\/full/ })
  t.match(outcome, /incomplete|refused/)
})
