/** The edits that make the compared places of one item those of another, and touch no other. */
import type { WireItem, WireValue } from '../../model/wire.ts'
import { canonicalPart } from '../normalise.ts'
import { pathText } from '../path.ts'
import { type Compared, type Part, partAt } from './compared.ts'
import { own, type Path } from './comparisons.ts'

/** One place that gets another value, or loses the one that it has. */
export interface Edit {
  readonly path: Path
  readonly wanted: WireValue | undefined
  readonly seen: WireValue | undefined
  /** Present: somebody may add something there that is not compared. */
  readonly isWhole?: true
}

/** `obstacle`: why no edit could spare what is not compared. */
export type Edits = { readonly edits: readonly Edit[] } | { readonly obstacle: string }

export function editsBetween(wanted: WireItem, seen: WireItem, compared: Compared): Edits {
  const walk = new Walk()
  for (const name of namesOf(wanted, seen)) {
    const part = compared.partOf(name)
    walk.visit({ path: [name], wanted: own(wanted, name), seen: own(seen, name) }, part)
  }
  const { edits, obstacle } = walk
  return obstacle === undefined ? { edits } : { obstacle }
}

class Walk {
  readonly edits: Edit[] = []
  obstacle: string | undefined

  visit(edit: Edit, part: Part): void {
    const { path, wanted, seen } = edit
    if (part === 'nothing' || sameOf(wanted, part) === sameOf(seen, part)) return
    if (part === 'all') this.edits.push(edit)
    else if (wanted !== undefined && 'M' in wanted && seen !== undefined && 'M' in seen) {
      for (const name of namesOf(wanted.M, seen.M)) {
        const inside = { wanted: own(wanted.M, name), seen: own(seen.M, name) }
        this.visit({ path: [...path, name], ...inside }, partAt(part, name))
      }
    } else if (isAllCompared(wanted, part) && isAllCompared(seen, part)) {
      this.edits.push({ ...edit, isWhole: true })
    } else this.obstacle ??= obstacleOf(edit)
  }
}

const sameOf = (value: WireValue | undefined, part: Part) => value && canonicalPart(value, part)

/** Whether a value, which may be absent, holds nothing that is not compared. */
function isAllCompared(value: WireValue | undefined, part: Part): boolean {
  if (part === 'nothing') return false
  if (part === 'all') return true
  // Where paths choose places, a map or a list is not compared by itself.
  if (part.rest === 'ignored') return false
  if (value !== undefined && 'M' in value) {
    return Object.entries(value.M).every(([name, one]) => isAllCompared(one, partAt(part, name)))
  }
  if (value !== undefined && 'L' in value) {
    return value.L.every((one, at) => isAllCompared(one, partAt(part, at)))
  }
  return true
}

function obstacleOf({ path, wanted, seen }: Edit): string {
  const place = pathText(path)
  if (seen === undefined) return `the replica has no ${place}, of which only a part is compared`
  if (wanted === undefined) return `the master has no ${place}, of which only a part is compared`
  return 'L' in wanted && 'L' in seen
    ? `the list ${place} holds something that is not compared`
    : `${place} is no map on both sides, and only a part of it is compared`
}

/** The item after the edits. */
export function edited(map: WireItem, edits: readonly Omit<Edit, 'seen'>[]): WireItem {
  const members = new Map(Object.entries(map))
  const deeper = new Map<string, Omit<Edit, 'seen'>[]>()
  for (const { path, wanted } of edits) {
    const [name, ...rest] = path as readonly [string, ...Path]
    if (rest.length > 0) {
      deeper.set(name, [...(deeper.get(name) ?? []), { path: rest, wanted }])
    } else if (wanted === undefined) members.delete(name)
    else members.set(name, wanted)
  }
  for (const [name, inside] of deeper) {
    const holder = members.get(name)
    if (holder === undefined || !('M' in holder)) throw new Error('no map to write in')
    members.set(name, { M: edited(holder.M, inside) })
  }
  return Object.fromEntries(members)
}

const namesOf = (a: WireItem, b: WireItem) =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()
