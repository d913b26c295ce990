/** What a run over many pairs reports while it runs. */

import type { NamedPair, PairResult } from '../results/pairs-summary.ts'
import type { Milliseconds } from '../units.ts'
import type { RunEvent } from './events.ts'

export type PairsEvent =
  /** All pairs, before the first begins. */
  | { readonly type: 'pairs'; readonly pairs: readonly NamedPair[]; readonly atOnce: number }
  | { readonly type: 'pair-began'; readonly pair: string }
  | { readonly type: 'pair-event'; readonly pair: string; readonly event: RunEvent }
  | { readonly type: 'pair-ended'; readonly result: PairResult }
  /** `maxDuration` is over: the pairs under way end, and no other begins. */
  | { readonly type: 'pairs-time-over'; readonly afterMs: Milliseconds }
