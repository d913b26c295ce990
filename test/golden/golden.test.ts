/**
 * Runs of every feature leave behind what was recorded. Where that is meant to change:
 * `TABLESYNC_TEST_RECORD=yes node dist/test/golden/golden.test.js`.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chdir } from 'node:process'
import { fileURLToPath } from 'node:url'
import { openScene } from '../support/scene.ts'
import { t } from '../support/tap.ts'
import { type Outcome, outcomeOf, shapeOf, withoutFirst } from './outcome.ts'
import { carryOut, goldenRuns } from './runs.ts'

// Files are named relative to the working folder: one run at a time.
t.jobs = 1
const isRecording = process.env['TABLESYNC_TEST_RECORD'] !== undefined
const recorded = fileURLToPath(new URL('../../../test/golden/recorded/', import.meta.url))

for (const { name, scene: options, before, legs, isCutShort } of goldenRuns()) {
  t.test(`${name}: summaries, files and tables are as recorded`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'tablesync-test-'))
    chdir(folder)
    t.teardown(async () => {
      chdir(tmpdir())
      await rm(folder, { recursive: true, force: true })
    })
    const scene = await openScene(t, options)
    await before?.(scene)
    const outcomes: Outcome[] = []
    for (const leg of legs) outcomes.push(await outcomeOf(scene, await carryOut(scene, leg)))
    const file = join(recorded, `${name.replaceAll(/\W+/g, '-')}.json`)
    const text = outcomes.map((outcome) => JSON.stringify(outcome)).join(',\n')
    if (isRecording) await writeFile(file, `[${text}]\n`)
    const wanted = JSON.parse(await readFile(file, 'utf8')) as Outcome[]
    t.equal(outcomes.length, wanted.length)
    for (const [at, outcome] of outcomes.entries()) {
      const before = wanted[at] as Outcome
      const isWhole = isCutShort !== true || (at > 0 && at === outcomes.length - 1)
      // How far each segment has come by then is left to chance.
      const whole = isCutShort ? withoutFirst : (value: unknown) => value
      const compared = isWhole ? whole : shapeOf
      const same = (found: unknown, recorded: unknown, what: string) =>
        t.strictSame(compared(found), compared(recorded), `leg ${at + 1}: ${what}`)
      // Member by member, so that a difference is shown small.
      same(outcome.summary, before.summary, 'summary')
      t.strictSame(Object.keys(outcome.files), Object.keys(before.files), 'files')
      for (const [file, content] of Object.entries(outcome.files)) {
        const part = isWhole ? content : headOf(content)
        same(part, isWhole ? before.files[file] : headOf(before.files[file]), file)
      }
      if (isWhole) same(outcome.replicas, before.replicas, 'replicas')
    }
  })
}

/** The members of a header, and the names of what it says about each replica. */
function headOf(content: unknown): unknown {
  const [header] = content as [{ readonly replicas?: object }]
  const replicas = Object.entries(header.replicas ?? {})
  return { ...header, replicas: replicas.map(([label, said]) => [label, Object.keys(said)]) }
}
