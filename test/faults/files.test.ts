/** Files that cannot be written, from the start or once the run has begun. */
import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ALL_WRITES, askedOf, asks, counts, openScene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'

/** The folder of the list of extras, which the test may remove. */
async function temporaryFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  t.teardown(async () => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    await rm(folder, { recursive: true, force: true })
  })
  return folder
}

t.test('runSync reports an error where the report runs out of disk space', async (t) => {
  const { replica, run } = await openScene(t)
  const { summary } = await run({ ...ALL_WRITES, report: '/dev/full' })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [{ code: 'FILE_UNWRITABLE', message: /ENOSPC/, hint: String }])
  t.equal(
    summary.replicas[replica.label]?.written,
    askedOf(replica, 'PutItem') + askedOf(replica, 'UpdateItem'),
  )
})

t.test('runSync deletes nothing where the folder for the list of extras is missing', async (t) => {
  const { replica, run } = await openScene(t)
  await rm(await temporaryFolder(t), { recursive: true })
  const { summary, differences } = await run(ALL_WRITES)
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [{ code: 'FILE_UNWRITABLE', hint: /TMPDIR/ }])
  t.equal(askedOf(replica, 'DeleteItem'), 0)
  const { extra } = summary.replicas[replica.label] ?? {}
  t.equal(differences.filter(({ kind }) => kind === 'extra').length, extra, 'each is reported')
})

t.test('runSync deletes nothing where the list of extras has disappeared', async (t) => {
  const folder = await temporaryFolder(t)
  const { replica, run } = await openScene(t, { masterItems: [] })
  const { summary } = await run({
    ...ALL_WRITES,
    onProgress(event) {
      if (event.type === 'deleting') rmSync(folder, { recursive: true })
    },
  })
  t.equal(summary.outcome, 'incomplete')
  t.match(summary.errors, [{ code: 'FILE_UNWRITABLE' }])
  t.match(counts(summary, replica), { deleted: 0, deletionsWithheld: 58 })
})

t.test('runSync counts and reports what it does not delete after a failure', async (t) => {
  const { master, replica, run } = await openScene(t, { masterItems: [] })
  // The master answers the rechecks of the comparison, and fails once deleting has begun.
  master.stub.on((request) =>
    askedOf(replica, 'DeleteItem') > 0 && asks('BatchGetItem')(request)
      ? { error: 'InternalServerError', status: 500 }
      : undefined,
  )
  const { summary, differences } = await run({ ...ALL_WRITES, batchReadLimit: 10, maxRetries: 1 })
  t.equal(summary.outcome, 'incomplete')
  const { deleted = 0, deletionsWithheld = 0 } = summary.replicas[replica.label] ?? {}
  // The first deletion goes alone.
  t.equal(deleted, 1)
  t.equal(deletionsWithheld, 57)
  // The deleted one is reported again, since nobody knows whether the deletion held.
  t.equal(differences.length, 59)
  t.match(
    differences.filter(({ action }) => action === 'failed'),
    [{ kind: 'extra', error: /it was written, and not read back/ }],
  )
  t.equal(differences.filter(({ action }) => action === 'none').length, 57)
  t.equal(replica.table.all().length, 57)
})
