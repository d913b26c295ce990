/** Placeholders and limits of expressions, whose text never contains a name or a value. */
import type { PathStep } from '../item/path.ts'
import type { WireItem, WireValue } from '../model/wire.ts'

/** The most bytes of one expression (developer guide, "Service quotas", expression parameters). */
export const MAX_EXPRESSION_BYTES = 4096

/**
 * The most comparisons in one condition. An expression may have 300 operators or functions (same
 * place), and each AND is one: 151 comparisons fail on DynamoDB Local 1.25.1. The assignments of
 * SET and the names of REMOVE do not count as operators.
 */
export const MAX_COMPARISONS = 150

/** The most bytes of a placeholder: `#` or `:` and two base-36 digits, enough for 1,296 of them. */
export const PLACEHOLDER_BYTES = 3

/** The most bytes of a path. */
export function pathBytes(steps: readonly PathStep[]): number {
  const bytes = (step: PathStep) =>
    typeof step === 'number' ? `[${step}]`.length : PLACEHOLDER_BYTES + '.'.length
  return steps.reduce<number>((sum, step) => sum + bytes(step), -'.'.length)
}

/** Hands out the shortest placeholders. */
export class Terms {
  readonly #names = new Map<string, string>()
  readonly #values: [string, WireValue][] = []

  name(name: string): string {
    const placeholder = this.#names.get(name) ?? `#${this.#names.size.toString(36)}`
    this.#names.set(name, placeholder)
    return placeholder
  }

  path(steps: readonly PathStep[]): string {
    return steps
      .map((step, at) => {
        if (typeof step === 'number') return `[${step}]`
        return at === 0 ? this.name(step) : `.${this.name(step)}`
      })
      .join('')
  }

  value(value: WireValue): string {
    const placeholder = `:${this.#values.length.toString(36)}`
    this.#values.push([placeholder, value])
    return placeholder
  }

  get names(): Record<string, string> {
    return Object.fromEntries([...this.#names].map(([name, placeholder]) => [placeholder, name]))
  }

  get values(): WireItem {
    return Object.fromEntries(this.#values)
  }
}
