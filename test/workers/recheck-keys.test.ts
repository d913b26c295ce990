/** Keys rechecked, more of them than fit into one request. */

import { TablesyncError } from '../../lib/errors.ts'
import type { RecheckTask } from '../../lib/protocol/tasks.ts'
import { recheckKeys } from '../../workers/tasks/recheck-keys.ts'
import { memoryThread, recordedControl } from '../support/memory-thread.ts'
import { ID_KEY } from '../support/pages.ts'
import { type MemoryTable, memoryTable } from '../support/tables/memory-table.ts'
import { t } from '../support/tap.ts'

const items = Array.from({ length: 250 }, (_, id) => ({ id: { S: `${id}` }, v: { N: '1' } }))

function scene(replicaOf: (table: MemoryTable) => MemoryTable = (table) => table) {
  const options = { schema: ID_KEY, pageSize: 100 }
  const master = memoryTable({ ...options, index: 0, items })
  const replica = memoryTable({ ...options, index: 1, items: items.slice(240) })
  const thread = memoryThread(master, [replicaOf(replica)])
  const task: RecheckTask = {
    kind: 'recheck',
    replica: 1,
    intents: [],
    keys: items.map((item) => ({
      key: JSON.stringify({ id: item.id }),
      ...({ looks: 'missing', ground: 'order', replica: null } as const),
      master: thread.wholeDigest(item),
      versions: [],
      ...{ since: 0, moves: 0 },
    })),
  }
  return { task, thread, replica }
}

t.test('recheck judges every key, in as many requests as needed', async (t) => {
  const { task, thread, replica } = scene()
  const { tally, failures } = await recheckKeys(task, thread, recordedControl())
  t.match(tally.replicas[1], { missing: 240, converged: 10, pending: -250, unverified: 0 })
  t.same(failures, [])
  t.same(
    replica.requests.map(({ keys }) => keys),
    [100, 100, 50],
  )
})

for (const [scope, counts] of [
  ['segment', { missing: 140, converged: 10, pending: -250, unverified: 100 }],
  ['table', { missing: 100, converged: 0, pending: -250, unverified: 150 }],
] as const) {
  t.test(
    `recheck leaves keys unverified where a request fails for good, of a ${scope}`,
    async (t) => {
      let lookUps = 0
      const { task, thread } = scene((table) => ({
        ...table,
        lookUp: async (...asked) => {
          if (++lookUps === 2) throw new TablesyncError('gone', { code: 'UNREACHABLE', scope })
          return table.lookUp(...asked)
        },
      }))
      const { tally, failures } = await recheckKeys(task, thread, recordedControl())
      t.match(tally.replicas[1], counts)
      t.match(failures, [{ replica: 1, error: { code: 'UNREACHABLE' } }])
    },
  )
}

t.test('recheck reads no further keys once the run is to end', async (t) => {
  const stopping = new AbortController()
  const { task, thread } = scene((table) => ({
    ...table,
    lookUp(...asked) {
      stopping.abort()
      return table.lookUp(...asked)
    },
  }))
  const control = { ...recordedControl(), stopping: stopping.signal }
  const { tally, unfinished } = await recheckKeys(task, thread, control)
  t.match(tally.replicas[1], { missing: 100, pending: -100, unverified: 0 })
  t.same(unfinished, [1])
})
