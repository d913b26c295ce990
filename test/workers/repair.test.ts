import { setImmediate } from 'node:timers/promises'
import type { ReplicaTally } from '../../lib/model/tally.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import { Allowance } from '../../lib/protocol/shared/write-allowance.ts'
import { compareSegment } from '../../workers/compare/compare-segment.ts'
import type { Thread } from '../../workers/thread-context.ts'
import { compareTask, memoryThread, recordedControl } from '../support/memory-thread.ts'
import { ID_KEY } from '../support/pages.ts'
import { type MemoryTable, memoryTable } from '../support/tables/memory-table.ts'
import { t } from '../support/tap.ts'

const ITEMS: WireItem[] = Array.from({ length: 500 }, (_, i) => ({
  id: { S: `item ${i}` },
  n: { N: `${i}.00` },
}))

/** A thread over an empty replica that takes puts, with its recheck budget used up. */
function writingThread(master: MemoryTable, replica: MemoryTable, refused: string[] = []) {
  const puts: string[] = []
  const writable: MemoryTable = {
    ...replica,
    write: {
      ...replica.write,
      async put(item, { condition }) {
        t.match(condition, /^attribute_not_exists\(/)
        if (refused.some((id) => item.includes(`"${id}"`))) return { end: 'refused' }
        puts.push(item)
        return { end: 'written', writeUnits: 1 }
      },
    },
  }
  const thread = memoryThread(master, [writable], { keysClaimed: 10_000 })
  const write = { missing: true, differing: false, extra: false }
  const asked: Thread = { ...thread, setup: { ...thread.setup, write } }
  return { puts, thread: asked }
}

t.test('missing items beyond the recheck budget are put as the scan returned them', async (t) => {
  const master = memoryTable({ index: 0, schema: ID_KEY, items: ITEMS, pageSize: 50 })
  const replica = memoryTable({ index: 1, schema: ID_KEY, items: [], pageSize: 50 })
  const { puts, thread } = writingThread(master, replica)
  const control = recordedControl()
  const { tally } = await compareSegment(compareTask([1]), thread, control)
  t.match(tally.replicas[1], { missing: 500, written: 500, sameAs: 0, failed: 0 })
  t.same(puts.sort(), ITEMS.map((item) => JSON.stringify(item)).sort())
  t.equal(control.findings.length, 500)
  const rechecked = replica.requests.reduce((keys, request) => keys + request.keys, 0)
  t.ok(rechecked < 40, `${rechecked} keys were read before their put`)
})

/** A replica that holds one item, which its scan does not return, and refuses to put it. */
function unseenItem() {
  const master = memoryTable({ index: 0, schema: ID_KEY, items: ITEMS, pageSize: 50 })
  const items = ITEMS.slice(300, 301)
  const replica = memoryTable({ index: 1, schema: ID_KEY, items, pageSize: 50 })
  const unseen: MemoryTable = {
    ...replica,
    scanPage: async () => ({
      bytes: Buffer.alloc(0),
      count: 0,
      spans: new Int32Array(0),
      lastEvaluatedKey: undefined,
      readUnits: 0,
      scanned: 0,
    }),
  }
  return writingThread(master, unseen, ['item 300'])
}

t.test('an item whose put is refused is read again, and counted as what it is', async (t) => {
  const { puts, thread } = unseenItem()
  const { tally } = await compareSegment(compareTask([1]), thread, recordedControl())
  t.match(tally.replicas[1] as ReplicaTally, {
    missing: 499,
    written: 499,
    sameAs: 1,
    conflicts: 0,
  })
  t.equal(puts.length, 499)
})

t.test('a refused put of an item that an earlier run has put counts as written', async (t) => {
  const { puts, thread } = unseenItem()
  const key = '{"id":{"S":"item 300"}}'
  const intents = [{ replica: 1, key, kind: 'missing' }] as const
  const writing = { ...thread, setup: { ...thread.setup, isWriting: true } }
  const task = { ...compareTask([1]), intents }
  const { tally } = await compareSegment(task, writing, recordedControl())
  t.match(tally.replicas[1] as ReplicaTally, { missing: 500, written: 500, sameAs: 0 })
  t.equal(puts.length, 499)
})

t.test('a dry run that reaches --max-writes has not finished its segment', async (t) => {
  const master = memoryTable({ index: 0, schema: ID_KEY, items: ITEMS, pageSize: 50 })
  const replica = memoryTable({ index: 1, schema: ID_KEY, items: [], pageSize: 50 })
  const { thread } = writingThread(master, replica)
  const write = { missing: false, differing: false, extra: false }
  const asked = { ...write, missing: true }
  const limited: Thread = {
    ...thread,
    setup: { ...thread.setup, write, asked },
    allowance: new Allowance(Allowance.memoryFor(ITEMS.length - 1)),
  }
  // The order to stop arrives when the segment is through.
  const { unfinished } = await compareSegment(compareTask([1]), limited, recordedControl())
  t.same(unfinished, [1])
})

t.test('lookUpBothSides asks the master after the replica has answered', async (t) => {
  const told: string[] = []
  const telling = (name: string, index: number, items: WireItem[]): MemoryTable => {
    const table = memoryTable({ index, schema: ID_KEY, items, pageSize: 50 })
    return {
      ...table,
      async lookUp(...asked) {
        told.push(`${name} asked`)
        const found = await table.lookUp(...asked)
        await setImmediate()
        told.push(`${name} read`)
        return found
      },
    }
  }
  const thread = memoryThread(telling('master', 0, ITEMS), [
    telling('replica', 1, ITEMS.slice(0, -1)),
  ])
  const recheckPolicy = { ...thread.setup.recheckPolicy, looksAgain: true }
  const live = { ...thread, setup: { ...thread.setup, recheckPolicy } }
  await compareSegment(compareTask([1]), live, recordedControl())
  t.same(told.slice(-3), ['replica read', 'master asked', 'master read'])
})
