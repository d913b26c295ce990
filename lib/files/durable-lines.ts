/** A file of lines: many of them to one trip to the disk, and none acknowledged before it. */
import { type FileHandle, open } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { TablesyncError } from '../errors.ts'
import type { Bytes } from '../model/units.ts'
import { checkedLine } from '../protocol/checked-line.ts'
import { passing } from '../protocol/points.ts'

export interface LinesFile {
  readonly file: string
  /** What messages call it. */
  readonly what: string
  /** Whether a file that is there already is refused, or begun anew. */
  readonly mustBeNew: boolean
}

interface Waiting {
  readonly lines: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class DurableLines {
  readonly #of: LinesFile
  readonly #handle: FileHandle
  #bytes: Bytes
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  /** What has torn it. Nothing is added then: only the last line may be torn. */
  #torn: TablesyncError | undefined

  /**
   * Begins a file that only its owner can read. A name that ends in .gz is
   * compressed.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  static async open(of: LinesFile, header: object): Promise<DurableLines> {
    const handle = await open(of.file, of.mustBeNew ? 'wx' : 'w', 0o600).catch((error: unknown) => {
      throw unwritable(of, error)
    })
    const lines = new DurableLines(of, handle, 0)
    try {
      // The mode above is for new files; one that was there keeps its own.
      if ((await handle.stat()).isFile()) await handle.chmod(0o600)
      await lines.append([checkedLine(header)])
    } catch (error) {
      await handle.close()
      throw error instanceof TablesyncError ? error : unwritable(of, error)
    }
    return lines
  }

  /**
   * Goes on with a file that an earlier run has begun. A last line that is torn
   * was never acknowledged, and is cut off; nothing else of it is touched.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  static async reopen(of: LinesFile): Promise<DurableLines> {
    try {
      const handle = await open(of.file, 'r+')
      const { size } = await handle.stat()
      const end = await endOfLastLine(handle, size)
      await handle.truncate(end)
      await handle.close()
      return new DurableLines(of, await open(of.file, 'a', 0o600), end)
    } catch (error) {
      throw unwritable(of, error)
    }
  }

  private constructor(of: LinesFile, handle: FileHandle, bytes: Bytes) {
    this.#of = of
    this.#handle = handle
    this.#bytes = bytes
  }

  /** How long the file is, with all that is on disk. */
  get bytes(): Bytes {
    return this.#bytes
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
        this.#torn ??= unwritable(this.#of, error)
        for (const { reject } of batch) reject(this.#torn)
      }
    }
  }

  async #write(lines: readonly string[]): Promise<void> {
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
    // Each batch is a gzip member of its own: what is on disk can be read whatever comes after.
    const written = this.#of.file.endsWith('.gz') ? gzipSync(bytes) : bytes
    await this.#handle.appendFile(written)
    passing('journal-appended')
    await this.#handle.datasync()
    this.#bytes += written.length
    passing('journal-synced')
  }
}

function unwritable({ file, what, mustBeNew }: LinesFile, cause: unknown): TablesyncError {
  const named = mustBeNew
    ? 'a file that does not exist yet, in a folder that does'
    : 'a file in a folder that exists'
  return new TablesyncError(`Cannot write the ${what} ${file}: ${(cause as Error).message}`, {
    code: 'FILE_UNWRITABLE',
    scope: 'run',
    hint: `Name ${named}, on a disk with room.`,
    cause,
  })
}

const CHUNK = 64 << 10

/** The position after the last line feed: 0 where there is none. */
async function endOfLastLine(handle: FileHandle, size: number): Promise<number> {
  for (let end = size; end > 0; end = Math.max(0, end - CHUNK)) {
    const start = Math.max(0, end - CHUNK)
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(end - start),
      0,
      end - start,
      start,
    )
    const at = buffer.subarray(0, bytesRead).lastIndexOf(0x0a)
    if (at >= 0) return start + at + 1
  }
  return 0
}
