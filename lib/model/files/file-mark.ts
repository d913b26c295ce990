/** How much of a file is good. */

import type { RecordedHeat } from '../heat.ts'
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
  /** Where differences were so far: the footer tells it. Absent: it has none, or the release did not record it. */
  readonly heat?: RecordedHeat
}

/** The good part of a repair plan. */
export interface PlanMark extends FileMark {
  readonly chain: LineChain
  /** Keys that it lists. */
  readonly entries: number
}

/** The good part of a file of lines. */
export interface GoodLines {
  readonly bytes: Bytes
  /** CRC-32 of these bytes. Absent: nobody asks for it. */
  readonly crc?: number
  /** Undefined: version 1, whose lines are not chained. */
  readonly chain: LineChain | undefined
}
