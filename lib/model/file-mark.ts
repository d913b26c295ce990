/** How much of a file is good, and what it is: the CRC-32 of those bytes. */
import type { Bytes } from './units.ts'

export interface FileMark {
  readonly bytes: Bytes
  readonly crc: number
}
