/** `confirm` is called before deletions, once their number is known. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applySync, type Question, undoSync } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import {
  ALL_WRITES,
  always,
  askedOf,
  asks,
  openScene,
  type Party,
  putsOf,
  REPAIRED,
  REPLICA_ITEMS,
} from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

const DELETES = { ...ALL_WRITES, maxDeletes: '100%' }

/** The questions, without the facts about the table. */
const told = (questions: readonly Question[]) => questions.map(({ table: _, ...rest }) => rest)

/** Answers each question, and records it with the number of writes by then. */
function asker(answer: unknown, ...parties: readonly Party[]) {
  const questions: Question[] = []
  const writtenBy: number[] = []
  return {
    questions,
    writtenBy,
    async confirm(question: Question) {
      questions.push(question)
      for (const party of parties) {
        writtenBy.push(putsOf(party), askedOf(party, 'UpdateItem'), askedOf(party, 'DeleteItem'))
      }
      return answer as boolean
    },
  }
}

t.test(
  'runSync asks before deletions, after all other writes, and goes on after yes',
  async (t) => {
    const { replica, run } = await openScene(t)
    const asked = asker(true, replica)
    const { summary, events } = await run({ ...DELETES, confirm: asked.confirm })
    const question = { about: 'deletions', replica: replica.label, deletions: 3, items: 58 }
    t.strictSame(told(asked.questions), [question])
    t.match(asked.questions, [{ table: { ref: { name: 'Replica' }, facts: { keySchema: [{}] } } }])
    t.strictSame(asked.writtenBy, [5, 4, 0])
    t.match(summary.replicas[replica.label], REPAIRED)
    t.match(
      events.find(({ type }) => type === 'plan'),
      { asksBeforeDeletions: true },
    )
  },
)

for (const answer of [false, undefined, 'yes', 1]) {
  t.test(
    `runSync deletes nothing where the answer is ${JSON.stringify(answer)}`,
    oneOfMany(),
    async (t) => {
      const { replica, run } = await openScene(t)
      const { confirm } = asker(answer)
      const { summary } = await run({ ...DELETES, confirm })
      t.equal(summary.outcome, 'stopped')
      t.match(summary.stopped, {
        rail: 'confirmation',
        message: `the deletion of 3 of 58 items of ${replica.label} was not confirmed`,
      })
      t.match(summary.replicas[replica.label], { written: 9, deleted: 0, deletionsWithheld: 3 })
      t.equal(askedOf(replica, 'DeleteItem'), 0)
    },
  )
}

t.test('runSync rejects with the error that confirm throws, and deletes nothing', async (t) => {
  const { replica, run } = await openScene(t)
  const confirm = () => Promise.reject(new Error('gone home'))
  await t.rejects(run({ ...DELETES, confirm }), { message: 'gone home' })
  t.equal(askedOf(replica, 'DeleteItem'), 0)
})

t.test('runSync does not wait for an answer once its signal aborts', async (t) => {
  const { replica, run } = await openScene(t)
  const ending = new AbortController()
  const confirm = () => {
    ending.abort()
    return new Promise<boolean>(() => {})
  }
  const { summary } = await run({ ...DELETES, confirm, signal: ending.signal })
  t.equal(summary.outcome, 'interrupted')
  t.equal(askedOf(replica, 'DeleteItem'), 0)
})

t.test('runSync does not ask where nothing is going to be deleted', async (t) => {
  const { questions, confirm } = asker(true)
  const plan = join(await tempFolder(t), 'plan')
  for (const options of [{ deleteExtra: false }, { dryRun: true }, { plan }, { maxDeletes: 2 }]) {
    const { run } = await openScene(t)
    await run({ ...DELETES, ...options, confirm })
  }
  const failing = await openScene(t)
  failing.replica.stub.on(always({ error: 'ValidationException' }, asks('PutItem')))
  const { summary } = await failing.run({ ...DELETES, confirm })
  t.equal(summary.outcome, 'incomplete')
  const { master, run } = await openScene(t, { replicaItems: [] })
  t.equal((await run({ ...DELETES, confirm })).summary.outcome, 'in-sync')
  t.ok(master)
  t.strictSame(questions, [])
})

t.test('runSync asks about all replicas before it deletes on any', async (t) => {
  const { replica, other, run } = await openScene(t, { replicas: 2 })
  const asked = asker(true, replica, other)
  const { summary } = await run({ ...DELETES, confirm: asked.confirm })
  t.equal(summary.outcome, 'in-sync')
  t.strictSame(
    asked.questions.map((question) => question.replica),
    [replica.label, other.label],
  )
  t.strictSame(asked.writtenBy, [5, 4, 0, 5, 4, 0, 5, 4, 0, 5, 4, 0])
})

t.test('the checkpoint is saved before the question, and a later leg asks again', async (t) => {
  const { replica, run } = await openScene(t)
  const checkpoint = join(await tempFolder(t), 'checkpoint')
  let saved = ''
  const confirm = async () => {
    saved = await readFile(checkpoint, 'utf8')
    t.match(await readFile(`${checkpoint}.lock`, 'utf8'), `"pid":${process.pid}`)
    return false
  }
  const first = await run({ ...DELETES, checkpoint, confirm })
  t.equal(first.summary.outcome, 'stopped')
  t.match(saved, /"written":5[^\n]*|"written":9/)
  const again = asker(true, replica)
  const second = await run({ ...DELETES, checkpoint, resume: true, confirm: again.confirm })
  t.match(second.summary.replicas[replica.label], REPAIRED)
  const question = { about: 'deletions', replica: replica.label, deletions: 3, items: 58 }
  t.strictSame(told(again.questions), [question])
})

t.test('applySync and undoSync ask with their own numbers', async (t) => {
  const { replica, master, run } = await openScene(t)
  const folder = await tempFolder(t)
  const [plan, journal] = [join(folder, 'plan'), join(folder, 'journal')]
  await run({ ...DELETES, plan })
  const applying = asker(true, replica)
  const common = { maxRetries: 2, retryDelayBase: 1, workers: 1 }
  const applied = await applySync({
    ...{ ...common, plan, undo: journal, minMismatchAge: 0, maxDeletes: '100%' },
    confirm: applying.confirm,
  })
  t.equal(applied.outcome, 'in-sync')
  const deletions = { about: 'deletions', replica: replica.label, deletions: 3, items: 58 }
  t.strictSame(told(applying.questions), [deletions])
  t.strictSame(applying.writtenBy, [5, 4, 0])

  const refusing = asker(false)
  const refused = await undoSync({ ...common, journal, confirm: refusing.confirm })
  t.match(refused, { outcome: 'stopped', stopped: { rail: 'confirmation' } })
  t.strictSame(told(refusing.questions), [
    { about: 'undo', replica: replica.label, deletions: 5, restores: 7 },
  ])
  t.strictSame(replica.table.all(), master.table.all(), 'nothing was undone')
  const undone = await undoSync({ ...common, journal, confirm: asker(true).confirm })
  t.equal(undone.outcome, 'in-sync')
  t.equal(replica.table.all().length, REPLICA_ITEMS.length)
})
