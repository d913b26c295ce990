/** What the metrics of a run say, while it goes on and when it has ended. */
import { exposition } from '../../lib/metrics/exposition.ts'
import { type RunDescription, RunFigures } from '../../lib/metrics/run-figures.ts'
import type { Flow } from '../../lib/model/events/events.ts'
import type { ReplicaSummary, Summary } from '../../lib/model/results/summary.ts'
import { zeroReplicaTally } from '../../lib/model/tally.ts'
import { t } from '../support/tap.ts'
import { noPromtool, objectionsTo } from './promtool.ts'
import { withoutFile } from './without-file.ts'

const ODD = 'us-east-1:"B\\\n'

const RUN: RunDescription = {
  command: 'sync',
  version: '1.2.3',
  file: 'm.prom',
  identity: { runId: '1a2b3c4d', startedAt: '2026-11-28T14:02:11.500Z' },
  master: 'us-east-1:A',
  replicas: [ODD],
}

const flow = (isThrottled: boolean): Flow => ({
  ...{ table: ODD, kind: 'read', unitsPerSecond: null, isAdaptive: false, origin: 'asked' },
  ...{ because: '', usedPerSecond: 1, bytesPerSecond: 1, answerMs: 1, isThrottled },
})

const COUNTS = {
  ...zeroReplicaTally(),
  ...{ offered: 20, scanned: 25, readUnits: 3.5, writeUnits: 5 },
  ...{ missing: 3, differing: 2, extra: 8, written: 5, deleted: 1 },
  ...{ failed: 4, conflicts: 6, unverified: 7 },
}

function inProgress(): RunFigures {
  const figures = new RunFigures(RUN)
  figures.hear({
    type: 'progress',
    tally: { master: { scanned: 20, readUnits: 2.5 }, replicas: { [ODD]: COUNTS } },
    ...{ segments: 8, segmentsDone: 2, elapsedMs: 1, isPaused: false },
    waitingFor: ['an endpoint'],
    suspects: {},
    flows: [flow(true)],
  })
  return figures
}

const SUMMARY = {
  outcome: 'different',
  master: { table: 'us-east-1:A', scanned: 21, readUnits: 3 },
  replicas: { [ODD]: { ...COUNTS, extra: null } as unknown as ReplicaSummary },
} as unknown as Summary

const linesOf = async (figures: RunFigures) => {
  const text = withoutFile(await exposition(figures), RUN.file)
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

const REPLICA = '"us-east-1:\\"B\\\\\\n"'

t.test('a run in progress tells what it has counted, with labels escaped', async (t) => {
  t.same(await linesOf(inProgress()), [
    'tablesync_run_info{run_id="1a2b3c4d",version="1.2.3",command="sync"} 1',
    'tablesync_run_start_time_seconds 1795874531.5',
    'tablesync_progress_ratio 0.25',
    'tablesync_waiting 1',
    `tablesync_throttled{table=${REPLICA},capacity="read"} 1`,
    'tablesync_scanned_items_total{table="us-east-1:A"} 20',
    `tablesync_scanned_items_total{table=${REPLICA}} 25`,
    'tablesync_read_units_total{table="us-east-1:A"} 2.5',
    `tablesync_read_units_total{table=${REPLICA}} 3.5`,
    `tablesync_write_units_total{replica=${REPLICA}} 5`,
    `tablesync_differences_total{replica=${REPLICA},kind="missing"} 3`,
    `tablesync_differences_total{replica=${REPLICA},kind="differing"} 2`,
    `tablesync_differences_total{replica=${REPLICA},kind="extra"} 8`,
    `tablesync_writes_total{replica=${REPLICA},action="written"} 5`,
    `tablesync_writes_total{replica=${REPLICA},action="deleted"} 1`,
    `tablesync_failed_total{replica=${REPLICA}} 4`,
    `tablesync_conflicts_total{replica=${REPLICA}} 6`,
    `tablesync_unverified_total{replica=${REPLICA}} 7`,
  ])
})

t.test('a run that has ended has an outcome, and waits for nothing', async (t) => {
  const figures = inProgress()
  figures.conclude(SUMMARY)
  const lines = await linesOf(figures)
  const gauges = lines.filter((line) => /outcome|end_time|waiting|throttled/.test(line))
  t.match(gauges.find((line) => line.includes('end_time'))?.split(' ')[1], /^\d{10}(\.\d+)?$/)
  t.same(
    gauges.filter((line) => !line.includes('end_time')),
    [
      'tablesync_waiting 0',
      `tablesync_throttled{table=${REPLICA},capacity="read"} 0`,
      ...['in-sync', 'different', 'sampled', 'incomplete', 'stopped', 'interrupted', 'refused'].map(
        (each) => `tablesync_run_outcome{outcome="${each}"} ${each === 'different' ? 1 : 0}`,
      ),
    ],
  )
  t.ok(lines.includes('tablesync_scanned_items_total{table="us-east-1:A"} 21'))
  t.notOk(
    lines.some((line) => line.includes('kind="extra"')),
    'nobody looked for extras',
  )
})

t.test('a run that has counted nothing has zeros, and an undo has no master', async (t) => {
  const lines = await linesOf(new RunFigures({ ...RUN, command: 'undo', master: undefined }))
  t.notOk(lines.some((line) => /us-east-1:A|throttled|outcome/.test(line)))
  t.ok(lines.includes(`tablesync_scanned_items_total{table=${REPLICA}} 0`))
})

t.test('promtool has no objection', { skip: noPromtool }, async (t) => {
  const figures = inProgress()
  t.equal(objectionsTo(await exposition(figures)), '')
  figures.conclude(SUMMARY)
  t.equal(objectionsTo(await exposition(figures)), '')
  t.equal(objectionsTo(await exposition(new RunFigures(RUN))), '')
})
