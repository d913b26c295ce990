/** Why a lock cannot be taken, or is no longer held. */
import { TablesyncError, usageError } from '../../errors.ts'
import type { HolderState, LockHolder } from './lock-holder.ts'

const nameOf = ({ pid, host }: LockHolder) => `process ${pid} on ${host}`

/** @param holder undefined: another run is about to take the lock */
export function held(file: string, holder?: LockHolder, state?: HolderState): TablesyncError {
  const who = holder === undefined ? 'another run' : nameOf(holder)
  if (holder === undefined || state !== 'unseen') {
    return usageError(
      `The checkpoint is in use by ${who}`,
      `Wait until it ends. If it is certainly dead, remove ${file}.`,
    )
  }
  const seconds = Math.ceil((holder.until - Date.now()) / 1000)
  return usageError(
    `The checkpoint is in use by ${who}, or was a moment ago`,
    `It runs on another machine or in another container. If it is dead, wait ${seconds} s for its lock to expire, or remove ${file}.`,
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
    `The lock ${file} has a time in the future`,
    'Correct the clock. If no run uses the checkpoint, remove the file.',
  )
}

export function lost(file: string, holder: LockHolder): TablesyncError {
  return new TablesyncError(
    `${nameOf(holder)} took over the checkpoint, because it found no sign of life of this run (${file})`,
    {
      code: 'FILE_UNWRITABLE',
      scope: 'run',
      hint: 'Leave the work to that run. Use --resume only once it has ended.',
    },
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
