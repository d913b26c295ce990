/** Missing items of quiet tables, put in groups: what becomes of each where a group fails. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { PutEnd } from '../../lib/dynamo/batch-put.ts'
import { TablesyncError } from '../../lib/errors.ts'
import type { ReplicaTally } from '../../lib/model/tally.ts'
import type { AboutToWrite, Finding } from '../../lib/protocol/messages.ts'
import { Allowance } from '../../lib/protocol/shared/write-allowance.ts'
import { compareSegment } from '../../workers/compare/compare-segment.ts'
import type { Thread } from '../../workers/thread-context.ts'
import {
  compareTask,
  type MemoryThreadOptions,
  memoryThread,
  recordedControl,
} from '../support/memory-thread.ts'
import { ID_KEY } from '../support/pages.ts'
import { type MemoryTable, memoryTable } from '../support/tables/memory-table.ts'
import { t } from '../support/tap.ts'

const ITEMS = 100
/** A first group: the first suspects by order are finished before the others. */
const FIRST = 15
const ONLY_MISSING = { missing: true, differing: false, extra: false }

function scene(
  replicaOf: (table: MemoryTable) => Partial<MemoryTable>,
  threadOptions: MemoryThreadOptions = {},
) {
  const items = Array.from({ length: ITEMS }, (_, id) => ({ id: { S: `${id}` } }))
  const options = { schema: ID_KEY, pageSize: ITEMS }
  const master = memoryTable({ ...options, index: 0, items })
  const empty = memoryTable({ ...options, index: 1, items: [] })
  const replica = { ...empty, ...replicaOf(empty) }
  const plain = memoryThread(master, [replica], threadOptions)
  const writing = { asked: ONLY_MISSING, write: ONLY_MISSING, putsInBatches: true }
  const thread: Thread = { ...plain, setup: { ...plain.setup, ...writing, isWriting: true } }
  return { thread, master, replica }
}

const allPut = (items: readonly string[]): PutEnd[] =>
  items.map(() => ({ end: 'written', writeUnits: 1 }))

const allEnding = (items: readonly string[], end: 'left' | 'unsure', error: TablesyncError) =>
  items.map((): PutEnd => ({ end, error }))

const allLeft = (items: readonly string[]) =>
  allEnding(items, 'left', new TablesyncError('ended', { code: 'ENDED', scope: 'segment' }))

const allUnsure = (items: readonly string[]) =>
  allEnding(items, 'unsure', new TablesyncError('reset', { code: 'UNREACHABLE', scope: 'item' }))

const lost = () =>
  new TablesyncError('no credentials', { code: 'CREDENTIALS', scope: 'table', table: 1 })

const allLost = (items: readonly string[]) => allEnding(items, 'left', lost())

const refuse = () => Promise.reject(new Error('no write was laid out'))
const NO_WRITES = { put: refuse, update: refuse, delete: refuse }

/** How often each action was reported. */
function told(findings: readonly Finding[]): { readonly [action: string]: number } {
  const counts: { [action: string]: number } = {}
  for (const finding of findings) {
    if (finding.type !== 'difference') continue
    const { action } = finding.difference
    counts[action] = (counts[action] ?? 0) + 1
  }
  return counts
}

t.test('items are put 25 to a request, and reported one by one', async (t) => {
  const groups: number[] = []
  const { thread } = scene(() => ({
    async putTogether(items) {
      groups.push(items.length)
      return allPut(items)
    },
  }))
  const control = recordedControl()
  const { tally } = await compareSegment(compareTask([1]), thread, control)
  t.same(groups, [FIRST, 25, 25, 25, 10])
  t.match(tally.replicas[1], { missing: ITEMS, written: ITEMS, writeUnits: ITEMS })
  t.same(told(control.findings), { written: ITEMS })
})

t.test('each item of a group is reported by its own answer when the run ends', async (t) => {
  const stopping = new AbortController()
  const { thread } = scene(() => ({
    async putTogether(items) {
      stopping.abort()
      return [
        ...allPut(items.slice(5)),
        ...allLeft(items.slice(0, 2)),
        ...allUnsure(items.slice(0, 3)),
      ]
    },
  }))
  const control = { ...recordedControl(), stopping: stopping.signal }
  const { tally } = await compareSegment(compareTask([1]), thread, control)
  t.match(tally.replicas[1], { missing: ITEMS, written: FIRST - 5, failed: 3 })
  t.same(told(control.findings), { written: FIRST - 5, failed: 3, none: ITEMS - FIRST + 2 })
})

t.test('a lost table ends every item that was counted', async (t) => {
  let groups = 0
  const denied = async () => {
    throw lost()
  }
  const { thread } = scene(() => ({
    putTogether: async (items) => (groups++ === 0 ? allPut(items) : allLost(items)),
    write: { put: denied, update: denied, delete: denied },
  }))
  const control = recordedControl()
  const { tally, failures } = await compareSegment(compareTask([1]), thread, control)
  const { missing, written, failed } = tally.replicas[1] as ReplicaTally
  t.same([missing, written, failed], [ITEMS, FIRST, ITEMS - FIRST])
  t.same(told(control.findings), { written: FIRST, failed: ITEMS - FIRST })
  t.match(failures, [{ replica: 1, error: { code: 'CREDENTIALS' } }])
})

t.test('items that were read too long ago are read again before they are put', async (t) => {
  let putAlone = 0
  const { thread, master } = scene(() => ({
    async putTogether() {
      t.fail('no put of an old reading')
      return []
    },
    write: {
      ...NO_WRITES,
      async put() {
        putAlone++
        return { end: 'written', writeUnits: 1 }
      },
    },
  }))
  const control = {
    ...recordedControl(),
    // Longer than a reading stays fresh (OLD_MS).
    record: ({ intents }: AboutToWrite) =>
      sleep((intents?.length ?? 0) > 1 ? 300 : 0).then(() => {}),
  }
  await compareSegment(compareTask([1]), thread, control)
  t.equal(putAlone, ITEMS)
  const keysRead = master.requests.reduce((sum, { keys }) => sum + keys, 0)
  t.ok(keysRead >= ITEMS, `${keysRead} keys of the master were read again`)
})

for (const how of ['in groups', 'one by one', 'on the scan alone']) {
  t.test(`a limit reached at the last item leaves the segment unfinished: ${how}`, async (t) => {
    const puts = (): Partial<MemoryTable> => ({
      putTogether: async (items) => allPut(items),
      write: { ...NO_WRITES, put: async () => ({ end: 'written', writeUnits: 1 }) },
    })
    // Keys beyond the recheck budget are not read: their puts are conditional instead.
    const { thread } = scene(puts, how.startsWith('on') ? { keysClaimed: 20_000 } : {})
    const { setup } = thread
    const limited: Thread = {
      ...thread,
      setup: { ...setup, putsInBatches: how === 'in groups' },
      allowance: new Allowance(Allowance.memoryFor(ITEMS - 1)),
    }
    let spent = 0
    // The message that the run is to end arrives after the segment.
    const control = { ...recordedControl(), allowanceSpent: () => void spent++ }
    const { tally, unfinished } = await compareSegment(compareTask([1]), limited, control)
    t.equal(tally.replicas[1]?.written, ITEMS - 1)
    t.ok(spent > 0)
    t.same(unfinished, [1], 'so that the next leg comes back')
  })
}
