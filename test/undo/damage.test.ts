/** A damaged journal is refused with its line, and undone only up to there if that is allowed. */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type RunEvent, type UndoOptions, undoSync } from 'tablesync'
import { checkedLine } from '../../lib/files/lines/checked-line.ts'
import { tempFolder } from '../support/command/run-cli.ts'
import { asOfVersion1, BREAKS, linesIn, writeLines } from '../support/rewritten.ts'
import { ALL_WRITES, item, openScene } from '../support/scene.ts'
import { type Test, t } from '../support/tap.ts'
import { oneOfMany } from '../support/thorough.ts'

/** Nine items put one by one: a header, a line for each of them, and a footer. */
async function journaled(t: Test, name = 'undo.ndjson') {
  const scene = await openScene(t, {
    masterItems: Array.from({ length: 9 }, (_, n) => item(n)),
    replicaItems: [],
  })
  const journal = join(await tempFolder(t), name)
  await scene.run({ ...ALL_WRITES, undo: journal })
  const held = () => scene.replica.table.all().length
  return { ...scene, journal, held, lines: await linesIn(journal), bytes: await readFile(journal) }
}

async function undone(journal: string, more: Partial<UndoOptions> = {}) {
  const events: RunEvent[] = []
  const summary = await undoSync({
    journal,
    workers: 1,
    retryDelayBase: 1,
    onProgress: (event) => void events.push(event),
    ...more,
  })
  return { summary, undo: events.find(({ type }) => type === 'undo') }
}

for (const name of ['undo.ndjson', 'undo.ndjson.gz']) {
  t.test(
    `undoSync refuses ${name} with a line missing, doubled or moved`,
    oneOfMany(),
    async (t) => {
      const { journal, lines, held } = await journaled(t, name)
      for (const [what, broken] of Object.entries(BREAKS)) {
        for (const at of [1, 4, 8]) {
          const [damaged, number] = broken(lines, at)
          await writeLines(journal, damaged)
          await t.rejects(
            undone(journal),
            {
              code: 'USAGE',
              message: new RegExp(`missing, doubled or moved at line ${number} of `),
              hint: /Nothing was done.*allowDamaged/,
            },
            what,
          )
        }
      }
      t.equal(held(), 9, 'nothing was undone')
    },
  )
}

t.test('undoSync with allowDamaged undoes the lines before the break', async (t) => {
  const { journal, lines, held, replica } = await journaled(t)
  for (const [what, broken] of Object.entries(BREAKS)) {
    const [damaged, number] = broken(lines, 5)
    await writeLines(journal, damaged)
    const { summary, undo } = await undone(journal, { allowDamaged: true, dryRun: true })
    t.equal(summary.outcome, 'incomplete', what)
    t.match(summary.errors, [{ code: 'USAGE', message: new RegExp(`line ${number} of`) }], what)
    t.match(undo, { writes: number - 2, isTorn: false, isEnded: false })
  }
  t.equal(held(), 9)
  await writeLines(journal, lines.toSpliced(5, 1))
  const { summary } = await undone(journal, { allowDamaged: true })
  t.match(summary, { outcome: 'incomplete', replicas: { [replica.label]: { deleted: 4 } } })
  t.equal(held(), 5)
})

t.test('undoSync with allowDamaged undoes the lines before a damaged one', async (t) => {
  const { journal, lines, held } = await journaled(t)
  await writeLines(journal, lines.with(4, (lines[4] as string).replace('"key"', '"kez"')))
  await t.rejects(undone(journal), { code: 'USAGE', message: /line 5 of .* to be whole/ })
  t.equal(held(), 9)
  const { summary } = await undone(journal, { allowDamaged: true })
  t.equal(summary.outcome, 'incomplete')
  t.equal(held(), 6)
})

t.test('undoSync with allowDamaged undoes an intact journal like any other', async (t) => {
  const { journal, held } = await journaled(t)
  const { summary, undo } = await undone(journal, { allowDamaged: true })
  t.equal(summary.outcome, 'in-sync')
  t.match(undo, { isTorn: false, isEnded: true })
  t.equal(held(), 0)
})

