/** Updates that touch nothing but what differs, in as many parts as the service's limits need. */
import type { Compared } from '../item/places/compared.ts'
import { type Comparison, comparisonsIn, own, type Path } from '../item/places/comparisons.ts'
import { type Edit, edited, editsBetween } from '../item/places/edits.ts'
import { orderOfVersions } from '../item/version.ts'
import type { WireItem, WireValue } from '../model/wire.ts'
import { conditioned, type Expression, type ItemShape, isKey, wholly } from './conditions.ts'
import { MAX_EXPRESSION_BYTES, PLACEHOLDER_BYTES, pathBytes, Terms } from './placeholders.ts'

export interface UpdateExpression extends Expression {
  readonly update: string
  /** False: more differs than one update may touch, so another has to follow. */
  readonly complete: boolean
  /** Returns what an item is after the update. */
  apply(item: WireItem): WireItem
}

/** `obstacle`: why no update could spare what is not compared. */
type Update = { readonly expression: UpdateExpression } | { readonly obstacle: string }

/**
 * Makes `seen`, an item of the replica, equal to `wanted` where they differ. If that takes several
 * updates, the last one sets the version attribute: until then nobody can take the item for one of
 * that version.
 *
 * @throws Error where `obstacleTo` names an obstacle
 */
export function updateTo(wanted: WireItem, seen: WireItem, shape: ItemShape): UpdateExpression {
  const update = updateOf(wanted, seen, shape)
  if ('obstacle' in update) throw new Error(update.obstacle)
  return update.expression
}

/** Why no update could make `seen` equal to `wanted` and spare what is not compared. */
export function obstacleTo(wanted: WireItem, seen: WireItem, shape: ItemShape): string | undefined {
  if (shape.compared.isFlat) return undefined
  const update = updateOf(wanted, seen, shape)
  return 'obstacle' in update ? update.obstacle : undefined
}

function updateOf(wanted: WireItem, seen: WireItem, shape: ItemShape): Update {
  const { schema, compared, version } = shape
  const found = editsBetween(wanted, seen, compared)
  if ('obstacle' in found) return found
  const edits = inOrder(found.edits, version)
  const touched = fitting(edits)
  const terms = new Terms()
  const set = touched.filter((edit) => edit.wanted !== undefined)
  const remove = touched.filter((edit) => edit.wanted === undefined)
  const clauses = []
  if (set.length > 0) {
    const pairs = set.map(
      ({ path, wanted: value }) => `${terms.path(path)}=${terms.value(value as WireValue)}`,
    )
    clauses.push(`${SET}${pairs.join(',')}`)
  }
  if (remove.length > 0) {
    clauses.push(`${REMOVE}${remove.map(({ path }) => terms.path(path)).join(',')}`)
  }
  const { needed, others } = comparedBy({ wanted, seen, touched, edits }, shape)
  const { expression, held } = conditioned(terms, { comparisons: [...needed, ...others], schema })
  const complete = touched.length === edits.length
  // Something that is not compared could change unseen.
  if (edits.some(isDelicate) && (held < needed.length || !complete)) return { obstacle: TOO_MANY }
  return {
    expression: {
      ...expression,
      update: clauses.join(' '),
      complete,
      apply: (item) => edited(item, touched),
    },
  }
}

const TOO_MANY = 'more places of it are compared than one condition can name'

const isNested = ({ path }: Edit) => path.length > 1

/** Whether there may be something beside the edit, or inside it, that is not compared. */
const isDelicate = (edit: Edit) => isNested(edit) || isWhole(edit)

interface Touching {
  readonly wanted: WireItem
  readonly seen: WireItem
  readonly touched: readonly Edit[]
  /** Those that have to follow among them. */
  readonly edits: readonly Edit[]
}

interface ComparedBy {
  /** With delicate edits, the update is not sent without them. */
  readonly needed: readonly Comparison[]
  readonly others: readonly Comparison[]
}

/** A version stands for the whole item, unless the sides hold different items under it. */
function comparedBy(touching: Touching, { schema, compared, version }: ItemShape): ComparedBy {
  const { wanted, seen, touched, edits } = touching
  const attributes = new Set(edits.map(attributeOf))
  const names = [...Object.keys(seen), ...compared.chosen]
  const others = [...new Set(names)]
    .filter((name) => !isKey(name, schema) && !attributes.has(name))
    .flatMap((name) => comparisonsIn(own(seen, name), compared.partOf(name), [name]))
  const holders = holdersOf(touched)
  const places = [...touched, ...holders, ...besideNested(touching, compared)]
  if (version === undefined) return { needed: places, others }
  const itsVersion = wholly(version, seen)
  const rest = places.filter(({ path }) => !isAt(path, itsVersion.path))
  switch (orderOfVersions(wanted, seen, version)) {
    case 'later':
      // Whoever writes what is not compared need not know of versions.
      return { needed: [itsVersion, ...holders, ...touched.filter(isWhole)], others: [] }
    case 'equal':
      return { needed: [itsVersion, ...rest], others: [] }
    default:
      return { needed: [itsVersion, ...rest], others }
  }
}

const isWhole = (edit: Edit) => edit.isWhole === true

const attributeOf = ({ path }: Edit) => path[0] as string

/** The maps that nested edits write in: without them, the service would refuse the update. */
function holdersOf(edits: readonly Edit[]): Comparison[] {
  const paths = edits.filter(isNested).map(({ path }) => path.slice(0, -1))
  const distinct = new Map(paths.map((path) => [JSON.stringify(path), path]))
  return [...distinct.values()].map((path) => ({ path, type: 'M' }))
}

/** What is compared of the attributes that are edited inside, beside the edits. */
function besideNested({ seen, touched }: Touching, compared: Compared): Comparison[] {
  const nested = touched.filter(isNested)
  const known = new Set(holdersOf(nested).map(({ path }) => JSON.stringify(path)))
  return [...new Set(nested.map(attributeOf))]
    .flatMap((name) => comparisonsIn(own(seen, name), compared.partOf(name), [name]))
    .filter((one) => !('type' in one && known.has(JSON.stringify(one.path))))
    .filter(({ path }) => !nested.some((edit) => isAt(path, edit.path)))
}

/** Whether a path is at a place, or inside it. */
const isAt = (path: Path, place: Path) => place.every((step, at) => step === path[at])

/**
 * The order of updates in parts: the item is never larger than before or after, and gets its new
 * version last.
 */
function inOrder(edits: readonly Edit[], version: string | undefined): Edit[] {
  const size = (edit: Edit, value: WireValue | undefined) =>
    value === undefined ? 0 : String(edit.path.at(-1)).length + JSON.stringify(value).length
  const growth = new Map(
    edits.map((edit) => [edit, size(edit, edit.wanted) - size(edit, edit.seen)]),
  )
  const last = ({ path }: Edit) => (path[0] === version ? 1 : 0)
  return [...edits].sort((a, b) => last(a) - last(b) || (growth.get(a) ?? 0) - (growth.get(b) ?? 0))
}

const SET = 'SET '
const REMOVE = 'REMOVE '
const SET_BYTES = '=,'.length + PLACEHOLDER_BYTES
const REMOVE_BYTES = ','.length

/** The first of the edits, as many as one expression may make. */
function fitting(edits: readonly Edit[]): readonly Edit[] {
  let left = MAX_EXPRESSION_BYTES - SET.length - ' '.length - REMOVE.length
  const end = edits.findIndex(({ path, wanted }) => {
    left -= pathBytes(path) + (wanted === undefined ? REMOVE_BYTES : SET_BYTES)
    return left < 0
  })
  return end < 0 ? edits : edits.slice(0, end)
}
