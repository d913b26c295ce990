/** A plan that several legs of a run write. */
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applySync, type RunOptions } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { ALL_WRITES, openScene, type Scene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { interruptAt } from './interrupted-scene.ts'

async function openLegs(t: Test, name = 'plan') {
  const scene = await openScene(t)
  const folder = await tempFolder(t)
  const plan = join(folder, name)
  const leg = (more: Partial<RunOptions> = {}) =>
    scene.run({
      ...{ ...ALL_WRITES, plan, segments: 4, parallel: 1, checkpoint: join(folder, 'checkpoint') },
      ...{ checkpointInterval: 0.05, minMismatchAge: 0.1, ...more },
    })
  return { ...scene, plan, leg }
}

const entriesIn = async (plan: string) =>
  (await readFile(plan, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind !== undefined)
    .map(({ kind, key }) => `${kind} ${key.id.S}`)
    .sort()

t.test('a plan has each key once, wherever its run was left', async (t) => {
  const whole = await openLegs(t)
  await whole.leg()
  const expected = await entriesIn(whole.plan)
  t.equal(expected.length, 12)
  for (const n of [1, 3, 5, 7, 9]) {
    const legs = await openLegs(t)
    const first = await legs.leg({ signal: interruptAt(legs, n) })
    t.equal(first.summary.outcome, 'interrupted')
    // What a leg has written behind its last checkpoint, the next one finds again.
    await appendFile(legs.plan, '{"crc":"torn')
    const second = await legs.leg({ resume: true })
    t.equal(second.summary.outcome, 'different')
    t.strictSame(await entriesIn(legs.plan), expected, `left at request ${n}`)
    const applied = await applySync({ plan: legs.plan, ...TO_ALL, ...places(legs) })
    t.equal(applied.outcome, 'in-sync')
    t.strictSame(legs.replica.table.all(), legs.master.table.all())
  }
})

const TO_ALL = { allowShrunkenMaster: true, maxDeletes: '100%', minMismatchAge: 0 }

const places = ({ master, replica }: Pick<Scene, 'master' | 'replica'>) => ({
  masterEndpoint: master.stub.endpoint,
  replicaEndpoint: replica.stub.endpoint,
})

t.test('a plan that was changed between two legs is refused, and stays', async (t) => {
  const legs = await openLegs(t)
  await legs.leg({ signal: interruptAt(legs, 7) })
  const changed = (await readFile(legs.plan, 'utf8')).replace('"run"', '"ran"')
  await writeFile(legs.plan, changed)
  await t.rejects(legs.leg({ resume: true }), {
    code: 'USAGE',
    message: /of the repair plan .* differ from what the previous run wrote/,
  })
  t.equal(await readFile(legs.plan, 'utf8'), changed)
  await t.rejects(legs.leg({ resume: true, plan: `${legs.plan}2` }), {
    message: /`plan` to be as when the run began/,
  })
})
