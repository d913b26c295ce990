/** Options of which places of items are compared. */
import { usageError } from '../../errors.ts'
import { type PlaceStep, stepsOf } from '../../item/path.ts'
import { pathMeant, pathSpelt } from '../../item/places/recorded-paths.ts'
import type { ComparedPaths } from '../../model/compared-paths.ts'
import { filled, type Group, type OptionsOf, type Spelling } from '../option.ts'
import { shown } from '../values/quoted-value.ts'

export const PLACE_OPTIONS = {
  /**
   * Paths of attributes, or of places inside them, left out of comparing and updating: `state`,
   * `profile.lastSeen`, `tags[*].id`. A name that looks like a path is quoted: `"a.b"`.
   */
  ignore: {
    flag: 'ignore',
    also: ['fingerprint'],
    aliases: ['ignore-att', 'ignore-atts'],
    kind: 'texts',
    value: 'path',
    mayHoldCommas: true,
    help: 'An attribute, or a place inside one, to leave out of comparing and updating. Repeatable',
    more: 'For example `state`, `profile.lastSeen` or `tags[*].id`. A name with a dot is quoted: `\'"a.b"\'`. A part of the key is refused. A list with commas is one name, so repeat the flag for more.',
  },
  /** Paths beside which nothing is compared or updated. Not together with `ignore`. */
  only: {
    flag: 'only',
    also: ['fingerprint'],
    kind: 'texts',
    value: 'path',
    mayHoldCommas: true,
    help: 'An attribute, or a place inside one, to compare and update, and nothing else. Repeatable',
    more: 'Paths as for `--ignore`, which it excludes. Items are matched by their key in any case.',
  },
  /**
   * With `only`, or with `ignore` inside attributes: `leave` counts missing items and leaves them;
   * `whole` lets them be put with all that the master has. Otherwise they are always put whole.
   *
   * @default 'leave'
   */
  missingItems: {
    flag: 'missing-items',
    kind: 'choice',
    value: 'how',
    choices: ['leave', 'whole'],
    default: 'leave',
    help: 'With --only, or --ignore inside attributes: leave missing items, or put them whole, with what is not compared',
  },
} as const satisfies Group

export type PlaceOptions = OptionsOf<typeof PLACE_OPTIONS>

export interface PlaceSettings extends ComparedPaths {
  readonly missingItems: 'leave' | 'whole'
  /** Whether a missing item may be put, which touches all of it. */
  readonly putsWhole: boolean
}

/** @throws TablesyncError with code `USAGE` where a path is badly spelt */
export function resolvePlaces(given: PlaceOptions, spelling: Spelling): PlaceSettings {
  const { missingItems } = filled(PLACE_OPTIONS, given)
  const ignore = pathsOf(given.ignore, spelling('ignore'), pathMeant)
  // A list with a comma would be one name, which no item has: then all would be in sync.
  const only = pathsOf(given.only, spelling('only'), pathSpelt)
  if (ignore.length > 0 && only.length > 0) {
    throw usageError(
      `Expected \`${spelling('only')}\` without \`${spelling('ignore')}\`, got both`,
      'Leave one of the two out: what is not named by the one is ignored anyway.',
    )
  }
  const list = only.find((path) => typeof stepsIn(path).at(-1) === 'symbol')
  if (list !== undefined) {
    throw usageError(
      `Expected \`${spelling('only')}\` to name a list without [*] at its end, got ${shown(list)}`,
      `Write ${list.slice(0, -'[*]'.length)}: it names the list with all its elements.`,
    )
  }
  const comparesParts = only.length > 0 || ignore.some((path) => stepsIn(path).length > 1)
  return { ignore, only, missingItems, putsWhole: !comparesParts || missingItems === 'whole' }
}

function pathsOf(
  texts: readonly string[] = [],
  ...[name, read]: [name: string, read: (text: string) => string | undefined]
): string[] {
  const paths = texts.map((text) => {
    const path = read(text)
    if (path !== undefined) return path
    throw usageError(
      `Expected \`${name}\` to be a path like profile.lastSeen or tags[*].id, got ${shown(text)}`,
      `Give it again for another path. Quote a name that is no path: '"a.b"'.`,
    )
  })
  return [...new Set(paths)]
}

const stepsIn = (path: string): readonly PlaceStep[] => stepsOf(path) ?? []

/** @throws TablesyncError with code `USAGE` where the version attribute is not compared as a whole */
export function checkVersionPlace(
  version: string | undefined,
  { ignore, only }: ComparedPaths,
  spelling: Spelling,
): void {
  if (version === undefined) return
  const name = spelling('versionAttribute')
  if (ignore.some((path) => stepsIn(path)[0] === version)) {
    throw usageError(
      `\`${name}\` ${shown(version)} is also in \`${spelling('ignore')}\``,
      'Remove it from one of them: ignored attributes are not written, so the version would be wrong.',
    )
  }
  const isChosen = only.some((path) => stepsIn(path).length === 1 && stepsIn(path)[0] === version)
  if (only.length === 0 || isChosen) return
  throw usageError(
    `Expected \`${spelling('only')}\` to name the version attribute ${shown(version)} too`,
    'Add it there: what is not compared is not written, so the version would be wrong.',
  )
}
