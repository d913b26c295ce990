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

const PATH = String.raw`#\w+(?:\.#\w+|\[\d+\])*`
const EXISTS = new RegExp(`^attribute_(not_)?exists\\((${PATH})\\)$`)
const TYPE = new RegExp(`^attribute_type\\((${PATH}),(:\\w+)\\)$`)
const EQUAL = new RegExp(`^(${PATH})=(:\\w+)$`)

/** What a step may lead into: names into a map, indexes into a list. */
function holderIn(
  value: WireValue | undefined,
  step: string | number,
): WireItem | readonly WireValue[] | undefined {
  if (value === undefined) return undefined
  if (typeof step === 'number') return 'L' in value ? value.L : undefined
  return 'M' in value ? value.M : undefined
}

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
        const [, not, tested] = EXISTS.exec(term) ?? []
        if (tested !== undefined) {
          return (this.#at(item, tested) !== undefined) === (not === undefined)
        }
        const [, typed, type] = TYPE.exec(term) ?? []
        if (typed !== undefined) {
          const { S: wanted } = this.#value(type) as { readonly S: string }
          return Object.hasOwn(this.#at(item, typed) ?? {}, wanted)
        }
        const [, left, right] = EQUAL.exec(term) ?? []
        if (left === undefined) throw invalid(`Cannot read ${term}`)
        return isDeepStrictEqual(this.#at(item, left), this.#value(right))
      })
    return !terms.includes(false)
  }

  apply(item: WireItem, update: unknown): WireItem {
    const [all, set, remove] = /^(?:SET (\S+))? ?(?:REMOVE (\S+))?$/.exec(String(update)) ?? []
    if (!all) throw invalid(`Cannot read ${update}`)
    const changed = structuredClone(item)
    for (const assignment of set?.split(',') ?? []) {
      const [path, value] = assignment.split('=')
      this.#write(changed, path, this.#value(value))
    }
    for (const path of remove?.split(',') ?? []) this.#write(changed, path, undefined)
    return changed
  }

  /** @throws Refusal where a placeholder was declared and never used */
  end(): void {
    const declared = [...this.#names.keys(), ...this.#values.keys()]
    const unused = declared.find((placeholder) => !this.#used.has(placeholder))
    if (unused !== undefined) throw invalid(`${unused} is declared and not used`)
  }

  #at(item: WireItem | undefined, path: string): WireValue | undefined {
    const [name = '', ...steps] = this.#steps(path)
    let value = item !== undefined && Object.hasOwn(item, name) ? item[name] : undefined
    for (const step of steps) {
      const holder = holderIn(value, step)
      value = holder && Object.hasOwn(holder, step) ? holder[step as never] : undefined
    }
    return value
  }

  /** As the service: a map that is not there is not made. */
  #write(item: WireItem, path: string | undefined, value: WireValue | undefined): void {
    const steps = this.#steps(path)
    const last = steps.pop() as string
    const parent = (path ?? '').slice(0, Math.max((path ?? '').lastIndexOf('.'), 0))
    const holder = parent === '' ? item : holderIn(this.#at(item, parent), last)
    if (holder === undefined || typeof last === 'number')
      throw invalid('The document path is invalid')
    if (value === undefined) delete (holder as Record<string, WireValue>)[last]
    else {
      const member = { value, enumerable: true, configurable: true, writable: true }
      Object.defineProperty(holder, last, member)
    }
  }

  #steps(path = ''): (string | number)[] {
    if (!new RegExp(`^${PATH}$`).test(path)) throw invalid(`Cannot read ${path}`)
    return (path.match(/#\w+|\d+(?=\])/g) ?? []).map((step) =>
      step.startsWith('#') ? this.#name(step) : Number(step),
    )
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
