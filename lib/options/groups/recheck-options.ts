/** Options of when a mismatch is a difference. */
import type { RecheckPolicy } from '../../model/recheck-policy.ts'
import { filled, type Group, type OptionsOf } from '../option.ts'

export const RECHECK_OPTIONS = {
  /**
   * Seconds that both sides must have been unchanged before a mismatch counts as
   * a difference: set it longer than your replication lag. @default 5
   */
  minMismatchAge: {
    flag: 'min-mismatch-age',
    kind: 'number',
    value: 'seconds',
    least: 0,
    most: 86_400,
    default: 5,
    also: ['apply'],
    help: 'How long both sides must have been unchanged before a mismatch counts: set it longer than your replication lag',
  },
  /** After this many rechecks that found a change, leave the key `unverified`. @default 5 */
  recheckAttempts: {
    flag: 'recheck-attempts',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: 100,
    default: 5,
    also: ['apply'],
    help: 'After this many rechecks that found a change, leave the key unverified',
  },
  /**
   * You vouch that nobody writes to any of the tables: one recheck decides, puts
   * are unconditional unless a journal is kept, and writes are not read back.
   *
   * @default false
   */
  quiesced: {
    flag: 'quiesced',
    kind: 'switch',
    consents: true,
    also: ['apply'],
    help: 'You vouch that nobody writes to the tables: one recheck decides, puts are unconditional (not with --journal), and writes are not read back',
  },
} as const satisfies Group

export type RecheckOptions = OptionsOf<typeof RECHECK_OPTIONS>

export interface RecheckSettings {
  readonly recheckPolicy: RecheckPolicy
}

export function resolveRecheck(given: RecheckOptions): RecheckSettings {
  const { minMismatchAge, recheckAttempts, quiesced } = filled(RECHECK_OPTIONS, given)
  return {
    recheckPolicy: {
      looksAgain: !quiesced,
      minAge: quiesced ? 0 : minMismatchAge * 1000,
      attempts: recheckAttempts,
    },
  }
}
