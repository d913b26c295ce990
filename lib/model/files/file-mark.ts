/** How much of a file is good. */

import type { Bytes } from '../units.ts'
import type { LineChain } from './line-chain.ts'

/** What the good part is: the CRC-32 of its bytes. */
export interface FileMark {
  readonly bytes: Bytes
  readonly crc: number
}

/** The good part of a report. */
export interface ReportMark extends FileMark {
  /** Absent: of version 1, whose lines are no chain. */
  readonly chain?: LineChain
}

/** The good part of a file of lines. */
export interface GoodLines {
  readonly bytes: Bytes
  /** Undefined: of version 1, whose lines are no chain. */
  readonly chain: LineChain | undefined
}
