/**
 * Writes that were about to be sent, until the difference that each belongs to
 * is entered. Where a thread or the run dies in between, whoever takes its
 * work up knows by them what it may find done.
 */
import { type FileHandle, open, readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TablesyncError, usageError } from '../errors.ts'
import type { Intent } from '../model/intent.ts'
import type { TableIndex } from '../model/table.ts'
import type { WireItem } from '../model/wire.ts'
import { checkedLine, readCheckedLine } from '../protocol/checked-line.ts'
import { OpenIntents } from './open-intents.ts'

interface Batch {
  readonly lines: string[]
  readonly written: Promise<void>
}

export class Intents {
  readonly #open = new OpenIntents()
  readonly #file: string | undefined
  /** Of the generation at hand, and of those before it that no checkpoint has made needless. */
  #log: Promise<FileHandle> | undefined
  #appended: Promise<void> = Promise.resolve()
  #batch: Batch | undefined
  /** Whether some may belong to a task that is no more. */
  #areOrphans = false

  /** `file`: what the names of the logs begin with. Absent: a run that dies is not taken up again. */
  constructor(file?: string) {
    this.#file = file
  }

  /** Settles when the intents are on disk. */
  async add(intents: readonly Intent[]): Promise<void> {
    if (intents.length === 0) return
    for (const intent of intents) this.#open.set(intent)
    const log = this.#log
    if (log === undefined) return
    this.#batch ??= this.#nextBatch(log)
    this.#batch.lines.push(`${checkedLine({ intents })}\n`)
    await this.#batch.written.catch((cause: unknown) => {
      throw unwritable(this.#file ?? '', cause)
    })
  }

  /** What gathers while another one is on its way: one trip to the disk for all of it. */
  #nextBatch(log: Promise<FileHandle>): Batch {
    const lines: string[] = []
    // One after the other, since two that overlap may come out in pieces.
    const written = this.#appended.then(async () => {
      if (this.#batch?.lines === lines) this.#batch = undefined
      const handle = await log
      await handle.appendFile(lines.join(''))
      await handle.datasync()
    })
    this.#appended = written
    return { lines, written }
  }

  /** The difference is entered, however it ended. */
  entered(replica: TableIndex, key: WireItem): void {
    if (this.#open.hasAny(replica)) this.#open.delete(replica, JSON.stringify(key))
  }

  /** The same, of keys as DynamoDB JSON text. */
  allEntered(replica: TableIndex, keys: readonly string[]): void {
    for (const key of keys) this.#open.delete(replica, key)
  }

  all(): Intent[] {
    return this.#open.all()
  }

  /** A task has ended and not entered all that it did. */
  orphan(): void {
    this.#areOrphans = true
  }

  /** Those that whoever begins a task has to know of: what a task that goes on intends is its own concern. */
  of(replica: TableIndex): Intent[] {
    return this.#areOrphans ? this.#open.of(replica) : []
  }

  /** Those of the keys given, as DynamoDB JSON text. */
  ofKeys(replica: TableIndex, keys: Iterable<string>): Intent[] {
    if (!this.#areOrphans || !this.#open.hasAny(replica)) return []
    return [...keys].flatMap((key) => this.#open.get(replica, key) ?? [])
  }

  /** A checkpoint of this number is about to be saved: what comes from here on is not in it. */
  begin(generation: number): void {
    if (this.#file === undefined) return
    const before = this.#log
    this.#batch = undefined
    this.#log = open(`${this.#file}.${generation}`, 'a', 0o600)
    this.#log.catch(() => {})
    // After what is still on its way into it.
    this.#appended = this.#appended.then(async () => (await before)?.close())
  }

  /** That checkpoint is saved: what was noted before it is in it, or done with. */
  async forget(generation: number): Promise<void> {
    for (const [number, file] of await this.#logs()) {
      if (number < generation) await rm(file, { force: true })
    }
  }

  /** Takes up what a run noted that died: all since the checkpoint of this number. */
  async restore(generation: number, known: readonly Intent[]): Promise<void> {
    this.#areOrphans = true
    for (const intent of known) this.#open.set(intent)
    for (const [number, file] of await this.#logs()) {
      if (number < generation) continue
      const lines = (await readFile(file, 'utf8')).split('\n')
      for (const [at, line] of lines.entries()) {
        const value = readCheckedLine(line) as { readonly intents: readonly Intent[] } | undefined
        // A last line that is torn belongs to a write that was not sent.
        if (value === undefined && at < lines.length - 1) throw damagedLine(file, at + 1)
        for (const intent of value?.intents ?? []) this.#open.set(intent)
      }
    }
  }

  async close(): Promise<void> {
    await this.#appended.catch(() => {})
    await (await this.#log?.catch(() => undefined))?.close()
  }

  async #logs(): Promise<[number, string][]> {
    if (this.#file === undefined) return []
    const [folder, name] = [dirname(this.#file), `${basename(this.#file)}.`]
    const files = await readdir(folder).catch((): string[] => [])
    return files
      .filter((file) => file.startsWith(name) && /^\d+$/.test(file.slice(name.length)))
      .map((file): [number, string] => [Number(file.slice(name.length)), join(folder, file)])
      .sort(([a], [b]) => a - b)
  }
}

function damagedLine(file: string, number: number): TablesyncError {
  return usageError(
    `Expected line ${number} of ${file} to be whole; it is not what the run before wrote`,
    'Bring the file back, or begin the run anew with --restart.',
  )
}

function unwritable(file: string, cause: unknown): TablesyncError {
  return new TablesyncError(
    `Cannot write beside the checkpoint ${file}: ${(cause as Error).message}`,
    {
      code: 'FILE_UNWRITABLE',
      scope: 'run',
      hint: 'Make room on the disk, and go on with --resume.',
      cause,
    },
  )
}
