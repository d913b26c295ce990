/**
 * Where lines for people go. Nothing else writes to stderr. On a terminal the last line is a status
 * line, and each new line is written above it.
 */
import { printable } from './printable.ts'

export interface ScreenOptions {
  readonly stream: NodeJS.WritableStream & { readonly columns?: number }
  /** Cuts text to so many columns. Undefined: there is no terminal, and lines just follow. */
  readonly cut: ((text: string, columns: number) => string) | undefined
}

export interface Screen {
  /** Whether a status line can be shown. */
  readonly isTerminal: boolean
  /** Writes a whole line, whatever the width of the terminal. */
  say(line: string): void
  /** Replaces the status line, which is cut to the width of the terminal. */
  show(status: string): void
  /** Removes the status line. */
  clear(): void
  /** Removes the status line and holds all lines back, because a person is being asked. */
  hold(): void
  /** Writes the lines that were held back. */
  goOn(): void
  /** Settles once everything is written, or cannot be written. */
  written(): Promise<void>
}

/** Goes back to the beginning of the line and clears it. */
const CLEAR_LINE = '\r\u001b[K'

const DEFAULT_COLUMNS = 80

/** Loaded only for a terminal, because its character tables take long to load. */
export const loadCut = async () => (await import('cli-truncate')).default

export function openScreen({ stream, cut }: ScreenOptions): Screen {
  let status = ''
  let isGone = false
  /** Undefined: lines are written as they come. */
  let held: string[] | undefined
  // A closed terminal or pipe, or a full disk, ends the display and nothing else.
  stream.on('error', () => {
    isGone = true
  })
  // Written in one piece, so that nobody sees a state between.
  const write = (text: string, next: string) => {
    const isNothing = text === '' && next === status
    if (isGone || isNothing) return
    const cleared = status === '' ? '' : CLEAR_LINE
    status = next
    stream.write(`${cleared}${text}${next}`)
  }
  return {
    isTerminal: cut !== undefined,
    say(line) {
      if (held === undefined) write(`${printable(line)}\n`, status)
      else held.push(line)
    },
    show(text) {
      if (cut === undefined || held !== undefined) return
      // A line that is filled to its end makes some terminals begin another.
      const columns = (stream.columns || DEFAULT_COLUMNS) - 1
      write('', cut(printable(text), columns))
    },
    clear: () => write('', ''),
    hold() {
      write('', '')
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
