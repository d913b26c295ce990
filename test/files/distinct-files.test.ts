/** No two outputs share a file under any name; an existing file stays as private as it was. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, link, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { RunEvent } from 'tablesync'
import { refuseSharedFiles } from '../../lib/files/distinct-files.ts'
import { tempFolder } from '../support/command/run-cli.ts'
import { linesIn } from '../support/rewritten.ts'
import { ALL_WRITES, openScene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'

async function folderOf(t: Test) {
  const folder = await tempFolder(t)
  return (name: string) => join(folder, name)
}

const SAME = { code: 'USAGE', message: /`one` and `two` to be different files/ }
const TAKEN = {
  code: 'USAGE',
  message: /`report` .* has a name that `checkpoint` keeps for itself/,
}

t.test('a link to the future place of another output counts as that output', async (t) => {
  const file = await folderOf(t)
  await symlink(file('later'), file('dangling'))
  await symlink('dangling', file('twice'))
  await mkdir(file('folder'))
  await symlink('../later', join(file('folder'), 'relative'))
  await symlink('folder', file('folder-link'))
  for (const name of ['dangling', 'twice', 'folder/relative', 'folder-link/relative']) {
    const files = { one: file('later'), two: file(name) }
    await t.rejects(refuseSharedFiles({ files }), SAME, name)
    await refuseSharedFiles({ files: { ...files, two: file(`${name}-not`) } })
  }
  await symlink(file('ring'), file('ring'))
  await refuseSharedFiles({ files: { one: file('later'), two: file('ring') } })
})

t.test('a file with two names is one file', async (t) => {
  const file = await folderOf(t)
  await writeFile(file('here'), '')
  await link(file('here'), file('there'))
  await t.rejects(refuseSharedFiles({ files: { one: file('here'), two: file('there') } }), SAME)
})

t.test('no output may have a name that a checkpoint keeps for its own files', async (t) => {
  const file = await folderOf(t)
  await symlink(file('cp.lock'), file('dangling'))
  const refuse = (report: string, checkpoint = 'cp') =>
    refuseSharedFiles({
      files: { report: file(report), checkpoint: file(checkpoint) },
      checkpoints: ['checkpoint'],
    })
  const taken = ['lock', 'lock.takeover', 'lock.1a2b', 'next', 'writes.1', 'extras.12']
  for (const name of taken.map((end) => `cp.${end}`)) await t.rejects(refuse(name), TAKEN, name)
  await t.rejects(refuse('dangling'), TAKEN)
  for (const name of ['cp.ndjson', 'cp.extras', 'cp.extras.txt', 'cplock', 'cp.writes.1.gz']) {
    await refuse(name)
  }
  // The checkpoint may be a link itself: its files lie beside the link.
  await symlink(file('elsewhere'), file('linked'))
  await t.rejects(refuse('linked.lock', 'linked'), TAKEN)
})

t.test('runSync refuses a report in the place of a lock, and writes nothing', async (t) => {
  const { run, replica } = await openScene(t)
  const file = await folderOf(t)
  const before = replica.table.all()
  for (const name of ['cp.lock', 'cp.writes.1', 'cp.extras.1']) {
    await t.rejects(run({ ...ALL_WRITES, checkpoint: file('cp'), report: file(name) }), TAKEN)
  }
  await symlink(file('undo'), file('dangling'))
  await t.rejects(run({ ...ALL_WRITES, undo: file('undo'), report: file('dangling') }), {
    code: 'USAGE',
    message: /different files/,
  })
  const hooks = file('hooks.mjs')
  await writeFile(hooks, 'export const onMissing = () => undefined\n')
  await t.rejects(run({ ...ALL_WRITES, hooks, report: hooks }), { code: 'USAGE' })
  t.match(await readFile(hooks, 'utf8'), /onMissing/)
  t.strictSame(replica.table.all(), before)
})

t.test('a report keeps the permissions of an existing file', async (t) => {
  const { run } = await openScene(t)
  const file = await folderOf(t)
  await writeFile(file('shared'), 'of an earlier run\n')
  await chmod(file('shared'), 0o644)
  await symlink(file('shared'), file('link'))
  for (const name of ['shared', 'link']) {
    const { events } = await run({ report: file(name) })
    t.equal((await stat(file('shared'))).mode & 0o777, 0o644, name)
    t.match(
      events.filter(({ type }) => type === 'readable-by-others'),
      [{ file: file(name), mode: 0o644 }],
    )
  }
  const warned = ({ events }: { readonly events: readonly RunEvent[] }) =>
    events.some(({ type }) => type === 'readable-by-others')
  await chmod(file('shared'), 0o600)
  t.notOk(warned(await run({ report: file('shared') })))
  t.notOk(warned(await run({ report: file('new') })))
  t.equal((await stat(file('new'))).mode & 0o777, 0o600)
})

t.test('a report may be a pipe', async (t) => {
  const { run } = await openScene(t)
  const file = await folderOf(t)
  await once(spawn('mkfifo', [file('pipe')]), 'exit')
  const reader = spawn('cat', [file('pipe')])
  const read = text(reader.stdout)
  await run({ report: file('pipe') })
  const lines = (await read).trim().split('\n')
  t.equal(lines.length, 14)
  await run({ report: file('file') })
  t.equal((await linesIn(file('file'))).length, 14)
})
