/**
 * What a run says while it waits for keys to stand still, and that it has waited. The age is long,
 * and each run is ended once it has said what it waits for: no machine is slow enough to miss that.
 */
import type { RunEvent } from 'tablesync'
import { runForSummary, startCli } from '../support/command/run-cli.ts'
import { COUNTS, makeScene } from '../support/command/scene.ts'
import { asks, FOUND, openScene } from '../support/scene.ts'
import { startDynalite } from '../support/tables/dynalite.ts'
import { type Test, t } from '../support/tap.ts'

type ProgressEvent = RunEvent & { readonly type: 'progress' }

const engine = await startDynalite()
t.teardown(() => engine.stop())

const SUSPECTS = COUNTS.missing + COUNTS.differing + COUNTS.extra
const WORDS = `${SUSPECTS} keys for another \\d+ s: they must stand still for 600 s \\(--min-mismatch-age\\)`

/** A run of the command that waits, and is then ended. */
async function cutShort(args: readonly string[], saying: string) {
  const scene = await makeScene(engine.endpoint)
  const run = startCli([...scene.args, '--min-mismatch-age', '600', '--json', ...args])
  await run.said(saying)
  run.child.kill('SIGINT')
  return run.ended
}

function hasWaited(t: Test, summary: unknown): void {
  const { elapsedMs, standstill } = summary as {
    readonly elapsedMs: number
    readonly standstill: { readonly keys: number; readonly waitedMs: number }
  }
  t.equal(standstill.keys, SUSPECTS)
  t.ok(standstill.waitedMs > 0 && standstill.waitedMs <= elapsedMs, `${standstill.waitedMs}`)
}

t.test('a line says at once what a run waits for, and the end says that it has', async (t) => {
  const { code, stderr, stdout } = await cutShort([], 'must stand still')
  t.equal(code, 130)
  t.match(stderr, new RegExp(`^20 items in .*; waiting for ${WORDS}$`, 'm'))
  t.match(stderr, new RegExp(`^waited {2}\\S+ s for ${SUSPECTS} keys to stand still`, 'm'))
  hasWaited(t, JSON.parse(stdout))
})

t.test('so do the JSON log and its summary', async (t) => {
  const { stderr } = await cutShort(['--log-format', 'json'], '"standstill"')
  const entries = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { readonly type: string; readonly standstill?: object })
  const waits = entries.filter(({ type, standstill }) => type === 'progress' && standstill)
  t.match(waits[0], {
    waitingFor: [new RegExp(`^${WORDS}$`)],
    standstill: { keys: SUSPECTS, ageMs: 600_000, leftMs: Number },
  })
  hasWaited(
    t,
    entries.find(({ type }) => type === 'summary'),
  )
})

t.test('a run that does not wait says nothing of it', async (t) => {
  const { args } = await makeScene(engine.endpoint)
  const { stderr, summary } = await runForSummary(args)
  t.notMatch(stderr, /stand still/)
  t.equal(summary.outcome, 'different')
  t.notOk('standstill' in summary)
})

t.test('runSync tells of the wait once nothing is compared any more', async (t) => {
  const { replica, run } = await openScene(t)
  const ending = new AbortController()
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  // One segment is held, while suspects of the other wait already.
  replica.stub.on((request) =>
    asks('Scan')(request) && request.body['Segment'] === 1
      ? { answeredAfter: released }
      : undefined,
  )
  const during: ProgressEvent[] = []
  const after: ProgressEvent[] = []
  const { summary } = await run({
    minMismatchAge: 600,
    signal: ending.signal,
    onProgress(event) {
      if (event.type !== 'progress') return
      const { missing = 0, extra = 0 } = event.suspects[replica.label] ?? {}
      if (event.segmentsDone === 1 && missing + extra > 0) during.push(event)
      if (during.length === 2) release()
      if (event.standstill === undefined) return
      after.push(event)
      ending.abort()
    },
  })
  t.same(
    during.slice(0, 2).map(({ standstill, waitingFor }) => ({ standstill, waitingFor })),
    Array.from({ length: 2 }, () => ({ standstill: undefined, waitingFor: [] })),
  )
  const keys = FOUND.missing + FOUND.differing + FOUND.extra
  t.match(after[0], { segmentsDone: 2, standstill: { keys, ageMs: 600_000 } })
  const { leftMs } = after[0]?.standstill ?? { leftMs: 0 }
  t.ok(leftMs > 0 && leftMs <= 720_000, `${leftMs}`)
  t.match(summary, { outcome: 'interrupted', standstill: { keys } })
})
