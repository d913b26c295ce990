/**
 * Where lines for people go: the only door to stderr. On a terminal the last
 * line is a status line, which each line said is written above.
 */
import { printable } from './printable.ts'

export interface ScreenOptions {
  readonly stream: NodeJS.WritableStream & { readonly columns?: number }
  /** Cuts text where so many columns of a terminal end. Undefined: no terminal, and lines follow one another. */
  readonly cut: ((text: string, columns: number) => string) | undefined
}

export interface Screen {
  /** Whether a status line can be shown. */
  readonly isTerminal: boolean
  /** Writes a line, whole, whatever the width of the terminal. */
  say(line: string): void
  /** Replaces the status line; it is cut where the terminal ends. */
  show(status: string): void
  /** Takes the status line away. */
  clear(): void
  /** Takes the status line away and keeps all lines back: a person is being asked. */
  hold(): void
  /** Writes the lines that were kept back. */
  goOn(): void
  /** Settles once all of it is written, or cannot be. */
  written(): Promise<void>
}

/** Back to the beginning of the line, and nothing after it. */
const CLEAR_LINE = '\r\u001b[K'

const DEFAULT_COLUMNS = 80

/** Loaded for a terminal alone: its tables of characters take long to load. */
export const loadCut = async () => (await import('cli-truncate')).default

export function openScreen({ stream, cut }: ScreenOptions): Screen {
  let status = ''
  let isGone = false
  /** Undefined: lines are written as they come. */
  let held: string[] | undefined
  // A closed terminal or pipe, or a full disk, takes the display away and nothing else.
  stream.on('error', () => {
    isGone = true
  })
  // In one piece, so that nobody sees the line between.
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
      // What fills a line to its end makes some terminals begin another.
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
