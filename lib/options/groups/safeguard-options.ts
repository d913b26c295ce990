/** Options that stop a run before it does damage. */
import { usageError } from '../../errors.ts'
import { filled, type Group, type OptionsOf, type Spelling } from '../option.ts'
import { shown } from '../values/quoted-value.ts'

export const SAFEGUARD_OPTIONS = {
  /** Stop before more items than this are written or deleted. @default as many as there are */
  maxWrites: {
    flag: 'max-writes',
    kind: 'whole',
    value: 'n',
    least: 0,
    most: Number.MAX_SAFE_INTEGER,
    also: ['apply', 'undo', 'shard'],
    help: 'Stop before more items than this are written or deleted',
    helpFor: { undo: 'Stop before more items than this are put back or removed' },
  },
  /**
   * Stop once the read units of all tables together are more than this: pages in flight are read to
   * their end first. With a checkpoint, all legs count. @default as many as it takes
   */
  maxReadUnits: {
    flag: 'max-read-units',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: Number.MAX_SAFE_INTEGER,
    also: ['apply', 'shard'],
    help: 'Stop once all tables together have taken more read units than this',
    more: 'What is in flight then is read to its end, and counts too.',
  },
  /**
   * Delete nothing on a replica that has more extras than this: a number, or a
   * percentage of its items like `'2.5%'`. 0 forbids deletions.
   *
   * @default 1000 or 1 % of its items, whichever is more, but at most a fifth of its items; 10 are always allowed
   */
  maxDeletes: {
    flag: 'max-deletes',
    kind: 'amount',
    value: 'n|n%',
    also: ['apply'],
    help: 'Delete nothing on a replica that has more extras than this: a number, or a percentage of its items. 0 forbids deletions (default: 1000 or 1% of the items, whichever is more, but at most a fifth of the items; 10 are always allowed)',
  },
  /**
   * Repair so many items of each replica first, 1 to 10,000, and continue only
   * if all of them, read back twice, have held. @default all at once
   */
  canary: {
    flag: 'canary',
    kind: 'whole',
    value: 'n',
    least: 1,
    most: 10_000,
    also: ['apply'],
    help: 'Repair <n> items of each replica first; continue only if all of them, read back, have held',
  },
  /** Delete even if the master is empty, or has under half of the items it should. @default false */
  allowShrunkenMaster: {
    flag: 'allow-shrunken-master',
    kind: 'switch',
    consents: true,
    also: ['apply'],
    help: 'Delete even if the master is empty, or has under half of the items that DescribeTable reports',
  },
  /** Write to a replica that is a global table with other regions. @default false */
  allowGlobalTable: {
    flag: 'allow-global-table',
    kind: 'switch',
    consents: true,
    also: ['apply', 'undo'],
    help: 'Write to a replica that is a global table with other regions',
  },
  /** Write to a replica that has a stream. @default false */
  allowStreams: {
    flag: 'allow-streams',
    kind: 'switch',
    consents: true,
    also: ['apply', 'undo'],
    help: 'Write to a replica that has a stream',
  },
} as const satisfies Group

export type SafeguardOptions = OptionsOf<typeof SAFEGUARD_OPTIONS>

export interface Safeguards {
  /** Undefined: as many as there are to make. */
  readonly maxWrites: number | undefined
  /** Undefined: as many as it takes. */
  readonly maxReadUnits: number | undefined
  readonly maxDeletes: MaxDeletes
  readonly allowShrunkenMaster: boolean
  readonly allowGlobalTable: boolean
  readonly allowStreams: boolean
}

/** Extras of a replica that may be deleted; the larger of the two holds. */
export interface MaxDeletes {
  readonly count?: number
  /** Of the replica's items. */
  readonly percent?: number
  /** Above this, both are too many. Absent: they were asked for. */
  readonly atMost?: { readonly count: number; readonly percent: number }
}

export interface SafeguardSettings {
  readonly safeguards: Safeguards
  /** Repairs of each replica that go out alone at first. Undefined: none. */
  readonly canary: number | undefined
}

export function resolveSafeguards(
  given: SafeguardOptions & { readonly quiesced?: boolean },
  dryRun: boolean,
  spelling: Spelling,
): SafeguardSettings {
  const { canary, maxDeletes, ...others } = filled(SAFEGUARD_OPTIONS, given)
  if (canary !== undefined && given.quiesced === true) {
    throw usageError(
      `Expected \`${spelling('canary')}\` without \`${spelling('quiesced')}\`, got both`,
      'Leave one of them out: a canary is read back, which quiesced runs do not do.',
    )
  }
  const limit =
    maxDeletes === undefined
      ? USUAL_DELETES
      : parseMaxDeletes(String(maxDeletes), spelling('maxDeletes'))
  return {
    safeguards: { ...others, maxDeletes: limit },
    canary: dryRun ? undefined : canary,
  }
}

/** A replica that has drifted further than this is looked at before its extras are deleted. */
const USUAL_DELETES = {
  count: 1000,
  percent: 1,
  // A thousand are all of a small table.
  atMost: { count: 10, percent: 20 },
}

function parseMaxDeletes(text: string, name: string): MaxDeletes {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? []
  const value = Number(number)
  const isInRange = percent === '%' ? value <= 100 : Number.isSafeInteger(value)
  if (number === undefined || !isInRange) {
    throw usageError(
      `Expected \`${name}\` to be a whole number, or a percentage up to 100%, got ${shown(text)}`,
      'For example 5000, or 2.5% of the items of the replica; 0 forbids deletions.',
    )
  }
  return percent === '%' ? { percent: value } : { count: value }
}
