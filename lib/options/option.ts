/** What an option is: its kind, its value, its spellings. */

interface OptionBase {
  /** The flag, without its dashes. */
  readonly flag: string
  readonly aliases?: readonly string[]
  readonly help: string
  /** What the page of flags adds to the help. */
  readonly more?: string
  /** The one command that knows it. Absent: a comparison does. */
  readonly only?: 'undo'
}

export interface SwitchOption extends OptionBase {
  readonly kind: 'switch'
  /** The flag turns the option off; it is on without it. */
  readonly turnsOff?: true
}

export interface TextOption extends OptionBase {
  readonly kind: 'text' | 'texts'
  /** What the help calls the value. */
  readonly value: string
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

/** How the user knows an option: `--batch-read-limit`, or `batchReadLimit`. */
export type Spelling = (name: string) => string

export const asProperty: Spelling = (name) => name
