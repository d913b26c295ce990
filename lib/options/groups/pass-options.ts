/** Options of a run that compares again and again. */
import { usageError } from '../../errors.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { Group, OptionsOf, Spelling } from '../option.ts'
import { parseDuration } from '../values/duration.ts'

export const PASS_OPTIONS = {
  /**
   * Compare, and repair what is asked for, pass after pass, until one whole pass finds no
   * difference; at most for this long: `90s`, `30m`, `8h`.
   */
  untilInSync: {
    flag: 'until-in-sync',
    notFor: ['shard-plan'],
    kind: 'duration',
    value: 'duration',
    help: 'Compare and repair, pass after pass, until one whole pass finds no difference; at most for so long: 90s, 30m, 8h',
    more: 'Each pass reads the tables anew. Limits such as `--max-writes` count over all passes. See [until-in-sync](until-in-sync.md).',
  },
  /** With `untilInSync`: make at most so many passes. @default as many as there is time for */
  maxPasses: {
    flag: 'max-passes',
    notFor: ['shard-plan'],
    kind: 'whole',
    value: 'n',
    least: 1,
    most: Number.MAX_SAFE_INTEGER,
    help: 'With --until-in-sync: make at most <n> passes',
  },
} as const satisfies Group

export type PassOptions = OptionsOf<typeof PASS_OPTIONS>

export interface Passes {
  /** When this much time has passed, no pass goes on. */
  readonly limit: Milliseconds
  /** Undefined: as many as there is time for. */
  readonly most: number | undefined
}

export interface PassSettings {
  /** Undefined: the tables are compared once. */
  readonly passes: Passes | undefined
}

/** What goes with a single comparison only, and why. */
const APART = {
  checkpoint:
    'A checkpoint takes up one comparison, and each pass is a new one. Run again instead.',
  plan: 'A plan is of one comparison.',
  key: 'Listed keys are no whole pass.',
  keys: 'Listed keys are no whole pass.',
} as const

type Given = PassOptions & { readonly [name in keyof typeof APART]?: unknown }

/** @throws TablesyncError with code `USAGE` */
export function resolvePasses(given: Given, spelling: Spelling): PassSettings {
  const { untilInSync, maxPasses: most } = given
  const flag = spelling('untilInSync')
  if (untilInSync === undefined) {
    if (most === undefined) return { passes: undefined }
    throw usageError(
      `Expected \`${spelling('maxPasses')}\` to come with \`${flag}\`, got it alone`,
      `Add \`${flag}\` with a time, such as 2h.`,
    )
  }
  const apart = (Object.keys(APART) as (keyof typeof APART)[]).find(
    (name) => given[name] !== undefined,
  )
  if (apart !== undefined) {
    throw usageError(
      `Expected \`${flag}\` without \`${spelling(apart)}\`, got both`,
      `Leave one of the two out. ${APART[apart]}`,
    )
  }
  return { passes: { limit: parseDuration(untilInSync, flag), most } }
}
