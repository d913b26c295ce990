/**
 * What runs of every feature leave behind is what it was. Where that is meant
 * to change: `TABLESYNC_TEST_RECORD=yes node dist/test/golden/golden.test.js`.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chdir } from 'node:process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { openScene } from '../faults/scene.ts'
import { type Outcome, outcomeOf, shapeOf } from './outcome.ts'
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
    if (isRecording) await writeFile(file, `${JSON.stringify(outcomes, undefined, 1)}\n`)
    const wanted = JSON.parse(await readFile(file, 'utf8')) as Outcome[]
    t.equal(outcomes.length, wanted.length)
    for (const [at, outcome] of outcomes.entries()) {
      const isWhole = isCutShort !== true || (at > 0 && at === outcomes.length - 1)
      const same = (found: unknown, recorded: unknown, what: string) =>
        isWhole
          ? t.strictSame(found, recorded, `leg ${at + 1}: ${what}`)
          : t.strictSame(shapeOf(found), shapeOf(recorded), `leg ${at + 1}: ${what}`)
      // Member by member, so that a difference is shown small.
      same(outcome.summary, wanted[at]?.summary, 'summary')
      t.strictSame(Object.keys(outcome.files), Object.keys(wanted[at]?.files ?? {}), 'files')
      for (const [file, content] of Object.entries(outcome.files)) {
        const before = wanted[at]?.files[file]
        if (isWhole) t.strictSame(content, before, `leg ${at + 1}: ${file}`)
        else t.strictSame(headOf(content), headOf(before), `leg ${at + 1}: ${file}`)
      }
      same(outcome.replicas, wanted[at]?.replicas, 'replicas')
    }
  })
}

/** The first line's members: how far each segment has come is left to chance. */
const headOf = (content: unknown) => Object.keys((content as [object])[0])
