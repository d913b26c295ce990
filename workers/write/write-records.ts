/** Records of a write: its journal line and its intent before it, or that nothing was written. */
import { passing } from '../../lib/diagnostics.ts'
import { canonicalKeyOfText } from '../../lib/item/key.ts'
import { withoutOrigin } from '../../lib/item/key-origin.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { JournalEntry, JournalRefusal } from '../../lib/model/files/journal-lines.ts'
import type { Intent } from '../../lib/model/files/write-intent.ts'
import type { WireItem } from '../../lib/model/wire.ts'
import type { ReplicaTask } from '../replica-task.ts'
import type { PreparedWrite } from './prepared-write.ts'

/**
 * Settles when the write that is about to be sent is on record, as far as it must be.
 *
 * @throws TablesyncError with code `ENDED` for a deletion whose tables may not be the same any more
 */
export async function recordBefore(
  { thread, client, record, replica }: ReplicaTask,
  { key, action, before, after, leaves, isPart }: PreparedWrite,
  intends: DifferenceKind | undefined,
): Promise<void> {
  const { isJournaled, isWriting } = thread.setup
  const isIntended = isWriting && intends !== undefined
  const isDeletion = action === 'deleted'
  if (!isJournaled && !isIntended && !isDeletion) return
  const own = withoutOrigin(key)
  const left = () => {
    const item = after()
    return item === undefined ? null : thread.wholeDigest(item)
  }
  const line = () => {
    const entry: JournalEntry = {
      replica: client.table.access.label,
      key: JSON.parse(own) as WireItem,
      before: before ?? null,
      left: left(),
    }
    return JSON.stringify(entry)
  }
  const intent = (): Intent => {
    const kind = intends as DifferenceKind
    const digest = leaves()
    if (digest === null) return { replica, key: own, kind }
    const signature = [digest]
    return { replica, key: own, kind, ...(isPart ? { parts: signature } : { leaves: signature }) }
  }
  passing('about-to-write')
  await record({
    ...(isJournaled && { line: line() }),
    ...(isIntended && { intents: [intent()] }),
    ...(isDeletion && { deletesFrom: replica }),
  })
}

/**
 * Settles when it is on record that nothing was written. Otherwise an undo, or whoever resumes the
 * work, would take what somebody else has written there for ours.
 */
export async function takeBack(
  { thread, client, record, replica, intents, schema }: ReplicaTask,
  { key }: PreparedWrite,
  isInDoubt: boolean,
): Promise<void> {
  const { isJournaled, isWriting } = thread.setup
  const own = withoutOrigin(key)
  const refusal: JournalRefusal = {
    replica: client.table.access.label,
    key: JSON.parse(own) as WireItem,
    refused: true,
  }
  const isWithdrawn = isWriting && !isInDoubt
  if (isWithdrawn) intents.delete(canonicalKeyOfText(key, schema))
  if (!isJournaled && !isWithdrawn) return
  const recorded = record({
    ...(isJournaled && { line: JSON.stringify(refusal) }),
    ...(isWithdrawn && { withdrawn: [{ replica, key: own }] }),
  })
  // A record that cannot be kept ends the run elsewhere; this write has ended all the same.
  await recorded.catch(() => {})
}
