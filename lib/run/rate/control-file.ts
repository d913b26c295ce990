/** A file in which somebody says, while a run goes on, how it is to go on. */
import { readFile, stat } from 'node:fs/promises'
import { asTablesyncError, usageError } from '../../errors.ts'
import type { CapacityChoice } from '../../model/tables/capacity.ts'
import type { Milliseconds } from '../../model/units.ts'
import { capacityOf } from '../../options/groups/pace-options.ts'
import type { RateLimits } from './rate-limits.ts'

const LOOK_EVERY: Milliseconds = 400

interface Wish {
  readonly isPaused: boolean
  readonly read?: CapacityChoice
  readonly write?: CapacityChoice
}

/**
 * All that the file says, line by line; a later line stands above an earlier one.
 *
 * @throws TablesyncError with code `USAGE` at a line that says nothing
 */
function readWish(text: string): Wish {
  const wish: { isPaused: boolean; read?: CapacityChoice; write?: CapacityChoice } = {
    isPaused: false,
  }
  for (const line of text.split('\n').map((each) => each.replace(/#.*/, '').trim())) {
    if (line === '') continue
    const [, kind, value] = /^(?:--)?(read|write)-capacity[\s:=]+(\S+)$/.exec(line) ?? []
    if (line === 'pause' || line === 'resume') wish.isPaused = line === 'pause'
    else if (kind === 'read') wish.read = capacityOf(value ?? '', 'read-capacity')
    else if (kind === 'write') wish.write = capacityOf(value ?? '', 'write-capacity')
    else {
      throw usageError(
        `Expected pause, resume, read-capacity VALUE or write-capacity VALUE, got ${JSON.stringify(line)}`,
        'Correct that line, or remove it.',
      )
    }
  }
  return wish
}

/** @throws TablesyncError with code `USAGE` where it is something else than a file, or cannot be read */
async function textOf(file: string): Promise<string> {
  try {
    // Not opened where it is a pipe: that would wait for somebody to write.
    if ((await stat(file)).isFile()) return await readFile(file, 'utf8')
  } catch (error) {
    // One that is not there says nothing.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw usageError(
      `Cannot read the control file: ${(error as Error).message}`,
      'Name a file that may be read.',
    )
  }
  throw usageError(
    'Expected the control file to be a file, got a folder, a pipe or a device',
    'Name a file. It need not exist yet.',
  )
}

/**
 * Before anything is begun.
 *
 * @throws TablesyncError with code `USAGE` where what the file says cannot be done
 */
export async function checkControlFile(file: string | undefined): Promise<void> {
  if (file === undefined) return
  try {
    readWish(await textOf(file))
  } catch (thrown) {
    const { message, hint } = asTablesyncError(thrown)
    throw usageError(`${file}: ${message}`, hint)
  }
}

export interface ControlOptions {
  readonly file: string
  readonly pace: RateLimits
  /** A pause ends when this has settled. */
  readonly beforeResuming: () => Promise<unknown>
  /** What the file says now is done from here on. */
  readonly onChange: () => void
  /** What it says cannot be done, and nothing of it was. */
  readonly onRefused: (message: string) => void
}

export class ControlFile {
  readonly #options: ControlOptions
  #timer: NodeJS.Timeout | undefined
  #isEnded = false
  /** As it was at the last look: what is being written is read in parts. */
  #seen = ''
  /** As it is done. */
  #done = ''
  #refused = ''

  constructor(options: ControlOptions) {
    this.#options = options
  }

  /**
   * Does what it says by now, and looks at it from then on.
   *
   * @throws TablesyncError with code `USAGE`
   */
  async begin(): Promise<void> {
    this.#seen = await textOf(this.#options.file)
    if (this.#seen !== '') this.#carryOut(this.#seen)
    this.#lookLater()
  }

  end(): void {
    this.#isEnded = true
    clearTimeout(this.#timer)
  }

  #lookLater(): void {
    if (this.#isEnded) return
    this.#timer = setTimeout(async () => {
      try {
        await this.#look()
        this.#refused = ''
      } catch (thrown) {
        this.#refuseOnce(asTablesyncError(thrown).message)
      }
      this.#lookLater()
    }, LOOK_EVERY)
  }

  async #look(): Promise<void> {
    const text = await textOf(this.#options.file)
    const isWhole = text === this.#seen
    this.#seen = text
    if (!isWhole || text === this.#done) return
    const { pace, beforeResuming } = this.#options
    if (pace.isPaused && !readWish(text).isPaused) await beforeResuming()
    if (this.#isEnded) return
    this.#carryOut(text)
    this.#options.onChange()
  }

  #carryOut(text: string): void {
    const { isPaused, ...capacity } = readWish(text)
    const { pace } = this.#options
    pace.change(capacity)
    pace.pause(isPaused)
    this.#done = text
  }

  /** It is looked at again and again, and told once. */
  #refuseOnce(message: string): void {
    if (this.#refused !== message) this.#options.onRefused(`${this.#options.file}: ${message}`)
    this.#refused = message
  }
}
