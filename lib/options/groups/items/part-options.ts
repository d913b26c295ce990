/** Options that choose a part of the tables' segments: at random, or by a list. */
import { usageError } from '../../../errors.ts'
import { filled, type Group, type OptionsOf, type Spelling } from '../../option.ts'
import { shown } from '../../values/quoted-value.ts'

export const PART_OPTIONS = {
  /**
   * Compare only this share of the tables, like `'1%'`: segments that are drawn at random. The result
   * has limits for the whole tables, and never says that they are in sync. Writes nothing.
   */
  sample: {
    flag: 'sample',
    kind: 'amount',
    value: 'n%',
    notFor: ['shard-plan'],
    help: 'Compare only this share of the tables, drawn at random, and say what that tells of the rest; nothing is written',
    more: 'See [a part of the tables](sample.md).',
  },
  /** Draws the same segments again, if the tables are divided as before. @default at random */
  sampleSeed: {
    flag: 'sample-seed',
    kind: 'whole',
    value: 'n',
    least: 0,
    most: 4_294_967_295,
    notFor: ['shard-plan'],
    help: 'With --sample: draw the segments that a run with this seed drew (default: at random)',
  },
  /** Compare only the segments in which two fingerprints differ: a file that `fingerprint --compare` wrote. */
  segmentsOf: {
    flag: 'segments-of',
    kind: 'text',
    value: 'file',
    notFor: ['shard-plan'],
    help: 'Compare only the segments in which two fingerprints differ: a file that tablesync fingerprint --compare A B --out FILE wrote',
  },
} as const satisfies Group

export type PartOptions = OptionsOf<typeof PART_OPTIONS>

export interface Sampling {
  /** Above 0, at most 1. */
  readonly share: number
  /** Undefined: the run draws one. */
  readonly seed: number | undefined
}

export interface PartSettings {
  /** Undefined: no segments are drawn. */
  readonly sample: Sampling | undefined
  /** A file that lists segments. Undefined: none was given. */
  readonly segmentsOf: string | undefined
}

/** A sample says how much differs, and each of these is about certain items. */
const NOT_SAMPLED = [
  ...['writeMissing', 'writeDiffering', 'deleteExtra', 'plan', 'journal', 'createReplica'],
  ...['key', 'keys', 'first', 'startingKey', 'checkpoint', 'untilInSync', 'segmentsOf'],
]

/** Deletions go by the whole tables, and so does a run until they are in sync. */
const NOT_LISTED = ['deleteExtra', 'key', 'keys', 'first', 'startingKey', 'untilInSync', 'segments']

type Given = PartOptions & object

export function resolvePart(given: Given, spelling: Spelling): PartSettings {
  const { sample, sampleSeed: seed, segmentsOf } = filled(PART_OPTIONS, given)
  if (sample === undefined) {
    if (seed !== undefined) {
      throw usageError(
        `Expected \`${spelling('sampleSeed')}\` to come with \`${spelling('sample')}\`, got it alone`,
        `Add \`${spelling('sample')}\`, or leave it out.`,
      )
    }
    if (segmentsOf !== undefined) refuseBeside('segmentsOf', given, NOT_LISTED, spelling)
    return { sample: undefined, segmentsOf }
  }
  refuseBeside('sample', given, NOT_SAMPLED, spelling)
  return { sample: { share: shareOf(sample, spelling('sample')), seed }, segmentsOf: undefined }
}

function refuseBeside(
  option: string,
  given: object,
  others: readonly string[],
  spelling: Spelling,
): void {
  const values = given as Readonly<Record<string, unknown>>
  const other = others.find((name) => values[name] !== undefined && values[name] !== false)
  if (other === undefined) return
  throw usageError(
    `Expected \`${spelling(other)}\` without \`${spelling(option)}\`, got both`,
    option === 'sample'
      ? 'Leave one of them out: a sample tells how much differs, and looks at a few items only.'
      : 'Leave one of them out.',
  )
}

function shareOf(sample: number | string, name: string): number {
  const [, number] = /^(\d+(?:\.\d+)?)%$/.exec(String(sample)) ?? []
  const percent = Number(number)
  if (number !== undefined && percent > 0 && percent <= 100) return percent / 100
  throw usageError(
    `Expected \`${name}\` to be a percentage above 0% and up to 100%, got ${shown(sample)}`,
    'For example 1%, or 0.1% of a table of a billion items.',
  )
}
