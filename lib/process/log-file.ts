/** The file of --log-file: appended line by line, at once, so that no exit of the process loses one. */
import { appendFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Writable } from 'node:stream'
import type { TablesyncError } from '../errors.ts'
import { refuseSharedFiles } from '../files/distinct-files.ts'
import { refuseOwn } from '../files/own-file.ts'
import { unwritable } from '../files/unwritable.ts'
import type { Spelling } from '../options/option.ts'
import type { Redaction } from './standard-error.ts'

export interface LogFile {
  readonly file: string
  /** What other options name, by the name that the user knows: none may be the same file. */
  readonly others: Readonly<Record<string, string | undefined>>
  readonly spelling: Spelling
}

/**
 * @param onLost is given, once, why the file cannot be written any more, and the line. Later lines go to stderr
 * @throws TablesyncError where it cannot be opened, or is used for something else
 */
export async function openLogFile(
  { file, others, spelling }: LogFile,
  redaction: Redaction,
  onLost: (error: TablesyncError, line: string) => void,
): Promise<Writable> {
  // Before anything is written: a line of a log in a journal would damage it.
  await refuseSharedFiles({
    files: { ...others, [spelling('logFile')]: file },
    checkpoints: [spelling('checkpoint')],
  })
  const handle = await openToAppend(file).catch((error: unknown) => {
    throw unwritable({ file, what: 'the log' }, error)
  })
  let isLost = false
  return new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _, done) {
      const text = redaction.text(chunk.toString())
      try {
        if (!isLost) appendFileSync(handle.fd, text)
        else process.stderr.write(text)
      } catch (error) {
        isLost = true
        onLost(unwritable({ file, what: 'the log' }, error), text)
      }
      done()
    },
  })
}

/** Standard input and output are no files. */
async function openToAppend(file: string): Promise<FileHandle> {
  await refuseOwn(file)
  // Keys may be personal data. An existing file keeps its own mode.
  return open(file, 'a', 0o600)
}
