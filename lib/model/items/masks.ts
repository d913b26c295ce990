/** What `--masks` names: rules by path, and the key that values are hashed with. */

/** What becomes of a value. `fixed`: this value stands for each. */
export type MaskRule =
  | 'keep'
  | 'drop'
  | 'hash'
  | 'email'
  | 'name'
  | 'digits'
  | 'last4'
  | { readonly fixed: string | boolean | FixedNumber }

/** As decimal text. */
export interface FixedNumber {
  readonly number: string
}

export interface PathRule {
  /** Spelt in its canonical way. `*` stands for any name, `[*]` for all elements of a list. */
  readonly path: string
  readonly rule: MaskRule
}

export interface Masks {
  readonly rules: readonly PathRule[]
  /** Secret. Undefined: no rule needs one. */
  readonly key: Uint8Array | undefined
  /** Stands for the rules and the key in files, and tells neither. */
  readonly mark: string
}
