/** What follows a pass: another one, or the end of the run and its outcome. */
import type { ErrorSummary, Outcome, Summary } from '../../lib/model/results/summary.ts'
import { endOfRun } from '../../lib/run/passes/passes-end.ts'
import { t } from '../support/tap.ts'

const error = (code: ErrorSummary['code']) => ({ table: '', code, message: 'x', count: 1 })

const pass = (outcome: Outcome, counts: object = {}, errors: readonly ErrorSummary[] = []) => {
  const replica = { missing: 0, differing: 0, extra: 0, written: 0, deleted: 0, ...counts }
  const replicas = { r: replica, none: { ...replica, extra: null } }
  return { outcome, errors, replicas } as unknown as Summary
}

const CLEAN = pass('in-sync')
const REPAIRED = pass('in-sync', { missing: 2, written: 2 })
/** Gone by itself before its repair. */
const RESOLVED = pass('in-sync', { differing: 1, resolved: 1 })
const DIFFERENT = pass('different', { extra: 1 })
const INCOMPLETE = pass('incomplete', {}, [error('UNREACHABLE')])
const CUT = pass('interrupted')

const LASTING_CUT = pass('interrupted', {}, [error('TABLE_NOT_FOUND')])

const GOES_ON = undefined
const NOW = {}
const TIME_OVER = { isTimeOver: true }
const CALLER = { isEndedByCaller: true }
const LAST = { pass: 3 }

for (const [name, summary, when, expected] of [
  ['a clean pass', CLEAN, NOW, ['in-sync', 'in-sync']],
  ['a clean pass, the time over since', CLEAN, TIME_OVER, ['in-sync', 'in-sync']],
  ['a clean pass, the last', CLEAN, LAST, ['in-sync', 'in-sync']],
  ['a clean pass, ended by the caller since', CLEAN, CALLER, ['in-sync', 'in-sync']],
  ['repaired', REPAIRED, NOW, GOES_ON],
  ['repaired, the time over', REPAIRED, TIME_OVER, ['time-over', 'different']],
  ['repaired, the last', REPAIRED, LAST, ['max-passes', 'different']],
  ['repaired, ended by the caller', REPAIRED, CALLER, ['interrupted', 'interrupted']],
  ['found, and gone by itself', RESOLVED, NOW, GOES_ON],
  ['different', DIFFERENT, NOW, GOES_ON],
  ['different, the time over', DIFFERENT, TIME_OVER, ['time-over', 'different']],
  ['different, the last', DIFFERENT, LAST, ['max-passes', 'different']],
  ['incomplete', INCOMPLETE, NOW, GOES_ON],
  ['incomplete, the time over', INCOMPLETE, TIME_OVER, ['time-over', 'incomplete']],
  ['incomplete, the last', INCOMPLETE, LAST, ['max-passes', 'incomplete']],
  ['cut off by the time', CUT, TIME_OVER, ['time-over', 'incomplete']],
  ['cut off by the caller', CUT, CALLER, ['interrupted', 'interrupted']],
  [
    'cut off by the time, with a lasting error',
    LASTING_CUT,
    TIME_OVER,
    ['incomplete', 'incomplete'],
  ],
  ['stopped', pass('stopped'), NOW, ['stopped', 'stopped']],
  ['stopped, the time over', pass('stopped'), TIME_OVER, ['stopped', 'stopped']],
  ...(['TABLE_CHANGED', 'ACCESS_DENIED', 'FILE_UNWRITABLE', 'INTERNAL'] as const).map(
    (code) =>
      [code, pass('incomplete', {}, [error(code)]), NOW, ['incomplete', 'incomplete']] as const,
  ),
  ...(['THROTTLED', 'UNREACHABLE', 'TABLE_SILENT', 'SERVICE'] as const).map(
    (code) => [code, pass('incomplete', {}, [error(code)]), NOW, GOES_ON] as const,
  ),
] as const) {
  t.test(name, async (t) => {
    const none = { isTimeOver: false, isEndedByCaller: false, pass: 2, most: 3 }
    const ended = endOfRun({ summary, ...none, ...when })
    t.strictSame(ended && [ended.end, ended.outcome], expected)
  })
}
