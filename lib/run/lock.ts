/** Keeps two runs off one checkpoint: a file beside it that says who holds it, and for how long. */
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { kill, pid } from 'node:process'
import { TablesyncError } from '../errors.ts'
import type { Milliseconds } from '../model/units.ts'

/** A holder on another machine that has not said for so long that it lives does not. */
const LEASE: Milliseconds = 120_000

/** Taking a lock over takes no longer than this. */
const TAKEOVER: Milliseconds = 10_000

interface Holder {
  readonly run: string
  readonly pid: number
  readonly host: string
  /** Milliseconds of the epoch. */
  readonly until: number
}

export class Lock {
  readonly #file: string
  readonly #run: string

  /** @throws TablesyncError with code `USAGE` where another run holds it */
  static async take(file: string, run: string): Promise<Lock> {
    const lock = new Lock(file, run)
    if (await lock.#create(file)) return lock
    const holder = await holderOf(file)
    if (holder !== undefined && isAlive(holder)) throw held(file, holder)
    await lock.#takeOver()
    return lock
  }

  private constructor(file: string, run: string) {
    this.#file = file
    this.#run = run
  }

  /** Says that this run lives. */
  async renew(): Promise<void> {
    const next = `${this.#file}.${this.#run}`
    await rm(next, { force: true })
    if (await this.#create(next)) await rename(next, this.#file)
  }

  async release(): Promise<void> {
    const holder = await holderOf(this.#file)
    if (holder?.run === this.#run) await rm(this.#file, { force: true })
  }

  /** Under a lock of its own, so that of two who find a dead holder one takes over, and once. */
  async #takeOver(): Promise<void> {
    const gate = `${this.#file}.takeover`
    const age = await stat(gate).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > TAKEOVER) await rm(gate, { force: true })
    if (!(await this.#create(gate))) throw held(this.#file, undefined)
    try {
      const holder = await holderOf(this.#file)
      if (holder !== undefined && isAlive(holder)) throw held(this.#file, holder)
      await rm(this.#file, { force: true })
      if (!(await this.#create(this.#file))) throw held(this.#file, undefined)
    } finally {
      await rm(gate, { force: true })
    }
  }

  /** Whether the file was made; false where there is one. */
  async #create(file: string): Promise<boolean> {
    const holder: Holder = { run: this.#run, pid, host: hostname(), until: Date.now() + LEASE }
    try {
      const handle = await open(file, 'wx', 0o600)
      await handle.writeFile(JSON.stringify(holder))
      await handle.close()
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw new TablesyncError(`Cannot write the lock ${file}: ${(error as Error).message}`, {
        code: 'FILE_UNWRITABLE',
        scope: 'run',
        hint: 'Name a checkpoint in a folder that exists and may be written.',
        cause: error,
      })
    }
  }
}

/** Undefined: nobody, or one that died while it wrote its name. */
async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

function isAlive({ pid: process, host, until }: Holder): boolean {
  if (host !== hostname()) return until > Date.now()
  try {
    kill(process, 0)
    return true
  } catch (error) {
    // Somebody else's process is one all the same.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function held(file: string, holder: Holder | undefined): TablesyncError {
  const who = holder === undefined ? 'another run' : `process ${holder.pid} on ${holder.host}`
  return new TablesyncError(`Expected nobody to work with this checkpoint, but ${who} does`, {
    code: 'USAGE',
    scope: 'run',
    hint: `Wait for it to end. Where it is certainly dead, remove ${file}.`,
  })
}
