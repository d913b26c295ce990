/** Why a file that the user named cannot be written. */
import { TablesyncError } from '../errors.ts'

export interface NamedFile {
  readonly file: string
  /** How messages call the file, such as `the page`. */
  readonly what: string
  /** What the user can do. Absent: name another file. */
  readonly hint?: string
}

/** An error with code `FILE_UNWRITABLE`. */
export function unwritable({ file, what, hint }: NamedFile, cause: unknown): TablesyncError {
  return new TablesyncError(`Cannot write ${what} ${file}: ${(cause as Error).message}`, {
    code: 'FILE_UNWRITABLE',
    scope: 'run',
    hint: hint ?? 'Name another file, in a folder that exists, on a disk with room.',
    cause,
  })
}
