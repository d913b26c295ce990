/**
 * Options that the environment gives: `TABLESYNC_`, and the flag in capitals.
 * A flag on the command line wins. What consents is never taken from here: a
 * variable outlives the command that it was meant for.
 */
import { usageError } from '../errors.ts'
import { takes } from './commands.ts'
import { type GivenOption, spellingsOf } from './flags.ts'
import { ALL_OPTIONS, asFlag } from './groups/all-options.ts'
import { nearest } from './nearest.ts'
import type { Command, Option, Spelling } from './option.ts'
import { shown } from './values/quoted-value.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const PREFIX = 'TABLESYNC_'

/** A secret, which no flag takes. */
export const MASK_KEY = 'TABLESYNC_MASK_KEY'

/** What tests read, here and in the programs of others. */
const OF_TESTS = 'TABLESYNC_TEST_'

export const variableOf = ({ flag }: Option) => asVariable(flag)

/** How the user knows each option: by the variable where that gave it, else by its flag. */
export function spellingWith(fromEnvironment: readonly GivenOption[] = []): Spelling {
  const names = new Map(fromEnvironment.map(({ name, option }) => [name, variableOf(option)]))
  return (name) => names.get(name) ?? asFlag(name)
}

const asVariable = (flag: string) => `${PREFIX}${flag.toUpperCase().replaceAll('-', '_')}`

/** A flag wins over a variable that says its opposite. */
const OPPOSITES: { readonly [name in string]?: string } = {
  verbose: 'quiet',
  quiet: 'verbose',
  resume: 'restart',
  restart: 'resume',
}

/**
 * What the variables say that the command takes, and that its flags leave open.
 *
 * @throws TablesyncError with code `USAGE`
 */
export function optionsFrom(
  env: Environment,
  command: Command,
  given: readonly GivenOption[],
): GivenOption[] {
  const flags = new Set(given.map(({ name }) => name))
  return Object.entries(env).flatMap(([variable, value]) => {
    if (!variable.startsWith(PREFIX) || variable.startsWith(OF_TESTS)) return []
    if (value === undefined || variable === MASK_KEY) return []
    const named = NAMED.get(variable)
    if (named === undefined) throw unknownVariable(variable)
    const { name, option } = named
    if (option.consents) throw consentIn(variable, option)
    const isOpen = !flags.has(name) && !flags.has(OPPOSITES[name] ?? name)
    if (!isOpen || !takes(command, option)) return []
    return valuesIn(value, variable, option).map((one) => ({
      spelling: `--${option.flag}`,
      name,
      option,
      ...(one !== undefined && { value: one }),
    }))
  })
}

const NAMED: ReadonlyMap<string, { readonly name: string; readonly option: Option }> = new Map(
  Object.entries(ALL_OPTIONS).map(([name, option]) => [variableOf(option), { name, option }]),
)

/** Undefined stands for a switch that is on. */
function valuesIn(value: string, variable: string, option: Option): (string | undefined)[] {
  if (option.kind === 'switch') {
    if (value === 'true' || value === '1') return [undefined]
    if (value === 'false' || value === '0') return []
    throw usageError(
      `Expected \`${variable}\` to be true, false, 1 or 0, got ${shown(value)}`,
      'Correct it, or unset it.',
    )
  }
  const values = option.kind === 'texts' ? listIn(value, option.mayHoldCommas) : [value]
  if (values.some((one) => one !== '')) return values
  throw usageError(
    `Expected \`${variable}\` to be the <${option.value}> of \`--${option.flag}\`, got an empty text`,
    'Set it, or unset it.',
  )
}

const listIn = (value: string, mayHoldCommas = false) =>
  value
    .split(mayHoldCommas ? /\r?\n/ : ',')
    .map((one) => (mayHoldCommas ? one : one.trim()))
    .filter((one) => one !== '')

function consentIn(variable: string, { flag }: Option) {
  return usageError(
    `\`${variable}\` is set, but consent is given on the command line only`,
    `Unset it, and write \`--${flag}\` in each command that is to have it.`,
  )
}

/** Its value is not shown: it may be a secret under a mistaken name. */
function unknownVariable(variable: string) {
  const alike = OTHER_NAMES.get(variable) ?? nearest(variable, [...NAMED.keys()])
  return usageError(
    `Expected variables that tablesync knows, got \`${variable}\``,
    `${alike === undefined ? '' : `Is \`${alike}\` meant? `}Unset it, or see \`tablesync help environment\`.`,
  )
}

/** As old names of flags would be spelled. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.values(ALL_OPTIONS).flatMap((option) =>
    spellingsOf(option)
      .slice(1)
      .map((alias): [string, string] => [
        asVariable(alias.replace(/^--?/, '')),
        variableOf(option),
      ]),
  ),
)

/** The flags that no variable can give. */
export const consentFlags = () =>
  Object.values(ALL_OPTIONS)
    .filter(({ consents }) => consents)
    .map(({ flag }) => `--${flag}`)
