/** Which entries the JSON log has of a run. */
import type { RunEvent } from '../../lib/model/events/events.ts'
import type { Summary } from '../../lib/model/results/summary.ts'
import { zeroTally } from '../../lib/model/tally.ts'
import { jsonEvents } from '../../lib/report/json/json-events.ts'
import { t } from '../support/tap.ts'

const progress = (segmentsDone: number): RunEvent => ({
  type: 'progress',
  suspects: {},
  tally: zeroTally([]),
  segmentsDone,
  segments: 9,
  elapsedMs: 0,
  isPaused: false,
  waitingFor: [],
  flows: [],
})

const SUMMARY: Summary = {
  version: 1,
  outcome: 'stopped',
  dryRun: true,
  elapsedMs: 1,
  strategy: 'auto',
  master: { table: 'a', scanned: 0, readUnits: 0 },
  replicas: {},
  errors: [{ table: 'a', code: 'SERVICE', message: 'no', count: 2 }],
  stopped: { safeguard: 'max-writes', rail: 'max-writes', message: 'more', hint: 'less' },
}

type Options = Partial<Parameters<typeof jsonEvents>[1]>

/** The entries of a log, and a clock that stands still until a test sets it. */
function open(more: Options = {}) {
  const entries: Record<string, unknown>[] = []
  const clock = { now: 0 }
  const human = jsonEvents(
    (type, fields) => entries.push({ type, ...fields }),
    { verbosity: 'normal', progress: 'auto', tellsEach: false, ...more },
    () => clock.now,
  )
  return { entries, clock, human, types: () => entries.map(({ type }) => type) }
}

t.test('progress comes at most every 5 seconds, and the last of it always', async (t) => {
  const { entries, clock, human } = open()
  for (const [at, now] of [0, 1000, 4999, 5000, 6000, 9000].entries()) {
    clock.now = now
    human.onEvent(progress(at))
  }
  t.same(
    entries.map(({ segmentsDone }) => segmentsDone),
    [0, 3],
  )
  human.close()
  human.close()
  t.same(
    entries.map(({ segmentsDone }) => segmentsDone),
    [0, 3, 5],
  )
})

t.test('each pass writes its first progress of a wait at once', async (t) => {
  const { entries, clock, human } = open()
  const waiting = (segmentsDone: number): RunEvent => ({
    ...(progress(segmentsDone) as RunEvent & { type: 'progress' }),
    standstill: { keys: 3, ageMs: 5000, leftMs: 4000 },
  })
  const events = [progress(0), waiting(1), waiting(2), progress(3), waiting(4)]
  for (const event of events) {
    clock.now += 100
    human.onEvent(event)
  }
  human.onEvent({ type: 'pass-began', pass: 2 })
  for (const event of [progress(5), waiting(6), waiting(7)]) human.onEvent(event)
  t.same(
    entries.map(({ segmentsDone }) => segmentsDone),
    [0, 1, undefined, 6],
  )
})

t.test('the last progress comes before the errors and the summary', async (t) => {
  const { entries, human, types } = open()
  human.onEvent(progress(0))
  human.onEvent(progress(1))
  human.conclude(SUMMARY)
  human.close()
  t.same(types(), ['progress', 'progress', 'error', 'error', 'summary'])
  t.match(entries[2], { code: 'SERVICE', message: 'no', count: 2 })
  t.match(entries[3], { code: 'STOPPED', safeguard: 'max-writes', message: 'more', hint: 'less' })
})

t.test('all other events are told at once', async (t) => {
  const { human, types } = open()
  const event: RunEvent = { type: 'segment-lost', segment: 1, message: 'x' }
  human.onEvent(event)
  human.onEvent(event)
  human.onEvent({ type: 'undone', writes: 1 })
  t.same(types(), ['segment-lost', 'segment-lost', 'undone'])
})

t.test('--progress none leaves progress out, but answers who asks for the status', async (t) => {
  const { human, types } = open({ progress: 'none' })
  human.status()
  human.onEvent(progress(0))
  human.close()
  t.same(types(), ['message'])
  human.status()
  t.same(types(), ['message', 'progress'])
})

t.test('a quiet log has errors only', async (t) => {
  const { human, types } = open({ verbosity: 'quiet' })
  human.onEvent(progress(0))
  human.onEvent({ type: 'segment-lost', segment: 1, message: 'x' })
  human.conclude(SUMMARY)
  human.close()
  t.same(types(), ['error', 'error'])
})

t.test('each difference is told where the run tells differences', async (t) => {
  const difference = { replica: 'b', kind: 'missing', key: {}, action: 'none' } as const
  const silent = open()
  silent.human.onDifference(difference)
  t.same(silent.types(), [])
  const telling = open({ tellsEach: true })
  telling.human.onDifference(difference)
  t.same(telling.entries, [{ type: 'difference', ...difference }])
})
