/** Capacity accounting: every unit that a table has reported is counted, once. */
import { join } from 'node:path'
import type { Summary } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { ALL_WRITES, asks, item, openScene, type Party } from '../support/scene.ts'
import type { Body } from '../support/tables/stub-terms.ts'
import { t } from '../support/tap.ts'

const items = (count: number, from = 0) => Array.from({ length: count }, (_, n) => item(from + n))

/** Adds up the units that a stub reports, read and written. */
function meter({ stub, table }: Party) {
  const used = { read: 0, written: 0 }
  stub.on(({ operation }) => {
    if (operation.startsWith('Describe')) return undefined
    const kind = operation === 'Scan' || operation === 'BatchGetItem' ? 'read' : 'written'
    return {
      rewrite: (answer) => {
        const told = answer['ConsumedCapacity'] as Body | readonly Body[]
        for (const { CapacityUnits } of Array.isArray(told) ? told : [told as Body]) {
          used[kind] += Number(CapacityUnits)
        }
        return answer
      },
    }
  })
  return { used, name: table.name }
}

const replicaOf = (summary: Summary, { label }: Party) => summary.replicas[label]

for (const strategy of ['march', 'lookup'] as const) {
  for (const writes of [{}, ALL_WRITES]) {
    const how = 'writeMissing' in writes ? 'a repair' : 'a dry run'
    t.test(`the units of ${how} by ${strategy} include every request`, async (t) => {
      const scene = await openScene(t)
      const [master, replica] = [meter(scene.master), meter(scene.replica)]
      const { summary } = await scene.run({ ...writes, strategy })
      t.equal(summary.master.readUnits, master.used.read)
      const { readUnits, writeUnits } = replicaOf(summary, scene.replica) ?? {}
      t.strictSame({ read: readUnits, written: writeUnits }, replica.used)
    })
  }
}

t.test('the units of a run that a safeguard stops at the start include its reads', async (t) => {
  const scene = await openScene(t)
  scene.replica.table.described = { StreamSpecification: { StreamEnabled: true } }
  const [master, replica] = [meter(scene.master), meter(scene.replica)]
  const { summary } = await scene.run({ writeMissing: true })
  t.equal(summary.outcome, 'stopped')
  t.ok(master.used.read > 0)
  t.equal(summary.master.readUnits, master.used.read)
  t.equal(replicaOf(summary, scene.replica)?.readUnits, replica.used.read)
})

t.test('the units of a run that was interrupted twice include all its legs', async (t) => {
  const scene = await openScene(t, { masterItems: items(400), replicaItems: [] })
  const [master, replica] = [meter(scene.master), meter(scene.replica)]
  const checkpoint = join(await tempFolder(t), 'run.checkpoint')
  const leg = async (most: number, resume: boolean) => {
    const ending = new AbortController()
    let puts = 0
    scene.replica.stub.on((request) => {
      if (asks('PutItem')(request) && ++puts === most) ending.abort()
      return undefined
    })
    const options = { checkpoint, resume, scanLimit: 40, segments: 4, parallel: 2 }
    return scene.run({ writeMissing: true, ...options, signal: ending.signal })
  }
  await leg(30, false)
  await leg(90, true)
  const { summary } = await leg(Number.POSITIVE_INFINITY, true)
  t.equal(summary.outcome, 'in-sync')
  t.equal(replicaOf(summary, scene.replica)?.written, 400)
  t.equal(summary.master.readUnits, master.used.read)
  const { readUnits, writeUnits } = replicaOf(summary, scene.replica) ?? {}
  t.strictSame({ read: readUnits, written: writeUnits }, replica.used)
})
