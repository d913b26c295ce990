/** Histories in which not everything is compared: a map `profile` holds a place that is left alone. */
import type { WireItem } from '../../lib/model/wire.ts'
import type { Rules } from '../item/places-oracle.ts'

export interface InParts {
  readonly rules: Rules
  /** The same as options of a run. */
  readonly options: {
    readonly ignore?: readonly string[]
    readonly only?: readonly string[]
    readonly missingItems: 'leave' | 'whole'
  }
}

export function inParts(
  how: 'ignore' | 'only',
  missingItems: 'leave' | 'whole',
  versionAttribute: string | undefined,
): InParts {
  if (how === 'ignore') {
    const options = { ignore: ['profile.seen'], missingItems }
    return { rules: { ignore: [['profile', 'seen']] }, options }
  }
  const version = versionAttribute === undefined ? [] : [versionAttribute]
  return {
    rules: { only: [['text'], ['profile', 'name'], ...version.map((name) => [name])] },
    options: { only: ['text', 'profile.name', ...version], missingItems },
  }
}

/** Some items have no such map, and some maps nothing that is left alone. */
export function withProfile(item: WireItem, n: number): WireItem {
  if (n % 5 === 4) return item
  const text = item['text'] as { readonly S: string }
  const seen = n % 3 === 2 ? {} : { seen: { S: `seen by ${text.S} ${n}` } }
  return { ...item, profile: { M: { name: text, ...seen } } }
}

/** Somebody writes nothing but what is not compared, and knows of no version. */
export function seenAgain(item: WireItem, n: number): WireItem {
  const { profile = { M: {} } } = item
  const members = 'M' in profile ? profile.M : {}
  return { ...item, profile: { M: { ...members, seen: { S: `seen again ${n}` } } } }
}

/** What somebody does to the map, beside the change of the item. */
export function movedProfile(item: WireItem, n: number): WireItem {
  const { profile, ...others } = item
  if (profile === undefined || !('M' in profile)) return withProfile(item, n)
  const inside = (more: WireItem): WireItem => ({
    ...others,
    profile: { M: { ...profile.M, ...more } },
  })
  if (n % 4 === 0) return others
  if (n % 4 === 1) return inside({ name: { S: `other ${n}` } })
  return inside({ seen: { S: `moved ${n}` } })
}

/** The item with the members of the map as attributes of their own. */
export function flat(item: WireItem): WireItem {
  const { profile, ...others } = item
  if (profile === undefined || !('M' in profile)) return item
  const members = Object.entries(profile.M).map(([name, value]) => [`profile.${name}`, value])
  return { ...others, ...Object.fromEntries(members) }
}
