/**
 * Each argument by itself: which option it spells, by whichever of its names.
 *
 * cac takes `--write-mising` for a wish of its own, `--flag.x` for a path,
 * `007` for seven, and lets one alias of an option overwrite another. So it is
 * given one spelling of each option, and values that look like nothing.
 */
import { type TablesyncError, usageError } from '../errors.ts'
import { ALL_OPTIONS } from './groups/all-options.ts'
import { nearest } from './nearest.ts'
import type { Option } from './option.ts'
import { shown } from './values/quoted-value.ts'

/** A value that begins with this is text to cac, whatever it looks like. */
const VERBATIM = '\u0001'

/** What to do about an argument that is no flag; the file commands have another answer. */
export const TABLES = 'Tables are named with --master and --replica.'

export const asVerbatim = (value: string) => `${VERBATIM}${value}`
export const fromVerbatim = (value: string) => value.slice(VERBATIM.length)

interface Named {
  readonly name: string
  readonly option: Option
}

/** By each of its spellings, dashes included. */
const SPELLINGS: ReadonlyMap<string, Named> = new Map(
  Object.entries(ALL_OPTIONS).flatMap(([name, option]) =>
    spellingsOf(option).map((spelling): [string, Named] => [spelling, { name, option }]),
  ),
)

export const isSpelling = (text: string) => SPELLINGS.has(text)

/** The option that a flag spells. */
export const nameOf = (spelling: string): string | undefined => SPELLINGS.get(spelling)?.name

export function spellingsOf({ flag, aliases = [] }: Option): string[] {
  return [flag, ...aliases].map((name) => (name.length === 1 ? `-${name}` : `--${name}`))
}

/** The options as arguments, each under its one name, `--writeMissing`, and every value verbatim. */
export function canonicalArguments(given: readonly GivenOption[]): string[] {
  return given.flatMap(({ name, value }) =>
    value === undefined ? [`--${name}`] : [`--${name}`, asVerbatim(value)],
  )
}

export interface GivenOption extends Named {
  /** As it was written. */
  readonly spelling: string
  /** Undefined: it is a switch. */
  readonly value?: string
}

/**
 * Option by option what was given.
 *
 * @throws TablesyncError with code `USAGE`
 */
export function givenOptions(argv: readonly string[], onStray = TABLES): GivenOption[] {
  const options: GivenOption[] = []
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] as string
    const equals = argument.indexOf('=')
    const spelling = equals < 0 ? argument : argument.slice(0, equals)
    const given = equals < 0 ? undefined : argument.slice(equals + 1)
    const named = SPELLINGS.get(spelling)
    if (named === undefined) throw unknown(argv, at, onStray)
    const { name, option } = named
    if (option.kind === 'switch') {
      if (given === undefined) {
        options.push({ spelling, name, option })
        continue
      }
      throw usageError(
        `Expected \`${spelling}\` without a value, got ${shown(given)}`,
        `\`${spelling}\` turns it on; leave it out to turn it off.`,
      )
    }
    const value = given ?? argv[++at]
    if (value === undefined || (given === undefined && SPELLINGS.has(value))) {
      throw usageError(
        `Expected \`${spelling}\` to be followed by its <${option.value}>, got ${value === undefined ? 'nothing' : `\`${value}\``}`,
        `Give it as \`${spelling}=<${option.value}>\`.`,
      )
    }
    options.push({ spelling, name, option, value })
  }
  return options
}

const SECRETS = /^--[\w-]*mfa-?token/i

function unknown(argv: readonly string[], at: number, onStray: string): TablesyncError {
  const [spelling = ''] = (argv[at] ?? '').split('=')
  if (!spelling.startsWith('-') || /^-+$/.test(spelling)) {
    const after = at === 0 ? '' : ` after \`${(argv[at - 1] as string).split('=')[0]}\``
    // It may be a secret that has lost its flag.
    if (argv.some((argument) => SECRETS.test(argument))) {
      return usageError(
        'Expected flags only, got an argument that is neither a flag nor the value of one',
        'It is not shown: it may be a secret. Quote values that contain blanks.',
      )
    }
    return usageError(
      `Expected flags only, got ${shown(argv[at])}${after}`,
      `${onStray} Quote values that contain blanks.`,
    )
  }
  const alike = nearest(spelling, [...SPELLINGS.keys()])
  return usageError(
    `Expected a known flag, got \`${spelling}\``,
    `${alike === undefined ? '' : `Is \`${alike}\` meant? `}tablesync --help lists all flags.`,
  )
}
