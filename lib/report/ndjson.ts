/** The report: a line of JSON per difference. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { chmod, open, stat } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { TablesyncError } from '../errors.ts'
import type { Difference } from '../model/difference.ts'

export interface Report {
  /** Settles when there is room for more. */
  write(difference: Difference): Promise<void>
  /** Settles when all lines are in the file. May be called twice. */
  close(): Promise<void>
}

/**
 * Begins a report anew. Keys may be personal data, so only the owner may read it.
 *
 * @throws TablesyncError with code `FILE_UNWRITABLE`
 */
export async function openReport(file: string): Promise<Report> {
  try {
    await refuseOurs(file)
    await (await open(file, 'w', 0o600)).close()
    // The mode above is for new files; one that was there keeps its own. A device is not ours to close.
    if ((await stat(file)).isFile()) await chmod(file, 0o600)
  } catch (error) {
    throw unwritable(file, error)
  }
  const stream = createWriteStream(file)
  let failure: Error | undefined
  stream.on('error', (error) => {
    failure = error
  })
  return {
    async write(difference) {
      if (failure !== undefined) throw unwritable(file, failure)
      if (stream.write(`${JSON.stringify(difference)}\n`)) return
      await once(stream, 'drain').catch((error: unknown) => {
        throw unwritable(file, error)
      })
    },
    async close() {
      try {
        if (failure !== undefined) throw failure
        stream.end()
        await finished(stream)
      } catch (error) {
        throw unwritable(file, error)
      }
    },
  }
}

/** A journal or a plan is not begun anew by a slip of the fingers. */
async function refuseOurs(file: string): Promise<void> {
  const handle = await open(file, 'r').catch(() => undefined)
  if (handle === undefined) return
  try {
    const isPlain = (await handle.stat()).isFile()
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(isPlain ? 200 : 0), 0)
    const what = OURS.exec(buffer.toString('latin1', 0, bytesRead))?.[1]
    if (what !== undefined) throw new Error(`it is a ${what} of tablesync`)
  } finally {
    await handle.close()
  }
}

const OURS = /^\{"crc":"\w{8}","tablesync":"([\w-]+)"/

function unwritable(file: string, cause: unknown): TablesyncError {
  return new TablesyncError(`Cannot write the report ${file}: ${(cause as Error).message}`, {
    code: 'FILE_UNWRITABLE',
    scope: 'run',
    hint: 'Name a file in a folder that exists, on a disk with room.',
    cause,
  })
}
