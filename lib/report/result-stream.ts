/** Where output for programs goes. Nothing else writes to stdout. */
import { TablesyncError } from '../errors.ts'

export interface ResultStream {
  /**
   * Settles once the text is written. If a reader has closed its end, it wanted no more, and that
   * is no failure.
   *
   * @returns whether somebody still reads
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  print(text: string): Promise<boolean>
}

export function openResultStream(stream: NodeJS.WritableStream): ResultStream {
  // Each write reports its own failure; an error without a listener would end the process.
  stream.on('error', () => {})
  return {
    print: (text) =>
      new Promise((resolve, reject) => {
        stream.write(text, (error?: NodeJS.ErrnoException | null) => {
          if (error === undefined || error === null) resolve(true)
          else if (error.code === 'EPIPE') resolve(false)
          else reject(unwritable(error))
        })
      }),
  }
}

function unwritable(cause: Error): TablesyncError {
  return new TablesyncError(`Cannot write the result to stdout: ${cause.message}`, {
    code: 'FILE_UNWRITABLE',
    scope: 'run',
    hint: 'Send it to a disk with room, or to a pipe.',
    cause,
  })
}
