/** What of an item is compared: the paths of `--ignore` or `--only`, as a tree of steps. */
import type { ComparedPaths } from '../../model/compared-paths.ts'
import { EACH, type PathStep, type PlaceStep, stepsOf } from '../path.ts'

export interface Compared {
  /** Whether nothing of a top-level attribute is compared. */
  readonly isIgnored: IsIgnored
  /** How much of a top-level attribute is compared. */
  partOf(name: string): Part
  /** Attributes that are compared in any case, whole or in part, and that an item may lack. */
  readonly chosen: readonly string[]
  /** Whether all is compared, but for some attributes as a whole. */
  readonly isFlat: boolean
}

/** Says which top-level attributes are ignored. */
export type IsIgnored = (name: string) => boolean

/** A map or a list of which not everything is compared. */
export interface Place {
  /** What becomes of everything that no path names: then a path names what becomes of the other. */
  readonly rest: 'compared' | 'ignored'
  readonly names: ReadonlyMap<string, Branch>
  readonly elements: ReadonlyMap<number, Branch>
  /** What becomes of elements that have no branch of their own. */
  readonly each: Branch | undefined
}

/** How much of a value is compared. */
export type Part = 'all' | 'nothing' | Place

/** `end`: a path ends here, and names all that is inside. */
type Branch = Place | 'end'

/** Global tables of 2017 add attributes with this prefix to the user's own. */
const REPLICATION_PREFIX = 'aws:rep:'

export const isReplicationAttribute = (name: string) => name.startsWith(REPLICATION_PREFIX)

/** All of an item. */
export const WHOLE: Compared = {
  isIgnored: () => false,
  partOf: () => 'all',
  chosen: [],
  isFlat: true,
}

/** What is compared where no option says otherwise. */
export const BY_DEFAULT = comparing({ ignore: [], only: [] })

/** @throws Error where a path is badly spelt: options are checked before */
export function comparing({ ignore, only }: ComparedPaths): Compared {
  const isLimited = only.length > 0
  const rest = isLimited ? 'ignored' : 'compared'
  const root = placeOf(isLimited ? only : ignore, rest)
  const places = new Map<string, Place>()
  for (const [name, branch] of root.names) if (branch !== 'end') places.set(name, branch)
  const isNamed = (name: string) => root.names.get(name) === 'end'
  const isIgnored: IsIgnored = isLimited
    ? (name) => !root.names.has(name) || isReplicationAttribute(name)
    : (name) => isNamed(name) || isReplicationAttribute(name)
  return {
    isIgnored,
    partOf: (name) => (isIgnored(name) ? 'nothing' : (places.get(name) ?? 'all')),
    chosen: isLimited ? [...root.names.keys()].filter((name) => !isReplicationAttribute(name)) : [],
    isFlat: !isLimited && places.size === 0,
  }
}

/** What of a member or an element of a place is compared. */
export function partAt(place: Place, step: PathStep): Part {
  const { rest, names, elements, each } = place
  const branch = typeof step === 'string' ? names.get(step) : (elements.get(step) ?? each)
  if (branch === undefined) return rest === 'compared' ? 'all' : 'nothing'
  if (branch === 'end') return rest === 'compared' ? 'nothing' : 'all'
  return branch
}

function placeOf(paths: readonly string[], rest: Place['rest']): Place {
  const nothing: Place = { rest, names: new Map(), elements: new Map(), each: undefined }
  return paths.reduce<Place>((place, path) => {
    const steps = stepsOf(path)
    if (steps === undefined) throw new Error(`not a path: ${path}`)
    return merged(place, branchOf(steps, rest)) as Place
  }, nothing)
}

function branchOf([step, ...more]: readonly PlaceStep[], rest: Place['rest']): Branch {
  if (step === undefined) return 'end'
  const branch = branchOf(more, rest)
  return {
    rest,
    names: new Map(typeof step === 'string' ? [[step, branch]] : []),
    elements: new Map(typeof step === 'number' ? [[step, branch]] : []),
    each: step === EACH ? branch : undefined,
  }
}

/** Names what either branch names. */
function merged(one: Branch, other: Branch): Branch {
  if (one === 'end' || other === 'end') return 'end'
  const each = either(one.each, other.each)
  const elements = union(one.elements, other.elements)
  return {
    rest: one.rest,
    names: union(one.names, other.names),
    // A path that names all elements names these too.
    elements: new Map([...elements].map(([at, branch]) => [at, either(branch, each) as Branch])),
    each,
  }
}

const either = (one: Branch | undefined, other: Branch | undefined): Branch | undefined =>
  one === undefined || other === undefined ? (one ?? other) : merged(one, other)

const union = <Step>(one: ReadonlyMap<Step, Branch>, other: ReadonlyMap<Step, Branch>) =>
  new Map(
    [...new Set([...one.keys(), ...other.keys()])].map((step) => [
      step,
      either(one.get(step), other.get(step)) as Branch,
    ]),
  )
