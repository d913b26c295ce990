/** Texts that wait on disk, by a number: there may be as many as a table has items. */
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { TablesyncError } from '../errors.ts'

interface Heap {
  readonly file: string
  readonly stream: WriteStream
  count: number
}

export class Spill {
  readonly #heaps = new Map<number, Heap>()
  #folder: Promise<string> | undefined
  #failure: Error | undefined

  /**
   * Settles when the text has been taken and there is room for more.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  async add(number: number, text: string): Promise<void> {
    try {
      const spill = this.#heaps.get(number) ?? (await this.#open(number))
      if (this.#failure !== undefined) throw this.#failure
      spill.count++
      // Base64, since a text may hold what readline takes for the end of a line.
      const line = `${Buffer.from(text).toString('base64')}\n`
      if (!spill.stream.write(line)) await once(spill.stream, 'drain')
    } catch (error) {
      throw unwritable(error)
    }
  }

  count(number: number): number {
    return this.#heaps.get(number)?.count ?? 0
  }

  /**
   * Hands out a number's texts in the order they came, in batches. Nothing can be added to it after.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  async *batches(number: number, size: number): AsyncGenerator<string[]> {
    const spill = this.#heaps.get(number)
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
    for (const { stream } of this.#heaps.values()) stream.destroy()
    const folder = await this.#folder?.catch(() => undefined)
    // What cannot be removed is in the system's folder for such things.
    if (folder !== undefined) await rm(folder, { recursive: true }).catch(() => {})
  }

  async #open(number: number): Promise<Heap> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'tablesync-'))
    const file = join(await this.#folder, `${number}.base64`)
    // Another finding may have come first while the folder was made.
    const known = this.#heaps.get(number)
    if (known !== undefined) return known
    const stream = createWriteStream(file, { mode: 0o600 })
    stream.on('error', (error) => {
      this.#failure = error
    })
    const spill = { file, stream, count: 0 }
    this.#heaps.set(number, spill)
    return spill
  }
}

function unwritable(cause: unknown): TablesyncError {
  const { message } = cause as Error
  return new TablesyncError(`Cannot keep on disk what waits there: ${message}`, {
    code: 'FILE_UNWRITABLE',
    scope: 'run',
    hint: 'Make room on the disk, or point TMPDIR at a folder on one that has it.',
    cause,
  })
}
