/** The command that goes on with a run, from the one that began it. */
import { redacted } from '../model/redacted.ts'
import { shownEndpoint } from '../model/table.ts'
import { type GivenOption, givenOptions, isSpelling } from './spelling.ts'

/** Word by word, with another name for tokens, which cannot be used twice. */
export function commandToResume(argv: readonly string[]): string[] {
  const given = givenOptions(argv).filter(({ name }) => name !== 'resume' && name !== 'restart')
  return ['tablesync', ...given.flatMap(wordsOf), '--resume']
}

function wordsOf({ spelling, option, value }: GivenOption): string[] {
  if (value === undefined) return [spelling]
  if ('secret' in option && option.secret) return [spelling, 'NEW-TOKEN']
  const clean = URL.canParse(value) && redacted(value) !== value ? shownEndpoint(value) : value
  const isMistakable = clean.startsWith('-') || isSpelling(clean)
  return isMistakable ? [`${spelling}=${clean}`] : [spelling, clean]
}
