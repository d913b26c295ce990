/** A file of lines. Many lines share one sync to disk, and none is acknowledged before it. */
import { type FileHandle, open, rm } from 'node:fs/promises'
import { crc32, gzipSync } from 'node:zlib'
import { type Point, passing } from '../../diagnostics.ts'
import { TablesyncError } from '../../errors.ts'
import type { FileMark, GoodLines } from '../../model/files/file-mark.ts'
import { type LineChain, NO_LINES } from '../../model/files/line-chain.ts'
import type { Bytes } from '../../model/units.ts'
import { chainedLine, withLine } from './chained-line.ts'
import { checkedText } from './checked-line.ts'

export interface LinesFile {
  readonly file: string
  /** How messages name the file. */
  readonly what: string
  /** What the user can do if the file cannot be written. Absent: name another file. */
  readonly hint?: string
  /** Points to publish when lines are in the file, and when they are on disk. Absent: none. */
  readonly points?: { readonly appended: Point; readonly synced: Point }
}

interface Waiting {
  readonly texts: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class DurableLines {
  readonly #of: LinesFile
  readonly #handle: FileHandle
  #bytes: Bytes
  #crc: number
  /** Undefined: the file has version 1, and its lines are not chained. */
  #chain: LineChain | undefined
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  /** The error that tore the file. Nothing is appended after it: only the last line may be torn. */
  #torn: TablesyncError | undefined

  /**
   * Creates a file that only its owner can read. If the name ends in .gz, the content is
   * compressed.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`, also if the file exists already
   */
  static async open(of: LinesFile, header: object): Promise<DurableLines> {
    const handle = await open(of.file, 'wx', 0o600).catch((error: unknown) => {
      throw unwritable(of, error)
    })
    const lines = new DurableLines(of, handle, { bytes: 0, chain: NO_LINES })
    try {
      await lines.append([JSON.stringify(header)])
    } catch (error) {
      await handle.close()
      // The file holds nothing. Removing it frees its name for the next try.
      await rm(of.file, { force: true })
      throw error instanceof TablesyncError ? error : unwritable(of, error)
    }
    return lines
  }

  /**
   * Continues a file that an earlier run began. Cuts off what follows the good lines: a footer, or
   * a torn line that was never acknowledged.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  static async reopen(of: LinesFile, good: GoodLines): Promise<DurableLines> {
    try {
      const handle = await open(of.file, 'r+')
      await handle.truncate(good.bytes).finally(() => handle.close())
      return new DurableLines(of, await open(of.file, 'a', 0o600), good)
    } catch (error) {
      throw unwritable(of, error)
    }
  }

  private constructor(of: LinesFile, handle: FileHandle, { bytes, chain, crc = 0 }: GoodLines) {
    this.#of = of
    this.#handle = handle
    this.#bytes = bytes
    this.#crc = crc
    this.#chain = chain
  }

  /** The length of the file, counting only what is on disk. */
  get bytes(): Bytes {
    return this.#bytes
  }

  /**
   * What of the file is on disk, for a run that continues it. Undefined: the file has version 1.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE` where lines were lost: whoever continued the
   * file would not write them again
   */
  get mark(): (FileMark & { readonly chain: LineChain }) | undefined {
    if (this.#torn !== undefined) throw this.#torn
    const chain = this.#chain
    return chain && { bytes: this.#bytes, crc: this.#crc, chain }
  }

  /**
   * Settles when the lines are on disk.
   *
   * @param texts the JSON texts of objects, one for each line
   */
  append(texts: readonly string[]): Promise<void> {
    const written = new Promise<void>((resolve, reject) =>
      this.#waiting.push({ texts, resolve, reject }),
    )
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined
    })
    return written
  }

  /** Appends the footer: the file is complete. A torn file gets none: its writers know. */
  async end(footer: object): Promise<void> {
    const isOfVersion1 = this.#chain === undefined
    if (!isOfVersion1 && this.#torn === undefined) await this.append([JSON.stringify(footer)])
  }

  async close(): Promise<void> {
    await this.#writing
    // Every acknowledged line is on disk already.
    await this.#handle.close().catch(() => {})
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        if (this.#torn !== undefined) throw this.#torn
        await this.#write(batch.flatMap(({ texts }) => texts))
        for (const { resolve } of batch) resolve()
      } catch (error) {
        this.#torn ??= unwritable(this.#of, error)
        for (const { reject } of batch) reject(this.#torn)
      }
    }
  }

  async #write(texts: readonly string[]): Promise<void> {
    const { points } = this.#of
    const bytes = Buffer.from(texts.map((text) => `${this.#lineOf(text)}\n`).join(''))
    // Each batch is a gzip member of its own, so it stays readable whatever comes after it.
    const written = this.#of.file.endsWith('.gz') ? gzipSync(bytes) : bytes
    await this.#handle.appendFile(written)
    if (points !== undefined) passing(points.appended)
    await this.#handle.datasync()
    this.#bytes += written.length
    this.#crc = crc32(written, this.#crc)
    if (points !== undefined) passing(points.synced)
  }

  #lineOf(text: string): string {
    if (this.#chain === undefined) return checkedText(text)
    const line = chainedLine(this.#chain, text)
    this.#chain = withLine(this.#chain, line)
    return line
  }
}

/**
 * Refuses a file that a run could not create, before anything else of the run is written.
 *
 * @throws TablesyncError with code `FILE_UNWRITABLE`, also if the file exists already
 */
export async function refuseUncreatable(of: LinesFile): Promise<void> {
  const handle = await open(of.file, 'wx', 0o600).catch((error: unknown) => {
    throw unwritable(of, error)
  })
  try {
    await handle.close()
    await rm(of.file, { force: true })
  } catch (error) {
    throw unwritable(of, error)
  }
}

function unwritable({ file, what, hint }: LinesFile, cause: unknown): TablesyncError {
  return new TablesyncError(`Cannot write the ${what} ${file}: ${(cause as Error).message}`, {
    code: 'FILE_UNWRITABLE',
    scope: 'run',
    hint:
      hint ?? 'Name a file that does not exist yet, in a folder that does, on a disk with room.',
    cause,
  })
}
