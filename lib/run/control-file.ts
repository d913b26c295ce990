/** A file in which somebody says, while a run goes on, how it is to go on. */
import { readFile, stat } from 'node:fs/promises'
import { asTablesyncError, usageError } from '../errors.ts'
import type { CapacityChoice } from '../model/capacity.ts'
import type { Milliseconds } from '../model/units.ts'
import { capacityOf } from '../options/pace-options.ts'
import type { PaceKeeper } from './pace-keeper.ts'

const LOOK_EVERY: Milliseconds = 500

export interface Wish {
  readonly isPaused: boolean
  readonly read?: CapacityChoice
  readonly write?: CapacityChoice
}

/**
 * All that the file says, line by line; a later line stands above an earlier one.
 *
 * @throws TablesyncError with code `USAGE` at a line that says nothing
 */
export function readWish(text: string): Wish {
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
      )
    }
  }
  return wish
}

export interface ControlOptions {
  readonly file: string
  readonly pace: PaceKeeper
  /** What the file says now is done from here on. */
  readonly onChange: () => void
  /** What it says cannot be done, and nothing of it was. */
  readonly onRefused: (message: string) => void
}

export class ControlFile {
  readonly #options: ControlOptions
  #timer: NodeJS.Timeout | undefined
  #text = ''
  #refused = ''

  constructor(options: ControlOptions) {
    this.#options = options
  }

  /**
   * Does what it says by now, and looks at it from then on.
   *
   * @throws TablesyncError with code `USAGE` where it is something else than a file
   */
  async begin(): Promise<void> {
    const { file } = this.#options
    const isFile = await stat(file).then(
      (found) => found.isFile(),
      () => true,
    )
    if (!isFile)
      throw usageError(`Expected the control file ${file} to be a file, got something else`)
    await this.#look(() => {})
    this.#timer = setInterval(() => void this.#look(this.#options.onChange), LOOK_EVERY)
  }

  end(): void {
    clearInterval(this.#timer)
  }

  /** It is looked at again and again, and told once. */
  #refuseOnce(message: string): void {
    if (this.#refused !== message) this.#options.onRefused(`${this.#options.file}: ${message}`)
    this.#refused = message
  }

  async #look(onChange: () => void): Promise<void> {
    const { file, pace, onRefused } = this.#options
    // A file that is not there says nothing, and one that is being replaced will say it soon.
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') this.#refuseOnce(error.message)
      return ''
    })
    if (text === this.#text) return
    this.#text = text
    try {
      const { isPaused, ...capacity } = readWish(text)
      pace.change(capacity)
      pace.pause(isPaused)
      onChange()
    } catch (thrown) {
      onRefused(`${file}: ${asTablesyncError(thrown).message}`)
    }
  }
}
