/** Keeps two runs off one checkpoint: a file beside it that says who holds it, and for how long. */
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { TablesyncError } from '../errors.ts'
import type { Milliseconds } from '../model/units.ts'
import { isAlive, LEASE, type LockHolder, ourselves } from './lock-holder.ts'

const RENEW_EVERY: Milliseconds = LEASE / 4

/** Taking a lock over takes no longer than this. */
const TAKEOVER: Milliseconds = 10_000

export class Lock {
  readonly #file: string
  readonly #run: string
  #timer: NodeJS.Timeout | undefined
  /** Who has taken it although this run lives: it must have slept for long. */
  #loss: TablesyncError | undefined
  #onLost = (_error: TablesyncError) => {}

  /** @throws TablesyncError with code `USAGE` where another run holds it */
  static async take(file: string, run: string): Promise<Lock> {
    const lock = new Lock(file, run)
    if (!(await lock.#create(file))) {
      const holder = await holderOf(file)
      if (holder !== undefined && isAlive(holder)) throw held(file, holder)
      await lock.#takeOver()
    }
    lock.#keepRenewed()
    return lock
  }

  private constructor(file: string, run: string) {
    this.#file = file
    this.#run = run
  }

  /** `listener`: told where another run has taken its place. */
  onLost(listener: (error: TablesyncError) => void): void {
    this.#onLost = listener
  }

  #keepRenewed(): void {
    const renew = () =>
      this.renew().catch(() => {
        // What cannot be written now may be later; the next save tells of it otherwise.
        if (this.#loss !== undefined) this.#onLost(this.#loss)
      })
    this.#timer = setInterval(() => void renew(), RENEW_EVERY).unref()
  }

  /**
   * Says that this run lives.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE` where another run has taken its place
   */
  async renew(): Promise<void> {
    const holder = await holderOf(this.#file)
    if (holder !== undefined && holder.run !== this.#run) this.#loss = lost(this.#file, holder)
    if (this.#loss !== undefined) throw this.#loss
    const next = `${this.#file}.${this.#run}`
    await writeFile(next, this.#text(), { mode: 0o600 })
    await rename(next, this.#file)
  }

  async release(): Promise<void> {
    clearInterval(this.#timer)
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

  /** Whether the file was made; false where there is one. It is never there without its holder's name. */
  async #create(file: string): Promise<boolean> {
    const named = `${file}.${this.#run}`
    try {
      await writeFile(named, this.#text(), { mode: 0o600 })
      await link(named, file)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw new TablesyncError(`Cannot write the lock ${file}: ${(error as Error).message}`, {
        code: 'FILE_UNWRITABLE',
        scope: 'run',
        hint: 'Name a checkpoint in a folder that exists and may be written.',
        cause: error,
      })
    } finally {
      await rm(named, { force: true }).catch(() => {})
    }
  }

  #text(): string {
    return JSON.stringify(ourselves(this.#run))
  }
}

/** Undefined: nobody. */
async function holderOf(file: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LockHolder
  } catch {
    return undefined
  }
}

const nameOf = ({ pid, host }: LockHolder) => `process ${pid} on ${host}`

function held(file: string, holder: LockHolder | undefined): TablesyncError {
  const who = holder === undefined ? 'another run' : nameOf(holder)
  return new TablesyncError(`Expected nobody to work with this checkpoint, but ${who} does`, {
    code: 'USAGE',
    scope: 'run',
    hint: `Wait for it to end. Where it is certainly dead, remove ${file}.`,
  })
}

function lost(file: string, holder: LockHolder): TablesyncError {
  return new TablesyncError(
    `This run has lost its checkpoint to ${nameOf(holder)}, which took it for dead (${file})`,
    { code: 'FILE_UNWRITABLE', scope: 'run', hint: 'The other run goes on with it.' },
  )
}
