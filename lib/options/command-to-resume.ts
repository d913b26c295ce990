/** The command that goes on with a run, from the one that began it. */

import { redacted } from '../model/redaction.ts'
import type { SafeguardName } from '../model/safeguard.ts'
import { shownEndpoint } from '../model/tables/table.ts'
import { type GivenOption, givenOptions, isSpelling } from './flags.ts'
import type { Option } from './option.ts'

/** Limits that a run which they have stopped meets again at once, by the safeguard. */
const LIMITS: { readonly [safeguard in SafeguardName]?: string } = {
  'max-writes': 'maxWrites',
  'max-read-units': 'maxReadUnits',
  'max-deletes': 'maxDeletes',
}

/**
 * Word by word, but for what would not do a second time: a token that has been
 * used, and the limit that has stopped the run.
 */
export function commandToResume(
  argv: readonly string[],
  stopped?: SafeguardName,
  fromEnvironment: readonly GivenOption[] = [],
): string[] {
  const given = givenOptions(argv).filter(({ name }) => name !== 'resume' && name !== 'restart')
  const limit = stopped && LIMITS[stopped]
  // A variable is there a second time too, but for what would not do again.
  const spent = fromEnvironment.filter(({ name, option }) => name === limit || isSecret(option))
  return [
    'tablesync',
    ...[...given, ...spent].flatMap((option) => wordsOf(option, limit)),
    '--resume',
  ]
}

function wordsOf({ spelling, name, option, value }: GivenOption, limit?: string): string[] {
  if (value === undefined) return [spelling]
  if (name === limit) return [spelling, `MORE-THAN-${value}`]
  if (isSecret(option)) return [spelling, 'NEW-TOKEN']
  const clean = URL.canParse(value) && redacted(value) !== value ? shownEndpoint(value) : value
  const isMistakable = clean.startsWith('-') || isSpelling(clean)
  return isMistakable ? [`${spelling}=${clean}`] : [spelling, clean]
}

const isSecret = (option: Option) => 'secret' in option && option.secret === true
