/** Runs whose disk fails at random points. */
import { join } from 'node:path'
import type { RunOptions, Summary } from 'tablesync'
import { tempFolder } from '../support/command/run-cli.ts'
import { failingDisk } from '../support/failing-disk.ts'
import { openScene } from '../support/scene.ts'
import { seeded } from '../support/seeded.ts'
import type { Test } from '../support/tap.ts'
import { casesToPlay } from '../support/thorough.ts'

/** Failure points for each test. */
export const POINTS = casesToPlay(100, 20, 'TABLESYNC_TEST_DISK_POINTS')

/** The options of a run, given where its files go. */
export type FileKinds = (file: (name: string) => string) => Partial<RunOptions>

type End = Pick<Summary, 'outcome' | 'errors'>

/** One run for each point. Each must end, report the failure, and be repaired by the next run. */
export async function failAtPoints(t: Test, seed: number, kinds: readonly FileKinds[]) {
  const rejections: unknown[] = []
  const note = (reason: unknown) => void rejections.push(reason)
  process.on('unhandledRejection', note)
  t.teardown(() => process.off('unhandledRejection', note))
  const folder = await tempFolder(t)
  const tmp = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  const disk = await failingDisk(folder)
  t.teardown(() => {
    disk.restore()
    if (tmp === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = tmp
  })
  const random = seeded(seed)
  const scene = await openScene(t)
  const { replica, master } = scene
  const first = replica.table.all()
  const seen = new Set<string>()
  for (let point = 0; point < POINTS; point++) {
    const kind = kinds[point % kinds.length] as FileKinds
    const options = kind((name) => join(folder, `${point}-${name}`))
    const isKept = options.checkpoint !== undefined
    const often = isKept ? { checkpointInterval: 0.05 } : {}
    const leg = (more: object = {}): Promise<End> =>
      scene.run({ ...options, ...often, ...more }).then(
        ({ summary }) => summary,
        (error) => ({ outcome: 'incomplete', errors: [error] }),
      )
    const n = 1 + Math.floor(random() * 40)
    disk.arm(n, random() < 0.5)
    const end = await leg()
    const { failed } = disk.disarm()
    for (const one of failed) seen.add(one.replace(/\d+/g, ''))
    const what = `point ${point}: call ${n}, ${failed[0]}`
    const isTold = end.errors.some(({ code }) => code === 'FILE_UNWRITABLE')
    // A handle that fails to close has everything on disk, and a file that cannot be removed does
    // no harm.
    const matters = failed.some((one) => !/^(close|rm|mkdtemp) |lock/.test(one))
    if (matters && !isTold) t.fail(`${what} was not told: ${JSON.stringify(end)}`)
    if (end.errors.some(({ code }) => code !== 'FILE_UNWRITABLE')) {
      t.fail(`${what} was told as ${JSON.stringify(end.errors)}`)
    }
    if (isTold && end.outcome !== 'incomplete') t.fail(`${what} came to ${end.outcome}`)
    if (isKept && options.undo !== undefined && isTold) {
      // A run killed before its first checkpoint has nothing to resume.
      const again = await leg({ resume: true })
      const last = again.errors.some(({ code }) => code === 'USAGE') ? await leg() : again
      t.equal(last.outcome, 'in-sync', `${what}: ${JSON.stringify(last)}`)
      t.strictSame(replica.table.all(), master.table.all())
    }
    for (const one of replica.table.all()) replica.table.unset({ id: one['id'] } as never)
    for (const one of first) replica.table.set(one)
  }
  await new Promise((resolve) => setImmediate(resolve))
  t.strictSame(rejections, [], 'every promise has an owner')
  return [...seen]
}
