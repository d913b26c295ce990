/** What a second look makes of a suspect. */
import type { ItemComparer } from '../item/compare.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { BothSides } from './both-sides.ts'

/**
 * Besides the kinds of difference: `gone`, deleted on the master since its scan
 * saw it; `extra-of-gone`, the same where the scan of the replica has already
 * been asked for its item; `none`, nothing to count.
 */
export type Verdict = DifferenceKind | 'sameAs' | 'gone' | 'extra-of-gone' | 'none'

export interface Judgement {
  readonly verdict: Verdict
  /** The other side had the item all along: the first look was wrong about where it is. */
  readonly wasFalse: boolean
}

/**
 * Each key counts once, from the master's side where the master has it. An
 * extra that the master turns out to have is left to the master's own scan.
 */
export function judge(
  { looks, ground }: { readonly looks: DifferenceKind; readonly ground: 'order' | 'key' },
  { master, replica }: BothSides,
  comparer: ItemComparer,
): Judgement {
  if (looks === 'extra') {
    if (master !== undefined) return { verdict: 'none', wasFalse: true }
    return { verdict: replica === undefined ? 'none' : 'extra', wasFalse: false }
  }
  if (master === undefined) {
    const pairedByScan = looks === 'differing' && ground === 'order'
    const orphaned = pairedByScan && replica !== undefined
    return { verdict: orphaned ? 'extra-of-gone' : 'gone', wasFalse: false }
  }
  if (replica === undefined) return { verdict: 'missing', wasFalse: false }
  const equal = comparer.equal(master.page, master.item, replica.page, replica.item)
  return { verdict: equal ? 'sameAs' : 'differing', wasFalse: looks === 'missing' }
}

/** What the two sides are to each other now, whatever was thought before. */
export function relationOf(
  { master, replica }: BothSides,
  comparer: ItemComparer,
): DifferenceKind | 'sameAs' {
  if (master === undefined) return replica === undefined ? 'sameAs' : 'extra'
  if (replica === undefined) return 'missing'
  return comparer.equal(master.page, master.item, replica.page, replica.item)
    ? 'sameAs'
    : 'differing'
}
