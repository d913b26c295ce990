/** Why a lock cannot be taken, or is no longer held. */
import { TablesyncError, usageError } from '../errors.ts'
import type { HolderState, LockHolder } from './lock-holder.ts'

const nameOf = ({ pid, host }: LockHolder) => `process ${pid} on ${host}`

/** @param holder undefined: another run is about to take the lock */
export function held(file: string, holder?: LockHolder, state?: HolderState): TablesyncError {
  const who = holder === undefined ? 'another run' : nameOf(holder)
  const remove = `If it is certainly dead, remove ${file}.`
  if (holder === undefined || state !== 'unseen') {
    return usageError(`The checkpoint is in use by ${who}`, `Wait until it ends. ${remove}`)
  }
  const seconds = Math.ceil((holder.until - Date.now()) / 1000)
  return usageError(
    `The checkpoint is in use by ${who}, or was a moment ago`,
    `That process is on another machine or in another container. If it is dead, its lock expires in ${seconds} s. ${remove}`,
  )
}

export function noLock(file: string, cause: unknown): TablesyncError {
  const { message } = cause as Error
  return usageError(
    `Expected ${file} to be the lock of a checkpoint; it cannot be read as one: ${message}`,
    'If no run uses the checkpoint, remove it.',
  )
}

export function timeless(file: string): TablesyncError {
  return usageError(
    `${file} is dated in the future`,
    'Set the clock. If no run uses the checkpoint, remove the file.',
  )
}

export function lost(file: string, holder: LockHolder): TablesyncError {
  return new TablesyncError(
    `This run has lost its checkpoint to ${nameOf(holder)}, which took it for dead (${file})`,
    { code: 'FILE_UNWRITABLE', scope: 'run', hint: 'The other run goes on with it.' },
  )
}

export function unwritableLock(file: string, cause: unknown): TablesyncError {
  return new TablesyncError(`Cannot write the lock ${file}: ${(cause as Error).message}`, {
    code: 'FILE_UNWRITABLE',
    scope: 'run',
    hint: 'Name a checkpoint in a folder that exists and may be written, on a disk with room.',
    cause,
  })
}
