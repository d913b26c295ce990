/** What an option is: its kind, its value, its spellings, and the commands that take it. */

/** A command beside the comparison: its first word is the file, the folder or the table that it works on. */
export type FileCommand = 'apply' | 'undo' | 'revert' | 'show' | 'shard' | 'merge' | 'fingerprint'

/** `shard-plan` takes the options of a comparison. */
export type Command = 'sync' | 'shard-plan' | FileCommand

export const ALL_FILE_COMMANDS = [
  ...['apply', 'undo', 'revert', 'show', 'shard', 'merge', 'fingerprint'],
] as readonly FileCommand[]

interface OptionBase {
  /** The flag, without its dashes. */
  readonly flag: string
  readonly aliases?: readonly string[]
  /** An old name that programs may still give it. */
  readonly formerly?: string
  readonly help: string
  /** What the help of a command says instead, where the text above does not fit it. */
  readonly helpFor?: { readonly [command in Command]?: string }
  /** What the page of flags adds to the help. */
  readonly more?: string
  /** Commands that take it as a comparison does. Absent: only a comparison takes it. */
  readonly also?: readonly FileCommand[]
  /** The commands that take it, where a comparison does not. */
  readonly only?: readonly Exclude<Command, 'sync'>[]
  /** Commands that do not take it, although they take what a comparison does. */
  readonly notFor?: readonly 'shard-plan'[]
  /** It allows what is not undone easily: only whoever types a command can give it. */
  readonly consents?: true
}

export interface SwitchOption extends OptionBase {
  readonly kind: 'switch'
  /** The flag turns the option off; it is on without it. */
  readonly turnsOff?: true
}

/**
 * `texts`: repeatable. `url`: http or https. `duration`: like 90s, 30m or 8h.
 * `amount`: a number with a unit maybe, such as 25%. `key`: a key as JSON.
 */
export interface TextOption extends OptionBase {
  readonly kind: 'text' | 'texts' | 'url' | 'duration' | 'amount' | 'key'
  /** What the help calls the value. */
  readonly value: string
  readonly default?: string
  /** Values to choose from, besides others maybe. */
  readonly offers?: readonly string[]
  /** `-` is a standard stream, where it names a file elsewhere. */
  readonly mayBeStream?: true
  /** In the environment a comma is then no end of a value. */
  readonly mayHoldCommas?: true
  /** Whether the value is kept out of messages. */
  readonly secret?: true
}

export interface NumberOption extends OptionBase {
  /** `whole`: without a fraction. */
  readonly kind: 'whole' | 'number'
  readonly value: string
  readonly least: number
  readonly most: number
  /** What the help says; absent where the help text itself says it. */
  readonly default?: number
}

export interface ChoiceOption extends OptionBase {
  readonly kind: 'choice'
  readonly value: string
  readonly choices: readonly string[]
  readonly default: string
}

export type Option = SwitchOption | TextOption | NumberOption | ChoiceOption

export type Group = Readonly<Record<string, Option>>

interface Values {
  switch: boolean
  text: string
  texts: readonly string[]
  url: string
  duration: string
  amount: number | string
  key: string | Readonly<Record<string, unknown>>
  whole: number
  number: number
}

type ValueOf<O> = O extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : O extends { readonly kind: keyof Values }
    ? Values[O['kind']]
    : never

/** What a program may pass for a group of options. */
export type OptionsOf<G> = { readonly [name in keyof G]?: ValueOf<G[name]> }

/** The same with each default filled in. */
export type Filled<G> = {
  readonly [name in keyof G]: G[name] extends
    | { readonly kind: 'switch' }
    | { readonly default: unknown }
    ? ValueOf<G[name]>
    : ValueOf<G[name]> | undefined
}

/** A group's options, those that were not given at their defaults. */
export function filled<G extends Group>(group: G, given: OptionsOf<G>): Filled<G> {
  const entries = Object.entries(group).map(([name, option]) => [
    name,
    given[name] === undefined ? defaultOf(option) : given[name],
  ])
  return Object.fromEntries(entries) as Filled<G>
}

/** What the help of a command says of an option. */
export const helpOf = (option: Option, command: Command) => option.helpFor?.[command] ?? option.help

const defaultOf = (option: Option) =>
  option.kind === 'switch' ? option.turnsOff === true : option.default

/** How the user knows an option: `--batch-read-limit`, or `batchReadLimit`. */
export type Spelling = (name: string) => string

export const asProperty: Spelling = (name) => name
