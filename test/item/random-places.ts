/** Random items that have much in common, and random paths that lead into them. */
import type { WireItem, WireValue } from '../../lib/model/wire.ts'
import type { Choose } from '../support/arbitrary.ts'
import { ANY, type PathOf, type Rules, type Step } from './places-oracle.ts'

/** Few, so that items meet; names that look like paths among them. */
const NAMES = ['a', 'b', 'c', 'a.b', 'x[0]', '0', '__proto__', 'd"e', 'aws:rep:x']

const among = <T>(choose: Choose, values: readonly T[]) => values[choose(values.length)] as T

export function randomItem(choose: Choose, most = 5): WireItem {
  const members = Array.from({ length: 1 + choose(most) }, () => [
    among(choose, NAMES),
    randomValue(choose, 3),
  ])
  return Object.fromEntries(members)
}

export function randomValue(choose: Choose, depth: number): WireValue {
  const kind = choose(depth === 0 ? 6 : 12)
  if (kind >= 9) {
    return { L: Array.from({ length: choose(4) }, () => randomValue(choose, depth - 1)) }
  }
  if (kind >= 6) {
    const members = Array.from({ length: choose(4) }, () => [
      among(choose, NAMES),
      randomValue(choose, depth - 1),
    ])
    return { M: Object.fromEntries(members) }
  }
  return among<WireValue>(choose, [
    { S: among(choose, ['x', 'y']) },
    { N: among(choose, ['1', '2']) },
    { BOOL: true },
    { SS: among(choose, [['p', 'q'], ['p']]) },
    { NS: ['1', '2'] },
    { NULL: true },
  ])
}

/** An item like the other, with so many places changed, removed or added. */
export function drifted(item: WireItem, choose: Choose, changes: number): WireItem {
  let result: WireValue = { M: item }
  for (let at = 0; at < changes; at++) result = driftedValue(result, choose, 0)
  return 'M' in result ? result.M : item
}

function driftedValue(value: WireValue, choose: Choose, depth: number): WireValue {
  const goesOn = depth === 0 || choose(4) > 0
  if ('M' in value && goesOn) {
    const members = new Map(Object.entries(value.M))
    const name = choose(3) > 0 ? among(choose, [...members.keys(), 'a']) : among(choose, NAMES)
    const held = members.get(name)
    if (held === undefined) members.set(name, randomValue(choose, 2))
    else if (choose(6) === 0) members.delete(name)
    else members.set(name, driftedValue(held, choose, depth + 1))
    return { M: Object.fromEntries(members) }
  }
  if ('L' in value && goesOn) {
    const list = [...value.L]
    const at = choose(list.length + 1)
    const held = list[at]
    if (held === undefined) list.push(randomValue(choose, 2))
    else if (choose(6) === 0) list.splice(at, 1)
    else list[at] = driftedValue(held, choose, depth + 1)
    return { L: list }
  }
  return randomValue(choose, 2)
}

export function randomRules(choose: Choose, items: readonly WireItem[]): Rules {
  const paths = Array.from({ length: 1 + choose(3) }, () => randomPath(choose, items))
  return choose(2) === 0 ? { ignore: paths } : { only: paths }
}

/** Mostly of a place that is there. */
function randomPath(choose: Choose, items: readonly WireItem[]): PathOf {
  let value: WireValue | undefined = { M: among(choose, items) }
  const path: (Step | typeof ANY)[] = []
  while (value !== undefined && (path.length === 0 || choose(4) > 0)) {
    if ('M' in value) {
      const name: string = among(choose, [...Object.keys(value.M), among(choose, NAMES)])
      path.push(name)
      value = Object.hasOwn(value.M, name) ? value.M[name] : undefined
    } else if ('L' in value) {
      const at = choose(value.L.length + 1)
      path.push(choose(2) === 0 ? ANY : at)
      value = value.L[at]
    } else return path
  }
  return choose(8) === 0 ? [...path, among(choose, NAMES)] : path
}
