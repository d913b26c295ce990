/** Options of fingerprints of tables. */
import type { Group, OptionsOf } from '../option.ts'

export const FINGERPRINT_OPTIONS = {
  /** Make a fingerprint that can be compared with this one: with its key, its rules and its segments. */
  like: {
    flag: 'like',
    kind: 'text',
    value: 'file',
    only: ['fingerprint'],
    help: 'Take key, rules and number of segments from this fingerprint, so that the two can be compared',
  },
  /** Compare two fingerprints. */
  compare: {
    flag: 'compare',
    kind: 'texts',
    value: 'file',
    only: ['fingerprint'],
    help: 'Compare two fingerprints, and read no table: --compare A.json B.json',
  },
} as const satisfies Group

export type FingerprintOnly = OptionsOf<typeof FINGERPRINT_OPTIONS>
