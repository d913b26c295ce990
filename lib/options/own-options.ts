/** Options as somebody gave them, and nothing that lies on all objects or on a prototype of theirs. */
import { usageError } from '../errors.ts'
import { shown } from './values/quoted-value.ts'

/** Options that are objects of options themselves. */
const NESTED = ['master', 'timeouts']

/**
 * A copy that has no prototype: what `Object.prototype` has is no option.
 *
 * @throws TablesyncError with code `USAGE` where it is no plain object: what a prototype of its own says would be lost
 */
export function ownOptions<T extends object>(given: T): T {
  const own = bare(given, 'options') as Record<string, unknown>
  for (const name of NESTED) if (isObject(own[name])) own[name] = bare(own[name], name)
  const { replicas } = own
  if (Array.isArray(replicas)) {
    own['replicas'] = replicas.map((one) => (isObject(one) ? bare(one, 'replicas') : one))
  }
  return own as T
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function bare(value: object, name: string): object {
  if (!isObject(value) || Array.isArray(value) || !isPlain(value)) {
    throw usageError(
      `Expected ${name === 'options' ? 'an object with options' : `\`${name}\` to be a plain object`}, got ${shown(value)}`,
      isObject(value)
        ? 'Options of a prototype are not read: pass { ...options }.'
        : 'Pass the options as one object.',
    )
  }
  return Object.assign(Object.create(null), value)
}

/** Made by braces, here or in another realm, or without a prototype. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
