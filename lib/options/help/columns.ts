/** Texts in columns, for terminals of 80 columns. */

export const WIDTH = 80

/** Where the right column begins. */
const RIGHT = 28

/** A text in lines of a width. A word that is longer than a line has one for itself. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** The left one on a line of its own where it is too long to stand beside the right one. */
export function twoColumns(left: string, right: string): string[] {
  const margin = ' '.repeat(RIGHT)
  const texts = wrapped(right, WIDTH - RIGHT)
  const begun = `  ${left}`
  if (begun.length + 2 > RIGHT) return [begun, ...texts.map((text) => margin + text)]
  return texts.map((text, at) => (at === 0 ? begun.padEnd(RIGHT) : margin) + text)
}
