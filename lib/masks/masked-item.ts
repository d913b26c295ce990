/** An item under masks. Fails closed: a place that no rule covers leaves no item at all. */
import { type PathStep, pathText } from '../item/path.ts'
import type { MaskRule, Masks } from '../model/items/masks.ts'
import type { WireItem, WireValue } from '../model/wire.ts'
import { KeyedHash } from './keyed-digits.ts'
import { maskedValue, typeOf, Unmaskable } from './masked-value.ts'
import { inside, type Leading, namesInside, ruleAt, ruleTree } from './rule-tree.ts'

/** Why an item cannot be masked: it names a place, and quotes no value. */
export interface NotMasked {
  readonly why: string
}

export interface Masking {
  masked(item: WireItem): WireItem | NotMasked
  /** Undefined: a part of the key cannot be masked. */
  maskedKey(key: WireItem): WireItem | undefined
}

export const isNotMasked = (result: WireItem | NotMasked): result is NotMasked =>
  typeof result['why'] === 'string'

/** Keep or drop: what a rule of a map or a list says of all in it. */
type Cover = 'keep' | 'drop' | undefined

type Path = readonly PathStep[]

const KNOWN = new Set(['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'])

export function masking({ rules, key }: Pick<Masks, 'rules' | 'key'>): Masking {
  const root = [ruleTree(rules)]
  const hash = key && new KeyedHash(key)
  return {
    masked(item) {
      try {
        return membersOf(item, root, undefined, [])
      } catch (error) {
        if (error instanceof Unmaskable) return { why: error.message }
        throw error
      }
    },
    maskedKey(key) {
      const result = this.masked(key)
      if (isNotMasked(result)) return undefined
      return Object.keys(key).every((name) => Object.hasOwn(result, name)) ? result : undefined
    },
  }

  function membersOf(map: WireItem, leading: Leading, cover: Cover, path: Path): WireItem {
    const members = Object.entries(map).flatMap(([name, value]) => {
      const masked = valueAt(value, inside(leading, name), cover, [...path, name])
      return masked === undefined ? [] : [[name, masked] as const]
    })
    return Object.fromEntries(members)
  }

  /** Undefined: it is dropped. */
  function valueAt(
    value: WireValue,
    leading: Leading,
    ...[cover, path]: [cover: Cover, path: Path]
  ): WireValue | undefined {
    const own = ruleAt(leading)
    if ('M' in value || 'L' in value) return nestAt(value, leading, coverOf(own, cover), path)
    const rule = own ?? cover
    const type = typeOf(value)
    if (rule === undefined) throw at(path, `no rule covers this value of type ${type}`)
    if (!KNOWN.has(type)) throw at(path, `no rule takes a value of type ${type}`)
    if (rule === 'keep') return value
    if (rule === 'drop') return undefined
    try {
      return maskedValue(value, rule, hash)
    } catch (error) {
      throw error instanceof Unmaskable ? at(path, error.message) : error
    }
  }

  function nestAt(
    value: WireValue & ({ readonly M: WireItem } | { readonly L: readonly WireValue[] }),
    leading: Leading,
    ...[cover, path]: [cover: Cover | MaskRule, path: Path]
  ): WireValue | undefined {
    const type = 'M' in value ? 'M' : 'L'
    const covers = cover === 'keep' || cover === 'drop' ? cover : undefined
    if (!namesInside(leading, type)) {
      if (covers === 'keep') return value
      if (covers === 'drop') return undefined
      if (cover === undefined) throw at(path, `no rule covers this value of type ${type}`)
      const name = typeof cover === 'string' ? cover : 'fixed'
      throw at(path, `${name} takes no value of type ${type}; give a rule for what is in it`)
    }
    if ('M' in value) {
      const members = membersOf(value.M, leading, covers, path)
      return covers === 'drop' && Object.keys(members).length === 0 ? undefined : { M: members }
    }
    const elements = value.L.flatMap((one, index) => {
      const masked = valueAt(one, inside(leading, index), covers, [...path, index])
      return masked === undefined ? [] : [masked]
    })
    return covers === 'drop' && elements.length === 0 ? undefined : { L: elements }
  }
}

/** A rule of the place itself wins over one of a place around it. */
const coverOf = (own: MaskRule | undefined, around: Cover): Cover | MaskRule => own ?? around

const at = (path: Path, why: string) => new Unmaskable(`${pathText(path)}: ${why}`)
