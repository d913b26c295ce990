/** The control file: through it, somebody paces, pauses and resumes a run under way. */
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
 * Reads the file line by line; a later line overrides an earlier one.
 *
 * @throws TablesyncError with code `USAGE` at a line that it does not know
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

/** @throws TablesyncError with code `USAGE` if this is not a file, or cannot be read */
async function textOf(file: string): Promise<string> {
  try {
    // A pipe is not opened: that would wait until somebody writes to it.
    if ((await stat(file)).isFile()) return await readFile(file, 'utf8')
  } catch (error) {
    // A missing file says nothing.
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
 * Checks the file before the run begins.
 *
 * @throws TablesyncError with code `USAGE` if what the file says cannot be done
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
  readonly rateLimits: RateLimits
  /** Called before a pause ends; the pause lasts until this has settled. */
  readonly beforeResuming: () => Promise<unknown>
  /** Called when the new content of the file is in effect. */
  readonly onChange: () => void
  /** Called when the content cannot be carried out; then no part of it was. */
  readonly onRefused: (message: string) => void
}

export class ControlFile {
  readonly #options: ControlOptions
  #timer: NodeJS.Timeout | undefined
  #isEnded = false
  /** Content at the last look. It must be the same twice: a file being written is read in parts. */
  #seen = ''
  /** Content that is in effect. */
  #done = ''
  #refused = ''

  constructor(options: ControlOptions) {
    this.#options = options
  }

  /**
   * Carries out the present content, and looks for changes from then on.
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
    const { rateLimits, beforeResuming } = this.#options
    if (rateLimits.isPaused && !readWish(text).isPaused) await beforeResuming()
    if (this.#isEnded) return
    this.#carryOut(text)
    this.#options.onChange()
  }

  #carryOut(text: string): void {
    const { isPaused, ...capacity } = readWish(text)
    const { rateLimits } = this.#options
    rateLimits.change(capacity)
    rateLimits.pause(isPaused)
    this.#done = text
  }

  /** The file is read again and again, but the refusal of its content is reported once. */
  #refuseOnce(message: string): void {
    if (this.#refused !== message) this.#options.onRefused(`${this.#options.file}: ${message}`)
    this.#refused = message
  }
}
