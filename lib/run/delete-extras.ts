/** The last part of a run: extras that wait on disk, deleted where nothing has failed. */
import PQueue from 'p-queue'
import type { TableIndex } from '../model/table.ts'
import type { RunHooks } from './desk.ts'
import type { Flight } from './flight.ts'

/** Extras in one task. */
const DELETE_BATCH = 200

/** Deletions come last, and not at all on a replica where anything has failed. */
export async function deleteExtras(flight: Flight, replica: TableIndex): Promise<void> {
  const { deletes, desk, hooks, ledger, settings } = flight
  const extras = deletes.count(replica)
  if (extras === 0) return
  const label = desk.label(replica)
  const lanes = new PQueue({ concurrency: settings.parallel })
  let withheld: string | undefined
  for await (const keys of deletes.batches(replica, DELETE_BATCH)) {
    await lanes.onSizeLessThan(1)
    withheld ??= reasonToWithhold(flight, replica)
    if (withheld !== undefined) {
      ledger.fate(replica).deletionsWithheld += keys.length
      await tellWithheld(hooks, label, keys)
    } else {
      if (lanes.pending === 0) hooks.onEvent({ type: 'deleting', replica: label, extras })
      void lanes.add(() => desk.carryOut({ kind: 'delete', replica, keys }))
    }
  }
  await lanes.onIdle()
  if (withheld === undefined) return
  const left = ledger.fate(replica).deletionsWithheld
  hooks.onEvent({ type: 'deletions-withheld', replica: label, extras: left, reason: withheld })
}

function reasonToWithhold({ ledger, plan, isOver }: Flight, replica: TableIndex) {
  const { failed, unverified } = ledger.totalOf(replica)
  const { lost, finishedSegments } = ledger.fate(replica)
  if (isOver()) return 'the run was ended'
  if (lost !== undefined) return 'the replica was lost'
  if (finishedSegments < plan.segments) return 'not every segment was compared'
  if (failed > 0) return `${failed} items could not be repaired`
  if (unverified > 0) return `${unverified} keys could not be verified`
  return undefined
}

async function tellWithheld(hooks: RunHooks, replica: string, keys: readonly string[]) {
  for (const key of keys) {
    await hooks.onDifference?.({ replica, kind: 'extra', key: JSON.parse(key), action: 'none' })
  }
}
