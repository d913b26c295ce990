/** How much of a file is good. */

import type { Bytes } from '../units.ts'
import type { LineChain } from './line-chain.ts'

/** The good part of a file, with the CRC-32 of its bytes. */
export interface FileMark {
  readonly bytes: Bytes
  readonly crc: number
}

/** The good part of a report. */
export interface ReportMark extends FileMark {
  /** Absent: version 1, whose lines are not chained. */
  readonly chain?: LineChain
}

/** The good part of a file of lines. */
export interface GoodLines {
  readonly bytes: Bytes
  /** Undefined: version 1, whose lines are not chained. */
  readonly chain: LineChain | undefined
}
