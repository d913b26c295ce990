/** An undo: the entries of a journal by key, each key brought back by a worker. */

import type { Summary } from '../../model/results/summary.ts'
import type { UndoTask } from '../../protocol/tasks.ts'
import { ConcurrentWork } from '../concurrent-work.ts'
import { JournalKeys, type KeysByReplica } from '../journal/journal-keys.ts'
import type { JournalLines } from '../journal/journal-reader.ts'
import type { RunListeners } from '../records/difference-sink.ts'
import type { Preparation, RunContext } from '../run-context.ts'
import { askToUndo } from '../safeguards/consent.ts'
import { carryOutKeys, checkBooks, KeyCount } from '../safeguards/key-balance.ts'
import { replicaOfLabel } from '../tables/replica-of-label.ts'
import { withRun } from '../with-run.ts'

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
    const keys = new JournalKeys()
    const found = new KeyCount()
    try {
      // All of it is read before anything is undone: a damaged journal is refused whole.
      await keys.read(journal)
      const { writes } = keys
      const { damage, ...end } = journal.end()
      if (damage !== undefined) run.ledger.noteIncomplete('', damage)
      const { dryRun } = preparation.settings
      listeners.onEvent({ type: 'undo', dryRun, journal: journal.file, writes, ...end, replicas })
      run.tellPaces()
      await askAboutAll(run, keys)
      for await (const part of keys.parts()) {
        for (const [label, ofReplica] of part) found.add(label, ofReplica.length)
        if (!run.isOver()) await undoPart(run, part)
      }
      checkBooks(run, found)
    } finally {
      await keys.close()
    }
  })
}

/** An undo begins with what it is going to write: it asks before anything, where somebody wants to be asked. */
async function askAboutAll(run: RunContext, all: JournalKeys): Promise<void> {
  if (run.listeners.confirm === undefined || run.settings.dryRun) return
  const counts = new Map<string, { deletions: number; restores: number }>()
  for await (const part of all.parts()) {
    for (const [replica, keys] of part) {
      const count = counts.get(replica) ?? { deletions: 0, restores: 0 }
      counts.set(replica, count)
      for (const { steps } of keys) count[steps[0]?.before === null ? 'deletions' : 'restores']++
    }
  }
  for (const [replica, count] of counts) await askToUndo(run, replica, count)
}

async function undoPart(run: RunContext, keys: KeysByReplica): Promise<void> {
  const { ledger, writeLog, isOver, settings, tables, listeners } = run
  const tasks = new ConcurrentWork(settings.parallel)
  for (const [label, ofReplica] of keys) {
    const replica = replicaOfLabel(tables, label)
    for (let at = 0; at < ofReplica.length; at += BATCH) {
      await tasks.room(1)
      if (isOver() || !ledger.isAttached(replica)) break
      const batch = ofReplica.slice(at, at + BATCH)
      tasks.start(async () => {
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
  await tasks.end()
}
