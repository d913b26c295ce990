/**
 * What paths leave to compare, written for reading: an item is the set of its places, and a path
 * takes places out of it, or is the reason to keep them. It knows nothing of lib/.
 */
import { sameValue } from './reference.ts'

/** `*` in a path: every element. It is no text, so no name is like it. */
export const ANY = Symbol('*')
export type Step = string | number
export type PathOf = readonly (Step | typeof ANY)[]

export interface Rules {
  readonly ignore?: readonly PathOf[]
  readonly only?: readonly PathOf[]
}

type Value = { readonly [type: string]: unknown }
type Item = { readonly [name: string]: Value }

/** A place: its steps, and what is there. Of a map or a list only that it is one. */
interface Place {
  readonly steps: readonly Step[]
  readonly value: Value
}

function placesIn(value: Value, steps: readonly Step[]): Place[] {
  if ('M' in value) {
    const members = Object.entries(value['M'] as Item)
    const inside = members.flatMap(([name, one]) => placesIn(one, [...steps, name]))
    return [{ steps, value: { M: {} } }, ...inside]
  }
  if ('L' in value) {
    const inside = (value['L'] as Value[]).flatMap((one, at) => placesIn(one, [...steps, at]))
    return [{ steps, value: { L: [] } }, ...inside]
  }
  return [{ steps, value }]
}

const leadsTo = (path: PathOf, steps: readonly Step[]) =>
  path.length <= steps.length &&
  path.every((step, at) => (step === ANY ? typeof steps[at] === 'number' : step === steps[at]))

const isCompared = ({ ignore = [], only }: Rules, steps: readonly Step[]) =>
  !String(steps[0]).startsWith('aws:rep:') &&
  !ignore.some((path) => leadsTo(path, steps)) &&
  (only === undefined || only.some((path) => leadsTo(path, steps)))

export type Places = ReadonlyMap<string, Value>

/** The places of an item that are compared, or those that are not. */
export function places(item: object, rules: Rules, which: 'compared' | 'others'): Places {
  const all = Object.entries(item as Item).flatMap(([name, value]) => placesIn(value, [name]))
  const some = all.filter(({ steps }) => isCompared(rules, steps) === (which === 'compared'))
  return new Map(some.map(({ steps, value }) => [JSON.stringify(steps), value]))
}

export function samePlaces(a: Places, b: Places): boolean {
  const isSame = ([at, value]: [string, Value]) => {
    const other = b.get(at)
    return other !== undefined && sameValue(value as never, other as never)
  }
  return a.size === b.size && [...a].every(isSame)
}

export const equalUnder = (rules: Rules, a: object, b: object): boolean =>
  samePlaces(places(a, rules, 'compared'), places(b, rules, 'compared'))

/** The path as somebody types it: every name in quotes. */
export function spelt(path: PathOf): string {
  const parts = path.map((step, at) => {
    if (step === ANY) return '[*]'
    return typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${JSON.stringify(step)}`
  })
  return parts.join('')
}
