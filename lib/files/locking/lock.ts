/** Keeps two runs off one checkpoint: a file beside it says who holds it, and until when. */
import { link, open, rename, rm, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TablesyncError } from '../../errors.ts'
import type { Milliseconds } from '../../model/units.ts'
import { readRegularFile, refuseIrregular } from '../regular-file.ts'
import { held, lost, noLock, timeless, unwritableLock } from './lock-errors.ts'
import { isHolder, LEASE, type LockHolder, ourselves, stateOf } from './lock-holder.ts'

const RENEW_EVERY: Milliseconds = LEASE / 4

/** Taking a lock over takes less time than this. An older takeover file was left behind. */
const TAKEOVER: Milliseconds = 10_000

/** A clock that was set, or a network file system, may shift times by this much. */
const CLOCK_ERROR: Milliseconds = 2_000

/** How long to wait for a holder that was killed. */
const DYING: Milliseconds = 2_000
const LOOK_EVERY: Milliseconds = 50

export class Lock {
  readonly #file: string
  readonly #run: string
  #timer: NodeJS.Timeout | undefined
  /** Set if another run took the lock although this run is alive: this process must have slept. */
  #loss: TablesyncError | undefined
  #onLost = (_error: TablesyncError) => {}

  /** @throws TablesyncError with code `USAGE` if another run holds the lock */
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

  /** `listener`: called if another run has taken the lock. */
  onLost(listener: (error: TablesyncError) => void): void {
    this.#onLost = listener
  }

  #keepRenewed(): void {
    const renew = () =>
      this.renew().catch(() => {
        // A write that fails now may succeed later. If not, the next save reports the error.
        if (this.#loss !== undefined) this.#onLost(this.#loss)
      })
    this.#timer = setInterval(() => void renew(), RENEW_EVERY).unref()
  }

  /**
   * Renews the lock: says that this run is alive.
   *
   * @throws TablesyncError with code `FILE_UNWRITABLE`, also if another run has taken the lock
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
    // One that cannot be removed ends with its lease; what the run has found must not be lost by it.
    if (holder?.run === this.#run) await rm(this.#file, { force: true }).catch(() => {})
  }

  /** Holds a second lock, so that only one of two runs that find a dead holder takes over. */
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

  /** Creates the file; false if it exists. The file never exists without its holder's name. */
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

  /** Syncs before the file gets its name: after a crash of the machine, no lock lacks a holder. */
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

/** @throws TablesyncError with code `USAGE` if the holder is alive, or the file is not a lock */
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
 * Undefined: nobody holds the lock.
 *
 * @throws TablesyncError with code `USAGE` if the file cannot be read, or names no holder
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

/** @throws TablesyncError with code `USAGE` if the age cannot be determined */
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
