/**
 * Writes that were about to be sent, until the difference that each belongs to
 * is entered. Where a thread or the run dies in between, whoever takes its
 * work up knows by them what it may find done.
 */
import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TablesyncError } from '../../errors.ts'
import { readHeader, valuesOf } from '../../files/checked-file.ts'
import { DurableLines } from '../../files/durable-lines.ts'
import type { Intent } from '../../model/files/write-intent.ts'
import type { TableIndex } from '../../model/tables/table.ts'
import type { WireItem } from '../../model/wire.ts'
import { PendingIntents } from './pending-intents.ts'

export class WriteAheadLog {
  readonly #open = new PendingIntents()
  readonly #file: string | undefined
  /** Of the generation at hand. */
  #log: DurableLines | undefined
  /** Whether some may belong to a task that is no more. */
  #areOrphans = false

  /** `file`: what the names of the logs begin with. Absent: a run that dies is not taken up again. */
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
   * Nothing was written after all. Settles when that is on disk.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`
   */
  async withdraw(withdrawn: readonly Withdrawn[]): Promise<void> {
    if (withdrawn.length === 0) return
    for (const { replica, key } of withdrawn) this.#open.withdraw(replica, key)
    await this.#log?.append([JSON.stringify({ intents: [], withdrawn })])
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

  /**
   * A checkpoint of this number is about to be saved: what comes from here on is not in it.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`; the log before goes on then
   */
  async begin(generation: number): Promise<void> {
    if (this.#file === undefined) return
    const before = this.#log
    const of = { file: `${this.#file}.${generation}`, what: 'log of writes', hint: ROOM }
    this.#log = await DurableLines.open(of, { tablesync: 'write-log', version: 2 })
    await before?.close()
  }

  /** That checkpoint is saved: what was noted before it is in it, or done with. */
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
   * Takes up what a run noted that died: all since the checkpoint of this number.
   *
   * @returns the highest number in use
   * @throws TablesyncError with code `USAGE` where a log is not what was written
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

/** A last line that is torn belongs to a write that was not sent. */
async function* notedIn(file: string): AsyncGenerator<Noted> {
  // Opened, and never written to.
  if ((await stat(file)).size === 0) return
  const of = {
    file,
    what: 'log of writes',
    flag: '--checkpoint',
    damageHint: `Nothing was done. ${RESTART}`,
  }
  const first = (await readHeader(of)) as Partial<Noted> | undefined
  // In version 1 there was no header.
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
