/** A run resumes only if the files beside its checkpoint are what it wrote. */
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { undoSync } from 'tablesync'
import { checkedLine, readCheckedLine } from '../../lib/files/lines/checked-line.ts'
import type { Checkpoint } from '../../lib/model/files/checkpoint-content.ts'
import { tempFolder } from '../support/command/run-cli.ts'
import { asOfVersion1, BREAKS, linesIn, writeLines } from '../support/rewritten.ts'
import { ALL_WRITES, asks, counts, openScene, REPAIRED } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { differencesIn } from '../support/told-lines.ts'

/** A run that was interrupted when some of its findings were in the report and the journal. */
async function interrupted(t: Test) {
  const scene = await openScene(t)
  const folder = await tempFolder(t)
  const [checkpoint, report, undo] = ['checkpoint', 'report.ndjson', 'undo.ndjson'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  const leg = (more: object = {}) =>
    // The findings of a segment are reported once it has ended and the next ones are in progress.
    scene.run({ ...ALL_WRITES, checkpoint, report, undo, segments: 6, parallel: 1, ...more })
  const ending = new AbortController()
  const before = scene.replica.table.all().length
  scene.master.stub.on((request) => {
    if (!asks('Scan')(request)) return undefined
    // Some pages after the first repair, so that it is in the files.
    if (scene.replica.table.all().length > before) pages++
    if (pages === 3) ending.abort()
    // Slow enough for repairs to happen in between.
    return ending.signal.aborted ? undefined : { answeredAfter: sleep(50) }
  })
  let pages = 0
  const { summary } = await leg({ signal: ending.signal })
  t.equal(summary.outcome, 'interrupted')
  const saved = readCheckedLine((await readFile(checkpoint, 'utf8')).trim()) as Checkpoint
  return { ...scene, leg, checkpoint, report, undo, saved }
}

const places = (length: number) =>
  Array.from({ length: 15 }, (_, at) => Math.floor((length * at) / 15))

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] as number) ^ 0x04
  return copy
}

t.test('a report that was changed is refused by name', async (t) => {
  const { leg, report, saved, master, replica } = await interrupted(t)
  const good = saved.report?.bytes ?? 0
  t.ok(good > 0)
  const whole = await readFile(report)
  const before = replica.table.all()
  for (const at of places(good)) {
    for (const bytes of [flipped(whole, at), whole.subarray(0, at)]) {
      await writeFile(report, bytes)
      await t.rejects(leg({ resume: true }), { code: 'USAGE', message: /report .*report\.ndjson/ })
    }
  }
  await rm(report)
  await t.rejects(leg({ resume: true }), { code: 'USAGE', message: /report .*report\.ndjson/ })
  t.strictSame(replica.table.all(), before)
  // What came after the checkpoint is cut off, whatever it is.
  await writeFile(report, Buffer.concat([whole.subarray(0, good), Buffer.from('{"torn')]))
  const { summary } = await leg({ resume: true })
  t.strictSame(counts(summary, replica), REPAIRED)
  t.strictSame(replica.table.all(), master.table.all())
  const told = await differencesIn(report)
  t.equal(new Set(told.map(({ key }) => JSON.stringify(key))).size, 12)
  t.equal(told.length, 12)
})

t.test('a journal that was changed is refused by name', async (t) => {
  const { leg, undo, saved, master, replica } = await interrupted(t)
  const whole = await readFile(undo)
  const lines = whole.toString().trim().split('\n')
  t.ok(lines.length > 1)
  const before = replica.table.all()
  const lastLine = whole.length - Buffer.byteLength(lines.at(-1) ?? '') - 1
  for (const at of places(lastLine)) {
    await writeFile(undo, flipped(whole, at))
    await t.rejects(leg({ resume: true }), { code: 'USAGE', message: /undo\.ndjson/ })
  }
  const least = saved.journalBytes ?? 0
  for (const at of places(least)) {
    await writeFile(undo, whole.subarray(0, at))
    await t.rejects(leg({ resume: true }), { code: 'USAGE', message: /undo\.ndjson/ })
  }
  await rm(undo)
  await t.rejects(leg({ resume: true }), { code: 'USAGE', message: /undo\.ndjson/ })
  t.strictSame(replica.table.all(), before)
  // A torn last line was never acted on.
  await writeFile(undo, Buffer.concat([whole, Buffer.from('{"crc":"0123')]))
  const { summary } = await leg({ resume: true })
  t.strictSame(counts(summary, replica), REPAIRED)
  t.strictSame(replica.table.all(), master.table.all())
})

t.test('a journal is continued only if its lines form a chain', async (t) => {
  const { leg, undo, saved, master, replica } = await interrupted(t)
  const lines = await linesIn(undo)
  const entries = lines.slice(0, -1)
  const before = replica.table.all()
  for (const [what, broken] of Object.entries(BREAKS)) {
    const [damaged, number] = broken(lines, 1)
    await writeLines(undo, damaged)
    // Where a line is missing, the journal may be too short.
    const message = new RegExp(
      `missing, doubled or moved at line ${number} of |at least the ${saved.journalBytes} bytes`,
    )
    await t.rejects(leg({ resume: true }), { code: 'USAGE', message }, what)
    t.strictSame(replica.table.all(), before)
  }
  await writeLines(undo, lines)
  const { summary } = await leg({ resume: true })
  t.strictSame(counts(summary, replica), REPAIRED)
  t.strictSame(replica.table.all(), master.table.all())
  const whole = await linesIn(undo)
  t.strictSame(whole.slice(0, entries.length), entries, 'all but the footer is unchanged')
  t.match(JSON.parse(whole.at(-1) as string), { end: 'in-sync', line: whole.length })
  t.notOk(
    whole.slice(0, -1).some((line) => 'end' in JSON.parse(line)),
    'there is one footer, on the last line',
  )
})

t.test('a run of the previous release is resumed', async (t) => {
  const { leg, checkpoint, report, undo, saved, master, replica } = await interrupted(t)
  await asOfVersion1(undo)
  const told = (await differencesIn(report)).slice(0, (saved.report?.chain?.lines ?? 1) - 1)
  const text = told.map((one) => `${JSON.stringify(one)}\n`).join('')
  await writeFile(report, text)
  const { leg: _, began: __, saved: ___, ...others } = saved
  const version1 = {
    ...others,
    version: 1,
    report: { bytes: Buffer.byteLength(text), crc: crc32(text) },
    journalBytes: (await stat(undo)).size,
  }
  await writeFile(checkpoint, `${checkedLine(version1)}\n`)
  const { summary } = await leg({ resume: true })
  t.strictSame(counts(summary, replica), REPAIRED)
  t.strictSame(replica.table.all(), master.table.all())
  // Each file continues in the format that it began with.
  const lines = (await readFile(report, 'utf8')).trim().split('\n')
  t.equal(lines.length, 12)
  t.notOk(lines.some((line) => line.includes('"after"')))
  t.notOk((await linesIn(undo)).some((line) => line.includes('"after"')))
  const undone = await undoSync({ journal: undo, workers: 1 })
  t.match(undone.replicas[replica.label], { written: 7, deleted: 5, changed: 0 })
})
