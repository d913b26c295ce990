/** Keeps two runs off one checkpoint: a file beside it that says who holds it, and for how long. */
import { link, open, rename, rm, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TablesyncError } from '../errors.ts'
import type { Milliseconds } from '../model/units.ts'
import { held, lost, noLock, timeless, unwritableLock } from './lock-errors.ts'
import { isHolder, LEASE, type LockHolder, ourselves, stateOf } from './lock-holder.ts'
import { readRegularFile, refuseIrregular } from './regular-file.ts'

const RENEW_EVERY: Milliseconds = LEASE / 4

/** Taking a lock over takes no longer than this. */
const TAKEOVER: Milliseconds = 10_000

/** A clock that is set or a network file system may be off by so much. */
const CLOCK_ERROR: Milliseconds = 2_000

/** A holder that was killed is waited for so long. */
const DYING: Milliseconds = 2_000
const LOOK_EVERY: Milliseconds = 50

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
      await refuseLiving(file)
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
   * @throws TablesyncError with code `FILE_UNWRITABLE`, also where another run has taken its place
   */
  async renew(): Promise<void> {
    const holder = await holderOf(this.#file).catch(() => undefined)
    if (holder !== undefined && holder.run !== this.#run) this.#loss = lost(this.#file, holder)
    if (this.#loss !== undefined) throw this.#loss
    const next = `${this.#file}.${this.#run}`
    try {
      await this.#write(next)
      await rename(next, this.#file)
    } catch (error) {
      throw unwritableLock(this.#file, error)
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#timer)
    const holder = await holderOf(this.#file).catch(() => undefined)
    if (holder?.run === this.#run) await rm(this.#file, { force: true })
  }

  /** Under a lock of its own, so that of two who find a dead holder one takes over, and once. */
  async #takeOver(): Promise<void> {
    const gate = `${this.#file}.takeover`
    if ((await ageOf(gate)) > TAKEOVER) await rm(gate, { force: true })
    if (!(await this.#create(gate))) throw held(gate)
    try {
      await refuseLiving(this.#file)
      await rm(this.#file, { force: true })
      if (!(await this.#create(this.#file))) throw held(this.#file)
    } finally {
      await rm(gate, { force: true })
    }
  }

  /** Whether the file was made; false where there is one. It is never there without its holder's name. */
  async #create(file: string): Promise<boolean> {
    const named = `${file}.${this.#run}`
    try {
      await this.#write(named)
      await link(named, file)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw unwritableLock(file, error)
    } finally {
      await rm(named, { force: true }).catch(() => {})
    }
  }

  /** On disk before it has its name: a machine that goes down leaves no lock of nobody. */
  async #write(file: string): Promise<void> {
    const handle = await open(file, 'w', 0o600)
    try {
      await handle.writeFile(JSON.stringify(ourselves(this.#run)))
      await handle.datasync()
    } finally {
      await handle.close()
    }
  }
}

/** @throws TablesyncError with code `USAGE` where the holder lives, or the file is no lock */
async function refuseLiving(file: string): Promise<void> {
  const since = performance.now()
  for (;;) {
    const holder = await holderOf(file)
    const state = holder === undefined ? 'dead' : stateOf(holder)
    if (state === 'dead') return
    if (state !== 'dying' || performance.now() - since > DYING) throw held(file, holder, state)
    await sleep(LOOK_EVERY)
  }
}

/**
 * Undefined: nobody.
 *
 * @throws TablesyncError with code `USAGE` where the file says nothing of a holder
 */
async function holderOf(file: string): Promise<LockHolder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readRegularFile(file))
    if (isHolder(holder)) return holder
  } catch (error) {
    if (isMissing(error)) return undefined
    throw noLock(file, error)
  }
  throw noLock(file, new Error('it names no holder'))
}

/** @throws TablesyncError with code `USAGE` where that cannot be told */
async function ageOf(gate: string): Promise<Milliseconds> {
  try {
    await refuseIrregular(gate)
    const age = Date.now() - (await stat(gate)).mtimeMs
    if (age >= -CLOCK_ERROR) return age
  } catch (error) {
    if (isMissing(error)) return 0
    throw noLock(gate, error)
  }
  throw timeless(gate)
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT'
