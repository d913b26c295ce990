/** Prints what a program reads. What cannot be printed is never taken for a success. */
import { writeSync } from 'node:fs'
import { asTablesyncError, type TablesyncError } from '../errors.ts'
import { printable } from '../report/printable.ts'
import { openResultStream } from '../report/result-stream.ts'
import type { Redaction } from './standard-error.ts'

const INCOMPLETE = 3

export interface PrintedResult {
  /** Writes to standard output; settles with whether somebody still reads. */
  readonly write: (text: string) => Promise<boolean>
  /** Yields the exit code, which is never that of success if the text could not be printed. */
  print(text: string, code: number): Promise<number>
  printDocument(document: object, code: number): Promise<number>
  /** For a process that is about to end: nothing waits any more. */
  writeDocumentAtOnce(document: object): void
}

export function openPrintedResult(
  redaction: Redaction,
  onFailure: (error: TablesyncError) => void,
): PrintedResult {
  const result = openResultStream(process.stdout)
  const textOf = (document: object) => printable(JSON.stringify(document, redaction.json))
  const print = async (text: string, code: number) => {
    try {
      await result.print(`${text}\n`)
      return code
    } catch (error) {
      onFailure(asTablesyncError(error))
      return Math.max(code, INCOMPLETE)
    }
  }
  return {
    write: result.print,
    print,
    printDocument: (document, code) => print(textOf(document), code),
    writeDocumentAtOnce(document) {
      try {
        writeSync(process.stdout.fd, `${textOf(document)}\n`)
      } catch {
        // Nobody reads it: the exit code says it.
      }
    },
  }
}
