/**
 * The state of a chain of lines: how many there are, and the checksum of the last one. Journals,
 * plans and reports are such chains.
 */
export interface LineChain {
  readonly lines: number
  /** Eight hexadecimal digits; zeros if there is no line. */
  readonly last: string
}

export const NO_LINES: LineChain = { lines: 0, last: '00000000' }
