/** Extras that wait for their deletion: on disk, since there may be as many as a table has items. */
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { TablesyncError } from '../errors.ts'
import type { TableIndex } from '../model/table.ts'

interface Spill {
  readonly file: string
  readonly stream: WriteStream
  count: number
}

export class DeleteQueue {
  readonly #spills = new Map<TableIndex, Spill>()
  #folder: Promise<string> | undefined
  #failure: Error | undefined

  /**
   * Settles when the key, DynamoDB JSON text, has been taken and there is room for more.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  async add(replica: TableIndex, key: string): Promise<void> {
    try {
      const spill = this.#spills.get(replica) ?? (await this.#open(replica))
      if (this.#failure !== undefined) throw this.#failure
      spill.count++
      // Base64, since a key may hold what readline takes for the end of a line.
      const line = `${Buffer.from(key).toString('base64')}\n`
      if (!spill.stream.write(line)) await once(spill.stream, 'drain')
    } catch (error) {
      throw unwritable(error)
    }
  }

  count(replica: TableIndex): number {
    return this.#spills.get(replica)?.count ?? 0
  }

  /**
   * Hands out a replica's keys, in batches. Nothing can be added to it after.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  async *batches(replica: TableIndex, size: number): AsyncGenerator<string[]> {
    const spill = this.#spills.get(replica)
    if (spill === undefined) return
    try {
      spill.stream.end()
      await finished(spill.stream)
      // Opened before it is read: readline would wait for ever for a file that is gone.
      const file = await open(spill.file)
      let batch: string[] = []
      for await (const line of file.readLines()) {
        batch.push(Buffer.from(line, 'base64').toString())
        if (batch.length < size) continue
        yield batch
        batch = []
      }
      if (batch.length > 0) yield batch
    } catch (error) {
      throw unwritable(error)
    }
  }

  async close(): Promise<void> {
    for (const { stream } of this.#spills.values()) stream.destroy()
    const folder = await this.#folder?.catch(() => undefined)
    // What cannot be removed is in the system's folder for such things.
    if (folder !== undefined) await rm(folder, { recursive: true }).catch(() => {})
  }

  async #open(replica: TableIndex): Promise<Spill> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'tablesync-'))
    const file = join(await this.#folder, `extras-${replica}.ndjson`)
    // Another finding may have come first while the folder was made.
    const known = this.#spills.get(replica)
    if (known !== undefined) return known
    const stream = createWriteStream(file, { mode: 0o600 })
    stream.on('error', (error) => {
      this.#failure = error
    })
    const spill = { file, stream, count: 0 }
    this.#spills.set(replica, spill)
    return spill
  }
}

function unwritable(cause: unknown): TablesyncError {
  const { message } = cause as Error
  return new TablesyncError(`Cannot keep the list of extras to delete: ${message}`, {
    code: 'FILE_UNWRITABLE',
    scope: 'run',
    hint: 'Make room on the disk, or point TMPDIR at a folder on one that has it.',
    cause,
  })
}
