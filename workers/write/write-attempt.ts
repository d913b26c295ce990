/**
 * One attempt at one write: put on record where it has to be, sent once, its
 * end classified and counted. Whatever writes to a replica does it here.
 */

import { passing } from '../../lib/diagnostics.ts'
import { KEY_DENIED } from '../../lib/dynamo/refused-keys.ts'
import {
  isContended,
  isEnded,
  isFinalRefusal,
  mayPass,
} from '../../lib/dynamo/request/request-errors.ts'
import { asTablesyncError, TablesyncError } from '../../lib/errors.ts'
import type { KeyText } from '../../lib/item/key.ts'
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { SeenItem } from '../../lib/model/pending-recheck.ts'
import type { ReplicaTask } from '../replica-task.ts'
import type { PreparedWrite } from './prepared-write.ts'
import { recordBefore, takeBack } from './write-records.ts'

/** A write that went through: what it left on the replica. */
export interface Written {
  readonly key: KeyText
  readonly left: () => SeenItem
  /** The replica lacked the item before: all of it is ours. */
  readonly isPut: boolean
}

interface Trouble {
  readonly error: TablesyncError
  /** It has been tried again as often as may be. */
  readonly isTiredOut: boolean
}

export type AttemptEnd =
  /** The item is as the write leaves it. */
  | { readonly end: 'landed' }
  /** Nothing was written: its condition did not hold. */
  | { readonly end: 'refused' }
  /** Nothing was written: too much goes on at the table, or at the item. */
  | ({ readonly end: 'busy' } & Trouble)
  /** It may have landed or not: only a reading can tell. */
  | ({ readonly end: 'unsure' } & Trouble)
  /** Nothing was written, and another attempt would end as this one. */
  | { readonly end: 'rejected'; readonly error: TablesyncError }
  /** Nothing was sent, since the run is to end. */
  | { readonly end: 'not-sent' }

/**
 * `intends`: what the write is counted as where it lands and nobody lives to
 * tell. Undefined: it is not counted. `isInDoubt`: an attempt before this one may
 * have landed.
 */
export async function attempt(
  replicaTask: ReplicaTask,
  write: PreparedWrite,
  intends: DifferenceKind | undefined,
  isInDoubt = false,
): Promise<AttemptEnd> {
  try {
    await recordBefore(replicaTask, write, intends)
  } catch (thrown) {
    const error = asTablesyncError(thrown)
    return isEnded(error) ? { end: 'not-sent' } : { end: 'rejected', error }
  }
  const end = await sendOnce(replicaTask, write)
  const isWritten = end.end === 'landed' || end.end === 'unsure'
  if (!isWritten) await takeBack(replicaTask, write, isInDoubt)
  return end
}

async function sendOnce({ count, door }: ReplicaTask, write: PreparedWrite): Promise<AttemptEnd> {
  try {
    const result = await write.send()
    passing('written')
    if (result.end === 'refused') return result
    count.wrote(result.writeUnits)
    door.streak.landed()
    return { end: 'landed' }
  } catch (thrown) {
    const error = asTablesyncError(thrown)
    if (isEnded(error)) return { end: 'not-sent' }
    const isTiredOut = error.scope === 'item'
    if (isContended(error)) return { end: 'busy', error, isTiredOut }
    if (mayPass(error)) {
      return { end: error.code === 'THROTTLED' ? 'busy' : 'unsure', error, isTiredOut }
    }
    return { end: 'rejected', error: door.streak.rejected(ofItem(error)) }
  }
}

/** What is refused for good ends its item alone: others may be allowed, or fit. */
function ofItem(error: TablesyncError): TablesyncError {
  if (!isFinalRefusal(error)) return error
  const { message, code, table, cause } = error
  const hint = code === 'ACCESS_DENIED' ? KEY_DENIED : error.hint
  return new TablesyncError(message, { code, table, cause, hint, scope: 'item' })
}