t.test('a journal whose footer is missing is undone with a warning', async (t) => {
  for (const name of ['undo.ndjson', 'undo.ndjson.gz']) {
    const { journal, lines, held } = await journaled(t, name)
    await writeLines(journal, lines.slice(0, -1))
    const { summary, undo } = await undone(journal)
    t.equal(summary.outcome, 'in-sync')
    t.match(undo, { writes: 9, isTorn: false, isEnded: false })
    t.equal(held(), 0)
  }
})

t.test('undoSync warns of a compressed journal that is cut in its last batch', async (t) => {
  for (const version of [1, 2]) {
    const { journal, bytes } = await journaled(t, 'undo.ndjson.gz')
    const members = membersOf(bytes)
    const whole = version === 2 ? members : ofVersion1(members)
    const last = whole.at(-1) as Buffer
    const before = Buffer.concat(whole.slice(0, -1))
    for (const length of [1, 3, 10, last.length - 9]) {
      await writeFile(journal, Buffer.concat([before, last.subarray(0, length)]))
      const { undo } = await undone(journal, { dryRun: true })
      t.match(undo, { isTorn: true }, `version ${version}, ${length} bytes of the last batch`)
    }
  }
})

t.test('a journal of the previous release is undone', async (t) => {
  for (const name of ['undo.ndjson', 'undo.ndjson.gz']) {
    const { journal, held } = await journaled(t, name)
    await asOfVersion1(journal)
    const { summary, undo } = await undone(journal)
    t.equal(summary.outcome, 'in-sync')
    t.match(undo, { writes: 9, isTorn: false, isEnded: true })
    t.equal(held(), 0)
  }
})

t.test('a journal says which run wrote it, and how that run ended', async (t) => {
  const { lines, master, replica } = await journaled(t)
  const [header, ...entries] = lines.map((line) => JSON.parse(line))
  const footer = entries.pop()
  t.match(header, {
    tablesync: 'undo-journal',
    version: 2,
    run: /^[0-9a-f]{8}$/,
    began: /^\d{4}-\d\d-\d\dT.*Z$/,
    master: { label: master.label },
    tables: { [replica.label]: { keySchema: Object } },
    options: { writeMissing: true, ignore: [], quiesced: false },
  })
  t.match(footer, {
    end: 'in-sync',
    ended: /Z$/,
    totals: { master: { scanned: 9 }, replicas: { [replica.label]: { written: 9 } } },
  })
  t.strictSame(
    [header, ...entries, footer].map(({ line }) => line),
    lines.map((_, at) => at + 1),
  )
})

t.test('only undoSync accepts allowDamaged', async (t) => {
  const { run, journal } = await journaled(t)
  await t.rejects(run({ allowDamaged: true } as object), {
    code: 'USAGE',
    message: /`allowDamaged` to come with `tablesync undo`/,
  })
  await t.rejects(undone(journal, { allowDamaged: 'yes' } as object), {
    code: 'USAGE',
    message: /`allowDamaged` to be true or false/,
  })
})

const MAGIC = Buffer.from([0x1f, 0x8b, 8])

/** The gzip members of a file: each batch is one. */
function membersOf(bytes: Buffer): Buffer[] {
  const members: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const next = bytes.indexOf(MAGIC, at + 3)
    const end = next < 0 ? bytes.length : next
    members.push(bytes.subarray(at, end))
    at = end
  }
  return members
}

/** The same batches in version 1, which has no footer. */
function ofVersion1(members: readonly Buffer[]): Buffer[] {
  return members.slice(0, -1).map((member) => {
    const lines = gunzipSync(member).toString().trim().split('\n')
    const values = lines.map((line) => {
      const { crc: _, line: __, after: ___, ...value } = JSON.parse(line)
      return { ...value, ...(value.version !== undefined && { version: 1 }) }
    })
    return gzipSync(values.map((value) => `${checkedLine(value)}\n`).join(''))
  })
}
