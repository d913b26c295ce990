/** Why a file or a folder cannot be read, and what to do. */
import { type TablesyncError, usageError } from '../errors.ts'

/** A disk of a network that does not answer now, and may later. */
const PASSING = new Set([
  ...['EIO', 'ESTALE', 'ETIMEDOUT', 'EAGAIN', 'EBUSY', 'EREMOTEIO', 'ENOLINK'],
  ...['EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN', 'ENETUNREACH'],
  ...['ENOTCONN', 'ECONNRESET', 'ESHUTDOWN'],
])

const DENIED = new Set(['EACCES', 'EPERM'])

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | undefined)?.code ?? ''

/** Whether the same may be read later. */
export const mayPass = (error: unknown): boolean => PASSING.has(codeOf(error))

/** @param otherwise what to do where the file is not there, or is no file */
export function readingHint(error: unknown, otherwise: string): string {
  if (DENIED.has(codeOf(error))) return 'Run as a user who may read it.'
  return mayPass(error) ? 'Try again when its disk answers.' : otherwise
}

/** An error with code `USAGE`, whose cause is what the disk said. */
export const unreadable = (file: string, error: unknown, otherwise: string): TablesyncError =>
  usageError(
    `Cannot read ${file}: ${(error as Error).message}`,
    readingHint(error, otherwise),
    error,
  )
