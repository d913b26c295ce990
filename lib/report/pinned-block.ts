/** The lines at the end of a terminal that are replaced again and again. */
import { printable } from './printable.ts'

/** Makes the lines of the block for so many columns, most important first. */
export type BlockOf = (columns: number) => readonly string[]

/** Cuts text to so many columns. */
export type CutText = (text: string, columns: number) => string

/** Loaded only for a terminal, because its character tables take long to load. */
export async function loadCutText(): Promise<CutText> {
  const { default: cut } = await import('cli-truncate')
  return cut
}

const DEFAULT_COLUMNS = 80
const DEFAULT_ROWS = 24

export interface Terminal {
  readonly columns?: number
  readonly rows?: number
  /** Asks the system. What `columns` says is as old as the last signal that was handled. */
  getWindowSize?(): [columns: number, rows: number]
}

function sizeOf(terminal: Terminal): { readonly columns: number; readonly rows: number } {
  try {
    const [columns, rows] = terminal.getWindowSize?.() ?? [terminal.columns, terminal.rows]
    return { columns: columns || DEFAULT_COLUMNS, rows: rows || DEFAULT_ROWS }
  } catch {
    // The terminal has gone.
    return { columns: DEFAULT_COLUMNS, rows: DEFAULT_ROWS }
  }
}

/** Removes what follows on the screen. */
const CLEAR_BELOW = '\r\u001b[J'
/** Lines that are too long are cut at the edge of the screen, and do not go on in a row of their own. */
const NO_WRAP = '\u001b[?7l'
const WRAP = '\u001b[?7h'
const up = (rows: number) => `\u001b[${rows}A\r`

/**
 * The cursor stays in an empty row above the block. A terminal keeps it there when it wraps its
 * rows anew, so that what follows can be removed without knowing how many rows it takes by then.
 */
export function pinnedBlock(terminal: Terminal, cut: CutText | undefined) {
  let shown: BlockOf | undefined
  let isDrawn = false

  function drawn(next: BlockOf | undefined): string {
    if (next === undefined || cut === undefined) return ''
    const size = sizeOf(terminal)
    const lines = next(size.columns - 1)
      .slice(0, Math.max(1, size.rows - 2))
      .map((line) => cut(printable(line), size.columns - 1))
    return `${NO_WRAP}${lines.map((line) => `\n${line}`).join('\r')}${WRAP}${up(lines.length)}`
  }

  return {
    get shown() {
      return shown
    },
    /** What to write so that text stands above the next block, instead of the one before. */
    replaced(text: string, next: BlockOf | undefined): string {
      const before = isDrawn ? CLEAR_BELOW : ''
      shown = next
      const block = drawn(next)
      isDrawn = block !== ''
      return `${before}${text}${block}`
    },
  }
}
