/**
 * Writes that were about to be sent, kept until the difference of each is entered. If a thread or
 * the run dies in between, whoever resumes its work knows from them what may already be done.
 */
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TablesyncError } from '../../errors.ts'
import { readHeader, valuesOf } from '../../files/lines/checked-file.ts'
import { DurableLines } from '../../files/lines/durable-lines.ts'
import type { Intent } from '../../model/files/write-intent.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { WireItem } from '../../model/wire.ts'
import { PendingIntents } from './pending-intents.ts'

export class WriteAheadLog {
  readonly #open = new PendingIntents()
  readonly #file: string | undefined
  /** The log of the present generation. */
  #log: DurableLines | undefined
  /** Whether some intents may belong to a task that has ended. */
  #areOrphans = false

  /** `file`: the prefix of the logs' names. Absent: nothing resumes a run that dies. */
  constructor(file?: string) {
    this.#file = file
  }

  /**
   * Settles when the intents are on disk.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  async add(intents: readonly Intent[]): Promise<void> {
    if (intents.length === 0) return
    for (const intent of intents) this.#open.set(intent)
    await this.#log?.append([JSON.stringify({ intents })])
  }

  /**
   * Notes that nothing was written after all. Settles when that is on disk.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  async withdraw(withdrawn: readonly Withdrawn[]): Promise<void> {
    if (withdrawn.length === 0) return
    for (const { replica, key } of withdrawn) this.#open.withdraw(replica, key)
    await this.#log?.append([JSON.stringify({ intents: [], withdrawn })])
  }

  /** The difference is entered, whatever its outcome. */
  entered(replica: TableIndex, key: WireItem): void {
    if (this.#open.hasAny(replica)) this.#open.delete(replica, JSON.stringify(key))
  }

  /** The same for keys as DynamoDB JSON text. */
  allEntered(replica: TableIndex, keys: readonly string[]): void {
    for (const key of keys) this.#open.delete(replica, key)
  }

  all(): Intent[] {
    return this.#open.all()
  }

  /** A task has ended without entering all that it did. */
  orphan(): void {
    this.#areOrphans = true
  }

  /** Intents that a new task must know of: a task that still runs keeps track of its own. */
  of(replica: TableIndex): Intent[] {
    return this.#areOrphans ? this.#open.of(replica) : []
  }

  /** Intents of the given keys, which are DynamoDB JSON text. */
  ofKeys(replica: TableIndex, keys: Iterable<string>): Intent[] {
    if (!this.#areOrphans || !this.#open.hasAny(replica)) return []
    return [...keys].flatMap((key) => this.#open.get(replica, key) ?? [])
  }

  /**
   * Opens a new log: a checkpoint of this number is about to be saved, without what comes now.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`; then the log before stays in use
   */
  async begin(generation: number): Promise<void> {
    if (this.#file === undefined) return
    const before = this.#log
    const of = { file: `${this.#file}.${generation}`, what: 'log of writes', hint: ROOM }
    this.#log = await DurableLines.open(of, { tablesync: 'write-log', version: 2 })
    await before?.close()
  }

  /** That checkpoint is saved: it has what was noted before it, unless that is done. */
  async forget(generation: number): Promise<void> {
    for (const [number, file] of await this.#logs()) {
      if (number >= generation) continue
      await rm(file, { force: true }).catch((cause: Error) => {
        throw new TablesyncError(`Cannot remove the log of writes ${file}: ${cause.message}`, {
          code: 'FILE_UNWRITABLE',
          scope: 'run',
          hint: ROOM,
          cause,
        })
      })
    }
  }

  /**
   * Restores what a run noted that died: everything since the checkpoint of this number.
   *
   * @returns the highest number in use
   * @throws TablesyncError with code `USAGE` if a log is damaged
   */
  async restore(generation: number, known: readonly Intent[]): Promise<number> {
    this.#areOrphans = true
    for (const intent of known) this.#open.set(intent)
    let highest = generation
    for (const [number, file] of await this.#logs()) {
      if (number < generation) continue
      highest = number
      for await (const { intents, withdrawn = [] } of notedIn(file)) {
        for (const intent of intents) this.#open.set(intent)
        for (const { replica, key } of withdrawn) this.#open.withdraw(replica, key)
      }
    }
    return highest
  }

  async close(): Promise<void> {
    await this.#log?.close()
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

/** A torn last line belongs to a write that was not sent. */
async function* notedIn(file: string): AsyncGenerator<Noted> {
  // The file was opened, but nothing was written to it.
  if ((await stat(file)).size === 0) return
  const of = {
    file,
    what: 'log of writes',
    flag: '--checkpoint',
    damageHint: `Nothing was done. ${RESTART}`,
  }
  const first = (await readHeader(of)) as Partial<Noted> | undefined
  // Version 1 had no header.
  if (first?.intents !== undefined) yield { ...first, intents: first.intents }
  for await (const { value } of valuesOf(of)) yield value as Noted
}

interface Noted {
  readonly intents: readonly Intent[]
  readonly withdrawn?: readonly Withdrawn[]
}

type Withdrawn = Pick<Intent, 'replica' | 'key'>

const ROOM = 'Make room on the disk, and go on with --resume.'
const RESTART = '--restart begins the run anew.'
