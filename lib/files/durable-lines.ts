/** A file of lines: many of them to one trip to the disk, and none acknowledged before it. */
import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { type Point, passing } from '../diagnostics.ts'
import { TablesyncError } from '../errors.ts'
import type { GoodLines } from '../model/files/file-mark.ts'
import { type LineChain, NO_LINES } from '../model/files/line-chain.ts'
import type { Bytes } from '../model/units.ts'
import { chainedLine, withLine } from './chained-line.ts'
import { checkedText } from './checked-line.ts'

export interface LinesFile {
  readonly file: string
  /** What messages call it. */
  readonly what: string
  /** What to do where it cannot be written. Absent: name another file. */
  readonly hint?: string
  /** Told when lines are in the file, and when they are on disk. Absent: nobody wants to know. */
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
  /** Undefined: the file is of version 1, and its lines are no chain. */
  #chain: LineChain | undefined
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined
  /** What has torn it. Nothing is added then: only the last line may be torn. */
  #torn: TablesyncError | undefined

  /**
   * Begins a file that only its owner can read. A name that ends in .gz is
   * compressed.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`, also where the file is there already
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
      // Nothing is in it, and its name is to be had for the next try.
      await rm(of.file, { force: true })
      throw error instanceof TablesyncError ? error : unwritable(of, error)
    }
    return lines
  }

  /**
   * Goes on with a file that an earlier run has begun. What stands behind its
   * good lines is cut off: a footer, or a torn line that was never acknowledged.
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

  private constructor(of: LinesFile, handle: FileHandle, { bytes, chain }: GoodLines) {
    this.#of = of
    this.#handle = handle
    this.#bytes = bytes
    this.#chain = chain
  }

  /** How long the file is, with all that is on disk. */
  get bytes(): Bytes {
    return this.#bytes
  }

  /**
   * Settles when the lines are on disk.
   *
   * @param texts the JSON texts of objects, a line for each
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

  /** Says that this is all. A file that is torn stays so: whoever wrote to it was told. */
  async end(footer: object): Promise<void> {
    const isOfVersion1 = this.#chain === undefined
    if (!isOfVersion1 && this.#torn === undefined) await this.append([JSON.stringify(footer)])
  }

  async close(): Promise<void> {
    await this.#writing
    // All that was acknowledged is on disk.
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
    // Each batch is a gzip member of its own: what is on disk can be read whatever comes after.
    const written = this.#of.file.endsWith('.gz') ? gzipSync(bytes) : bytes
    await this.#handle.appendFile(written)
    if (points !== undefined) passing(points.appended)
    await this.#handle.datasync()
    this.#bytes += written.length
    if (points !== undefined) passing(points.synced)
  }

  #lineOf(text: string): string {
    if (this.#chain === undefined) return checkedText(text)
    const line = chainedLine(this.#chain, text)
    this.#chain = withLine(this.#chain, line)
    return line
  }
}

/** @throws TablesyncError with code `FILE_UNWRITABLE` where something has the name of a file that is to be new */
export async function refuseThere(of: LinesFile): Promise<void> {
  const isThere = await stat(of.file).then(
    () => true,
    () => false,
  )
  if (!isThere) return
  throw unwritable(of, new Error(`EEXIST: file already exists, open '${of.file}'`))
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
