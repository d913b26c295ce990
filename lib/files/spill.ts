/** Heaps of texts on disk, one per number. They may hold as many texts as a table has items. */
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { TablesyncError } from '../errors.ts'
import type { FileMark } from '../model/files/file-mark.ts'
import type { Bytes } from '../model/units.ts'
import { refuseChanged } from './kept-file.ts'

/** How much of a heap is good, and its checksum. */
export interface SpillMark extends FileMark {
  readonly count: number
}

export const EMPTY: SpillMark = { count: 0, bytes: 0, crc: 0 }

interface Heap {
  readonly file: string
  readonly handle: FileHandle
  lines: string[]
  lineBytes: Bytes
  count: number
  bytes: Bytes
  crc: number
}

/** A heap is written to disk once this much is buffered. */
const BUFFER: Bytes = 64 << 10

export class Spill {
  readonly #heaps = new Map<number, Promise<Heap>>()
  readonly #lasting: string | undefined
  #folder: Promise<string> | undefined

  /** `lasting`: prefix of the files' names; they outlive the run. Absent: they are temporary. */
  constructor(lasting?: string) {
    this.#lasting = lasting
  }

  /**
   * Settles when the text was taken and there is room for more.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  async add(number: number, text: string): Promise<void> {
    try {
      const heap = await this.#heap(number)
      heap.count++
      // Base64, because a text may contain what readline takes for the end of a line.
      const line = `${Buffer.from(text).toString('base64')}\n`
      heap.lines.push(line)
      heap.lineBytes += line.length
      if (heap.lineBytes >= BUFFER) await flush(heap)
    } catch (error) {
      throw unwritable(error)
    }
  }

  /**
   * Continues a heap that an earlier run left: keeps what the mark covers and cuts off the rest.
   *
   * @throws TablesyncError with code `USAGE` if the file does not begin with what the mark covers
   */
  async restore(number: number, mark: SpillMark): Promise<void> {
    const file = await this.#fileOf(number)
    if (mark.bytes > 0) await refuseChanged('the list of extras', file, mark)
    try {
      const heap = await this.#heap(number)
      await heap.handle.truncate(mark.bytes)
      Object.assign(heap, mark)
    } catch (error) {
      throw unwritable(error)
    }
  }

  /** Settles when all texts of this number are on disk. */
  async sync(number: number): Promise<SpillMark> {
    const opened = this.#heaps.get(number)
    if (opened === undefined) return EMPTY
    try {
      const heap = await opened
      await flush(heap)
      await heap.handle.datasync()
      const { count, bytes, crc } = heap
      return { count, bytes, crc }
    } catch (error) {
      throw unwritable(error)
    }
  }

  /** @throws TablesyncError with code `FILE_UNWRITABLE` */
  async count(number: number): Promise<number> {
    try {
      return (await this.#heaps.get(number))?.count ?? 0
    } catch (error) {
      throw unwritable(error)
    }
  }

  /**
   * Yields the texts of a number in the order they were added, in batches.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  async *batches(number: number, size: number): AsyncGenerator<string[]> {
    const opened = this.#heaps.get(number)
    if (opened === undefined) return
    try {
      const heap = await opened
      await flush(heap)
      // Open the file before reading: readline would wait for ever for a file that is gone.
      const file = await open(heap.file)
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
    for (const opened of this.#heaps.values()) {
      const heap = await opened.catch(() => undefined)
      if (heap === undefined) continue
      if (this.#lasting !== undefined) await flush(heap).catch(() => {})
      await heap.handle.close().catch(() => {})
    }
    const folder = await this.#folder?.catch(() => undefined)
    // A folder that cannot be removed stays in the system's folder for temporary files.
    if (folder !== undefined) await rm(folder, { recursive: true }).catch(() => {})
  }

  /** Removes the files that would outlive the run. */
  async remove(): Promise<void> {
    for (const opened of this.#heaps.values()) {
      const heap = await opened.catch(() => undefined)
      if (heap !== undefined) await rm(heap.file, { force: true }).catch(() => {})
    }
  }

  #heap(number: number): Promise<Heap> {
    const known = this.#heaps.get(number) ?? this.#open(number)
    this.#heaps.set(number, known)
    return known
  }

  async #open(number: number): Promise<Heap> {
    const file = await this.#fileOf(number)
    // Reads start at the beginning; writes append.
    const handle = await open(file, 'a+', 0o600)
    return { file, handle, lines: [], lineBytes: 0, ...EMPTY }
  }

  async #fileOf(number: number): Promise<string> {
    if (this.#lasting !== undefined) return `${this.#lasting}.${number}`
    this.#folder ??= mkdtemp(join(tmpdir(), 'tablesync-'))
    return join(await this.#folder, `${number}.base64`)
  }
}

async function flush(heap: Heap): Promise<void> {
  if (heap.lines.length === 0) return
  const text = heap.lines.join('')
  heap.lines = []
  heap.lineBytes = 0
  await heap.handle.appendFile(text)
  heap.bytes += text.length
  heap.crc = crc32(text, heap.crc)
}

function unwritable(cause: unknown): TablesyncError {
  const { message } = cause as Error
  return new TablesyncError(`Cannot keep the list of keys on disk: ${message}`, {
    code: 'FILE_UNWRITABLE',
    scope: 'run',
    hint: 'Make room on the disk, or point TMPDIR at a folder on one that has it.',
    cause,
  })
}
