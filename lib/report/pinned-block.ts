/** The lines at the end of a terminal that are replaced again and again. */
import { printable } from './printable.ts'

/** Makes the lines of the block for so many columns, most important first. */
export type BlockOf = (columns: number) => readonly string[]

export interface TextMeasure {
  /** Cuts text to so many columns. */
  cut(text: string, columns: number): string
  /** How many columns text takes. */
  width(text: string): number
}

/** Loaded only for a terminal, because its character tables take long to load. */
export async function loadMeasure(): Promise<TextMeasure> {
  const [{ default: cut }, { default: width }] = await Promise.all([
    import('cli-truncate'),
    import('string-width'),
  ])
  return { cut: (text, columns) => cut(text, columns), width: (text) => width(text) }
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
const CLEAR_BELOW = '\u001b[J'

export function pinnedBlock(
  terminal: Terminal,
  { measure, isReflowing }: { measure: TextMeasure | undefined; isReflowing: boolean },
) {
  let shown: BlockOf | undefined
  /** As they stand on the screen. */
  let lines: readonly string[] = []

  /** Goes to the beginning of the block and removes it, however the terminal has wrapped it since. */
  function erased(): string {
    if (lines.length === 0 || measure === undefined) return ''
    const { columns } = sizeOf(terminal)
    const rowsOf = (line: string) =>
      isReflowing ? Math.max(1, Math.ceil(measure.width(line) / columns)) : 1
    const rows = lines.reduce((sum, line) => sum + rowsOf(line), 0)
    return `\r${rows > 1 ? `\u001b[${rows - 1}A` : ''}${CLEAR_BELOW}`
  }

  function drawn(next: BlockOf | undefined): readonly string[] {
    if (next === undefined || measure === undefined) return []
    // A line that is filled to its end makes some terminals begin another.
    const size = sizeOf(terminal)
    const columns = size.columns - 1
    return next(columns)
      .slice(0, Math.max(1, size.rows - 1))
      .map((line) => measure.cut(printable(line), columns))
  }

  return {
    get shown() {
      return shown
    },
    /** What to write so that text stands above the next block, instead of the one before. */
    replaced(text: string, next: BlockOf | undefined): string {
      const before = erased()
      shown = next
      lines = drawn(next)
      return `${before}${text}${lines.join('\n')}`
    },
  }
}
