/** Lays facts out in as many lines as the width needs. */

export interface Row {
  /** A word at the beginning of the line. Absent: the row is the heading. */
  readonly title?: string
  /** What its first cell begins with where there is no room for titles. */
  readonly lead?: string
  /** Most important first. None: the row is left out. */
  readonly cells: readonly string[]
}

const GAP = '   '
const TITLE_WIDTH = 10

/** A cell is never split; what is longer than a line is cut by the screen. */
export function packed(rows: readonly Row[], columns: number): string[] {
  return rows.flatMap(({ title, cells }) => {
    const begin = title === undefined ? '' : `  ${title.padEnd(TITLE_WIDTH)}`
    const indent = ' '.repeat(begin.length || 2)
    const lines: string[] = []
    let line = begin
    let isEmpty = true
    for (const cell of cells.filter((one) => one !== '')) {
      const wider = `${line}${isEmpty ? '' : GAP}${cell}`
      if (isEmpty || wider.length <= columns) line = wider
      else {
        lines.push(line)
        line = `${indent}${cell}`
      }
      isEmpty = false
    }
    return isEmpty ? [] : [...lines, line]
  })
}
