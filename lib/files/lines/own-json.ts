/** Files of one checked line: read whole, or refused by name. */
import { usageError } from '../../errors.ts'
import { CALLED, type OwnFile } from '../own-file.ts'
import { readRegularFile } from '../regular-file.ts'
import { unreadable } from '../unreadable.ts'
import { checkedLine, readCheckedLine } from './checked-line.ts'

export const jsonText = (value: object): string => `${checkedLine(value)}\n`

/** A file of version 1 with its text. */
export interface ReadJson<Content> {
  readonly content: Content
  readonly text: string
}

/**
 * @param missing what to do where the file is not there
 * @throws TablesyncError with code `USAGE` where it is not there, was changed, or is another file
 */
export async function readOwnJson<Content extends { readonly tablesync: OwnFile }>(
  file: string,
  kind: Content['tablesync'],
  missing: string,
): Promise<ReadJson<Content>> {
  const text = await readRegularFile(file).catch((error: unknown) => {
    throw unreadable(file, error, missing)
  })
  const value = text.endsWith('\n') ? readCheckedLine(text.slice(0, -1)) : undefined
  if (value === undefined) {
    throw usageError(
      `Expected ${file} to be ${CALLED[kind]}, as tablesync wrote it; it was changed or is cut short`,
      'Restore the file as it was written.',
    )
  }
  const { tablesync, version } = value as { readonly tablesync: unknown; readonly version: unknown }
  if (tablesync !== kind || version !== 1) {
    throw usageError(
      `Expected ${file} to be ${CALLED[kind]} of version 1, got ${JSON.stringify(tablesync)} of version ${JSON.stringify(version)}`,
      tablesync === kind ? 'A later tablesync wrote it: use that version.' : missing,
    )
  }
  return { content: value as Content, text }
}
