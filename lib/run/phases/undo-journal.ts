/** An undo: the entries of a journal by key, each key brought back by a worker. */
import { Spill } from '../../files/spill.ts'
import type { JournalEntry, JournalRefusal } from '../../model/files/journal-lines.ts'
import type { Summary } from '../../model/summary.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { UndoKey, UndoTask } from '../../protocol/messages.ts'
import { ConcurrentWork } from '../concurrent-work.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { JournalLines } from '../records/journal-reader.ts'
import type { Preparation, RunContext } from '../run-context.ts'
import { askToUndo } from '../safeguards/consent.ts'
import { carryOutKeys, checkBooks, KeyCount } from '../safeguards/key-balance.ts'
import { withRun } from '../with-run.ts'

/** A journal is taken apart by key, a sixty-fourth at a time in memory. */
const BUCKETS = 64

/** Keys in one task. */
const BATCH = 100

export function runUndo(
  preparation: Preparation,
  journal: JournalLines,
  listeners: RunListeners,
  signal: AbortSignal,
): Promise<Summary> {
  return withRun(preparation, listeners, signal, async (run) => {
    const [, ...replicas] = preparation.tables.inspected
    const buckets = new Spill()
    let writes = 0
    const found = new KeyCount()
    try {
      // All of it is read before anything is undone: a journal that is damaged is refused whole.
      for await (const entry of journal.entries()) {
        writes += 'refused' in entry ? -1 : 1
        await buckets.add(
          bucketOf(JSON.stringify([entry.replica, entry.key])),
          JSON.stringify(entry),
        )
      }
      const { damage, ...end } = journal.end()
      if (damage !== undefined) run.ledger.noteIncomplete('', damage)
      const { dryRun } = preparation.settings
      listeners.onEvent({ type: 'undo', dryRun, journal: journal.file, writes, ...end, replicas })
      run.tellPaces()
      await askAboutAll(run, buckets)
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const keys = await keysOf(buckets, bucket)
        for (const [label, ofReplica] of keys) found.add(label, ofReplica.length)
        if (!run.isOver()) await undoBucket(run, keys)
      }
      checkBooks(run, found)
    } finally {
      await buckets.close()
    }
  })
}

/** An undo begins with what it is going to write: it asks before anything, where somebody wants to be asked. */
async function askAboutAll(run: RunContext, buckets: Spill): Promise<void> {
  if (run.listeners.confirm === undefined || run.settings.dryRun) return
  const counts = new Map<string, { deletions: number; restores: number }>()
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    for (const [replica, keys] of await keysOf(buckets, bucket)) {
      const count = counts.get(replica) ?? { deletions: 0, restores: 0 }
      counts.set(replica, count)
      for (const { steps } of keys) count[steps[0]?.before === null ? 'deletions' : 'restores']++
    }
  }
  for (const [replica, count] of counts) await askToUndo(run, replica, count)
}

type KeysByReplica = ReadonlyMap<string, readonly UndoKey[]>

async function keysOf(buckets: Spill, bucket: number): Promise<KeysByReplica> {
  const steps = new Map<string, JournalEntry[]>()
  for await (const texts of buckets.batches(bucket, 1000)) {
    for (const text of texts) {
      const line = JSON.parse(text) as JournalEntry | JournalRefusal
      const name = JSON.stringify([line.replica, line.key])
      const entries = steps.get(name) ?? []
      if ('refused' in line) entries.pop()
      else entries.push(line)
      steps.set(name, entries)
    }
  }
  const keys = new Map<string, UndoKey[]>()
  for (const entries of steps.values()) {
    const [first] = entries
    if (first === undefined) continue
    const { replica, key } = first
    const ofReplica = keys.get(replica) ?? []
    keys.set(replica, ofReplica)
    ofReplica.push({
      key: JSON.stringify(key),
      steps: entries.map(({ before, left }) => ({ before, left })),
    })
  }
  return keys
}

async function undoBucket(run: RunContext, keys: KeysByReplica): Promise<void> {
  const { ledger, writeLog, isOver, settings, tables, listeners } = run
  const lanes = new ConcurrentWork(settings.parallel)
  for (const [label, ofReplica] of keys) {
    const replica = tables.access.findLast((table) => table.label === label)?.index as TableIndex
    for (let at = 0; at < ofReplica.length; at += BATCH) {
      await lanes.room(1)
      if (isOver() || !ledger.isAttached(replica)) break
      const batch = ofReplica.slice(at, at + BATCH)
      lanes.start(async () => {
        const keys = batch.map(({ key }) => key)
        const taskNow = (): UndoTask => {
          return { kind: 'undo', replica, keys: batch, intents: writeLog.ofKeys(replica, keys) }
        }
        await carryOutKeys(run, { replica, keys: batch.length, taskNow })
        const writes = batch.reduce((sum, { steps }) => sum + steps.length, 0)
        listeners.onEvent({ type: 'undone', writes })
      })
    }
  }
  await lanes.end()
}

function bucketOf(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  return (hash >>> 0) % BUCKETS
}
