/** Why a file that the user named cannot be written. */
import { TablesyncError } from '../errors.ts'

/** @param what how messages call the file, such as `the page` */
export interface NamedFile {
  readonly file: string
  readonly what: string
}

/** An error with code `FILE_UNWRITABLE`. */
export function unwritable({ file, what }: NamedFile, cause: unknown): TablesyncError {
  return new TablesyncError(`Cannot write ${what} ${file}: ${(cause as Error).message}`, {
    code: 'FILE_UNWRITABLE',
    scope: 'run',
    hint: 'Name another file, in a folder that exists, on a disk with room.',
    cause,
  })
}
