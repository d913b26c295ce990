/**
 * A run until the tables are in sync: the same comparison and repair, pass after pass, until one
 * whole pass finds nothing and writes nothing.
 */
import { type PassesSummary, type Summary, withError } from '../../model/results/summary.ts'
import { foundOf } from '../../model/tally.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Passes } from '../../options/groups/pass-options.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import { footerOf } from '../records/frame-lines.ts'
import { openRunFiles, type RunFiles } from '../records/run-files.ts'
import { run } from '../run.ts'
import type { Preparation } from '../run-context.ts'
import { PassClock } from './pass-clock.ts'
import { PassTotals } from './pass-totals.ts'
import { endOfRun } from './passes-end.ts'
import { RepairedKeys } from './repaired-keys.ts'

/** Small tables are not read without a break. After each pass in a row that was not whole, it doubles. */
const PAUSE: Milliseconds = 1000
const LONGEST_PAUSE: Milliseconds = 60_000

/** @throws what a pass throws */
export async function runUntilInSync(
  preparation: Preparation,
  { limit, most }: Passes,
  listeners: RunListeners,
  signal: AbortSignal,
): Promise<Summary> {
  const [master, ...replicas] = preparation.tables.inspected
  const began = performance.now()
  const clock = new PassClock(signal, limit, () =>
    listeners.onEvent({ type: 'time-over', afterMs: limit, of: 'untilInSync' }),
  )
  const totals = new PassTotals(replicas.map(({ ref }) => ref.label))
  const heard = listenersOfPass(listeners, totals, new RepairedKeys(master.facts.keySchema))
  let opening: Promise<RunFiles> | undefined
  const openFiles = () => {
    opening ??= openRunFiles(preparation)
    return opening.then(keptOpen)
  }
  try {
    let pause = PAUSE
    for (let pass = 1; ; pass++) {
      listeners.onEvent({ type: 'pass-began', pass })
      const at = new Date().toISOString()
      const shared = { isFirst: pass === 1, spentBefore: totals.spent, openFiles }
      const ending = clock.beginPass()
      const summary = await run(passOf(preparation, shared), askingIn(heard, ending), ending)
      const last = { began: at, ended: new Date().toISOString() }
      totals.add()
      tellEnd(listeners, pass, last, summary)
      pause = summary.outcome === 'incomplete' ? Math.min(pause * 2, LONGEST_PAUSE) : PAUSE
      const endNow = () =>
        endOfRun({
          ...{ summary, pass, most },
          isTimeOver: clock.isTimeOver,
          isEndedByCaller: signal.aborted,
        })
      let ended = endNow()
      if (ended === undefined) {
        await clock.pause(pause)
        ended = endNow()
      }
      if (ended === undefined) continue
      const { end, outcome } = ended
      const passes = { count: pass, end, last, ...totals.summary }
      const elapsedMs = Math.round(performance.now() - began)
      return await recorded({ ...summary, outcome, elapsedMs, passes }, await opening, listeners)
    }
  } finally {
    clock.release()
    await opening?.then((files) => files.close()).catch(() => {})
  }
}

/** The inspection of the tables, which the first pass counts, is not made again. */
function passOf(preparation: Preparation, pass: NonNullable<Preparation['pass']>): Preparation {
  const { tables } = preparation
  const readUnits = pass.isFirst ? tables.readUnits : tables.readUnits.map(() => 0)
  return { ...preparation, tables: { ...tables, readUnits }, pass }
}

function listenersOfPass(
  listeners: RunListeners,
  totals: PassTotals,
  repaired: RepairedKeys,
): RunListeners {
  return {
    ...listeners,
    onEvent(event) {
      totals.hear(event)
      listeners.onEvent(event)
    },
    // Threads tell differences one by one only if somebody listens.
    onDifference: async (difference) => listeners.onDifference?.(difference),
    stopBy: (difference) => repaired.note(difference),
    // The report ends with the last pass.
    onEnd: async () => {},
  }
}

/** A question does not outlive its pass. */
function askingIn(listeners: RunListeners, ending: AbortSignal): RunListeners {
  const { confirm, ...others } = listeners
  if (confirm === undefined) return listeners
  return { ...others, confirm: (question) => confirm(question, ending) }
}

const keptOpen = (files: RunFiles): RunFiles => ({
  ...files,
  end: async () => {},
  close: async () => {},
})

function tellEnd(
  listeners: RunListeners,
  pass: number,
  last: PassesSummary['last'],
  { outcome, replicas }: Summary,
): void {
  const all = Object.values(replicas)
  const found = all.reduce((sum, replica) => sum + foundOf(replica), 0)
  const repaired = all.reduce((sum, { written, deleted }) => sum + written + deleted, 0)
  listeners.onEvent({ type: 'pass-ended', pass, ...last, outcome, found, repaired })
}

/** Has the files say how the run has ended. */
async function recorded(
  summary: Summary,
  files: RunFiles | undefined,
  listeners: RunListeners,
): Promise<Summary> {
  let result = summary
  const onFailure = (thrown: unknown) => {
    result = withError(result, thrown)
  }
  await files?.end(() => result, onFailure)
  await listeners.onEnd(footerOf(result)).catch(onFailure)
  return result
}
