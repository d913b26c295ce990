/** Writes the undo journal: many lines to one trip to the disk, and none acknowledged before it. */
import { type FileHandle, open } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { TablesyncError } from '../errors.ts'
import type { JournalHeader } from '../model/journal.ts'
import { checkedLine } from '../protocol/checked-line.ts'
import type { Tables } from './inspect.ts'

interface Waiting {
  readonly lines: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class Journal {
  readonly #file: string
  readonly #handle: FileHandle
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  /** What has torn it. Nothing is added then: only the last line of a journal may be torn. */
  #torn: TablesyncError | undefined

  /**
   * Begins a journal in a file that is not there yet. A name that ends in .gz
   * is compressed.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  static async open(file: string, tables: Tables): Promise<Journal> {
    // A journal is never overwritten: it is all that is left of what was.
    const handle = await open(file, 'wx', 0o600).catch((error: unknown) => {
      throw unwritable(file, error)
    })
    const journal = new Journal(file, handle)
    await journal.append([checkedLine(headerOf(tables))]).catch(async (error: unknown) => {
      await journal.close()
      throw error
    })
    return journal
  }

  private constructor(file: string, handle: FileHandle) {
    this.#file = file
    this.#handle = handle
  }

  /** Settles when the lines are on disk. */
  append(lines: readonly string[]): Promise<void> {
    const written = new Promise<void>((resolve, reject) =>
      this.#waiting.push({ lines, resolve, reject }),
    )
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
    })
    return written
  }

  async close(): Promise<void> {
    await this.#writing
    await this.#handle.close()
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        if (this.#torn !== undefined) throw this.#torn
        await this.#write(batch.flatMap(({ lines }) => lines))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        this.#torn ??= unwritable(this.#file, error)
        for (const { reject } of batch) reject(this.#torn)
      }
    }
  }

  async #write(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
    // Each batch is a gzip member of its own: what is on disk can be read whatever comes after.
    await this.#handle.appendFile(this.#file.endsWith('.gz') ? gzipSync(bytes) : bytes)
    await this.#handle.datasync()
  }
}

function headerOf({ inspected }: Tables): JournalHeader {
  const [, ...replicas] = inspected
  const tables = replicas.map(({ ref, facts }) => [
    ref.label,
    {
      ...(facts.tableId !== undefined && { tableId: facts.tableId }),
      ...(ref.endpoint !== undefined && { endpoint: ref.endpoint }),
      keySchema: facts.keySchema,
    },
  ])
  return { tablesync: 'undo-journal', version: 1, tables: Object.fromEntries(tables) }
}

function unwritable(file: string, cause: unknown): TablesyncError {
  const { message } = cause as Error
  return new TablesyncError(`Cannot write the undo journal ${file}: ${message}`, {
    code: 'FILE_UNWRITABLE',
    scope: 'run',
    hint: 'Name a file that does not exist yet, in a folder that does, on a disk with room.',
    cause,
  })
}
