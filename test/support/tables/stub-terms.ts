/** The expressions of a request, as the stub's tables evaluate them. */
import { isDeepStrictEqual } from 'node:util'
import type { WireItem, WireValue } from '../../../lib/model/wire.ts'

/** A request's body, or a part of it. */
export interface Body {
  readonly [field: string]: unknown
}

/** An error that the service would answer with. */
export class Refusal extends Error {
  readonly type: string

  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}

export const invalid = (message: string) => new Refusal('ValidationException', message)

/** Limits of DynamoDB Local 1.25.1 and of the developer guide ("Service quotas"). */
function limited(expression: unknown): void {
  const text = String(expression ?? '')
  if (Buffer.byteLength(text) > 4096) throw invalid('Expression size has exceeded the maximum')
  const operators = text.startsWith('SET') || text.startsWith('REMOVE') ? 0 : operatorsIn(text)
  if (operators > 300) throw invalid(`The expression contains ${operators} operators`)
}

/** Counts each comparison or function, and each AND. */
const operatorsIn = (condition: string) => 2 * condition.split(' AND ').length

/** Expressions that use only placeholders; each declared one has to be used. */
export class Terms {
  readonly #names: ReadonlyMap<string, string>
  readonly #values: ReadonlyMap<string, WireValue>
  readonly #used = new Set<string>()

  constructor(body: Body) {
    const fields = ['ConditionExpression', 'UpdateExpression', 'FilterExpression']
    for (const field of fields) limited(body[field])
    this.#names = new Map(
      Object.entries((body['ExpressionAttributeNames'] ?? {}) as Record<string, string>),
    )
    this.#values = new Map(Object.entries((body['ExpressionAttributeValues'] ?? {}) as WireItem))
  }

  check(item: WireItem | undefined, condition: unknown): void {
    if (condition === undefined || this.holds(item, condition)) return
    throw new Refusal('ConditionalCheckFailedException', 'The conditional request failed')
  }

  holds(item: WireItem | undefined, condition: unknown): boolean {
    const terms = String(condition)
      .split(' AND ')
      .map((term) => {
        const [, not, name] = /^attribute_(not_)?exists\((#\w+)\)$/.exec(term) ?? []
        if (name !== undefined) return this.#has(item, name) === (not === undefined)
        const [, left, right] = /^(#\w+)=(:\w+)$/.exec(term) ?? []
        if (left === undefined) throw invalid(`Cannot read ${term}`)
        const wanted = this.#value(right)
        return this.#has(item, left) && isDeepStrictEqual(item?.[this.#name(left)], wanted)
      })
    return !terms.includes(false)
  }

  apply(item: WireItem, update: unknown): WireItem {
    const [all, set, remove] = /^(?:SET (\S+))? ?(?:REMOVE (\S+))?$/.exec(String(update)) ?? []
    if (!all) throw invalid(`Cannot read ${update}`)
    const members = new Map(Object.entries(item))
    for (const assignment of set?.split(',') ?? []) {
      const [name, value] = assignment.split('=')
      members.set(this.#name(name), this.#value(value))
    }
    for (const name of remove?.split(',') ?? []) members.delete(this.#name(name))
    return Object.fromEntries(members)
  }

  /** @throws Refusal where a placeholder was declared and never used */
  end(): void {
    const declared = [...this.#names.keys(), ...this.#values.keys()]
    const unused = declared.find((placeholder) => !this.#used.has(placeholder))
    if (unused !== undefined) throw invalid(`${unused} is declared and not used`)
  }

  #has(item: WireItem | undefined, placeholder: string | undefined): boolean {
    const name = this.#name(placeholder)
    return item !== undefined && Object.hasOwn(item, name)
  }

  #name(placeholder = ''): string {
    this.#used.add(placeholder)
    const name = this.#names.get(placeholder)
    if (name === undefined) throw invalid(`${placeholder} is not declared`)
    return name
  }

  #value(placeholder = ''): WireValue {
    this.#used.add(placeholder)
    const value = this.#values.get(placeholder)
    if (value === undefined) throw invalid(`${placeholder} is not declared`)
    return value
  }
}
