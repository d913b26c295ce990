/**
 * One attempt at one write: records it if necessary, sends it once, and classifies and counts how
 * it ended. Every write to a replica is made here.
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
  /** Whether it was already retried as often as allowed. */
  readonly isTiredOut: boolean
}

export type AttemptEnd =
  /** The item is as the write leaves it. */
  | { readonly end: 'landed' }
  /** Nothing was written: its condition did not hold. */
  | { readonly end: 'refused' }
  /** Nothing was written: too much is going on at the table, or at the item. */
  | ({ readonly end: 'busy' } & Trouble)
  /** It may have landed or not: only a read can tell. */
  | ({ readonly end: 'unsure' } & Trouble)
  /** Nothing was written, and another attempt would end the same way. */
  | { readonly end: 'rejected'; readonly error: TablesyncError }
  /** Nothing was sent, since the run is to end. */
  | { readonly end: 'not-sent' }

/**
 * `intends`: how to count the write if it lands and its thread dies. Undefined: it is not counted.
 * `isInDoubt`: an attempt before this one may have landed.
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

async function sendOnce({ count, client }: ReplicaTask, write: PreparedWrite): Promise<AttemptEnd> {
  try {
    const result = await write.send()
    passing('written')
    if (result.end === 'refused') return result
    count.wrote(result.writeUnits)
    client.streak.landed()
    return { end: 'landed' }
  } catch (thrown) {
    const error = asTablesyncError(thrown)
    if (isEnded(error)) return { end: 'not-sent' }
    const isTiredOut = error.scope === 'item'
    if (isContended(error)) return { end: 'busy', error, isTiredOut }
    if (mayPass(error)) {
      return { end: error.code === 'THROTTLED' ? 'busy' : 'unsure', error, isTiredOut }
    }
    return { end: 'rejected', error: client.streak.rejected(ofItem(error)) }
  }
}

/** A final refusal ends only its item: others may be allowed, or fit. */
function ofItem(error: TablesyncError): TablesyncError {
  if (!isFinalRefusal(error)) return error
  const { message, code, table, cause } = error
  const hint = code === 'ACCESS_DENIED' ? KEY_DENIED : error.hint
  return new TablesyncError(message, { code, table, cause, hint, scope: 'item' })
}
