/**
 * Where lines for people go. Nothing else writes to stderr. On a terminal the last lines are a
 * pinned block, and each new line is written above it.
 */
import { type BlockOf, type CutText, pinnedBlock, type Terminal } from './pinned-block.ts'
import { type Line, plainOf, styledOf } from './styled-line.ts'

export interface ScreenOptions {
  readonly stream: NodeJS.WritableStream & Terminal
  /** Undefined: there is no terminal, and lines just follow. */
  readonly cut: CutText | undefined
  /** Whether some lines have colours. */
  readonly isColoured?: boolean
}

export interface Screen {
  /** Whether a block can be pinned. */
  readonly isTerminal: boolean
  /** Writes a whole line, whatever the width of the terminal. */
  say(line: Line): void
  /** Replaces the block, whose lines are cut to the width of the terminal. */
  show(block: BlockOf): void
  /** Removes the block. */
  clear(): void
  /** Removes the block and holds all lines back, because a person is being asked. */
  hold(): void
  /** Writes the lines that were held back. */
  goOn(): void
  /** Settles once everything is written, or cannot be written. */
  written(): Promise<void>
}

export function openScreen(options: ScreenOptions): Screen {
  const { stream, cut, isColoured = false } = options
  const block = pinnedBlock(stream, cut)
  let isGone = false
  /** Undefined: lines are written as they come. */
  let held: Line[] | undefined
  // A closed terminal or pipe, or a full disk, ends the display and nothing else.
  stream.on('error', () => {
    isGone = true
  })
  const textOf = isColoured ? styledOf : plainOf
  // Written in one piece, so that nobody sees a state between.
  const write = (text: string, next: BlockOf | undefined) => {
    if (isGone) return
    const all = block.replaced(text, next)
    if (all !== '') stream.write(all)
  }
  // The terminal has wrapped the lines of the block, or has room for more.
  stream.on('resize', () => write('', block.shown))
  return {
    isTerminal: cut !== undefined,
    say(line) {
      if (held === undefined) write(`${textOf(line)}\n`, block.shown)
      else held.push(line)
    },
    show(next) {
      if (cut !== undefined && held === undefined) write('', next)
    },
    clear: () => write('', undefined),
    hold() {
      write('', undefined)
      held = []
    },
    goOn() {
      const lines = held ?? []
      held = undefined
      for (const line of lines) this.say(line)
    },
    written: () =>
      new Promise((resolve) => {
        if (isGone) resolve()
        else stream.write('', () => resolve())
      }),
  }
}
