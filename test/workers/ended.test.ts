/** An ending run tells its threads in two ways; that nothing more is sent may arrive first. */

import { runEnds } from '../../lib/dynamo/request/request-errors.ts'
import { compareSegment } from '../../workers/compare/compare-segment.ts'
import { compareTask, memoryThread, recordedControl } from '../support/memory-thread.ts'
import { ID_KEY } from '../support/pages.ts'
import { memoryTable } from '../support/tables/memory-table.ts'
import { t } from '../support/tap.ts'
import { item } from './scene.ts'

const items = Array.from({ length: 100 }, (_, id) => item(id))

/** A table that refuses further pages after the first few. */
function endedAfter(pages: number, index: number) {
  const table = memoryTable({ index, schema: ID_KEY, items, pageSize: 10 })
  let sent = 0
  const scanPage: typeof table.scanPage = async (slice, after) => {
    if (sent++ >= pages) throw runEnds('not sent')
    return table.scanPage(slice, after)
  }
  return { ...table, scanPage }
}

for (const strategy of ['march', 'lookup'] as const) {
  for (const { what, master, replica } of [
    { what: 'no page of the master', master: 0, replica: 100 },
    { what: 'three pages of the master', master: 3, replica: 100 },
    { what: 'no page of the replica', master: 100, replica: 0 },
    { what: 'three pages of the replica', master: 100, replica: 3 },
  ]) {
    t.test(`a ${strategy} that got ${what} before the run ended is not finished`, async (t) => {
      const thread = memoryThread(endedAfter(master, 0), [endedAfter(replica, 1)])
      const task = compareTask([1], { strategy, mayGoOver: false })
      const { unfinished, failures } = await compareSegment(task, thread, recordedControl())
      t.same(unfinished, [1])
      t.same(failures, [])
    })
  }
}
