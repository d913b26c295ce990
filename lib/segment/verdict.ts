/** What another look makes of a suspect. */
import type { DifferenceKind } from '../model/difference.ts'
import type { Sighting } from '../model/sighting.ts'
import type { Milliseconds } from '../model/units.ts'

/** States that a suspect may end in; `unverified` is left to whoever gives up on it. */
export type Verdict = DifferenceKind | 'sameAs' | 'converged' | 'vanished' | 'expired' | 'elsewhere'

/** What a first look says of a key, and on what ground. */
export type Suspicion = Pick<Sighting, 'key' | 'looks' | 'ground'>

/** What both sides hold; null where one lacks the item. */
export type SeenSides = Pick<Sighting, 'master' | 'replica'>

/** What is there, and whether it is equal. */
export interface Standing {
  readonly hasMaster: boolean
  readonly hasReplica: boolean
  /** Where both have the item. */
  readonly isSame: boolean
}

export const standingOf = ({ master, replica }: SeenSides): Standing => ({
  hasMaster: master !== null,
  hasReplica: replica !== null,
  isSame: master === replica,
})

export interface Judgement {
  readonly verdict: Verdict
  /** The other side had the item all along: the first look was wrong about where it is. */
  readonly wasFalse: boolean
}

/**
 * The second look. Each key counts once, from the master's side where the
 * master has it. An extra that the master turns out to have is left to the
 * master's own scan, and an item that the master no longer has to the
 * replica's, unless that has already met it.
 */
export function judge(
  { looks, ground }: Suspicion,
  { hasMaster, hasReplica, isSame }: Standing,
): Judgement {
  if (looks === 'extra') {
    if (hasMaster) return { verdict: 'elsewhere', wasFalse: true }
    return { verdict: hasReplica ? 'extra' : 'vanished', wasFalse: false }
  }
  if (!hasMaster) {
    const pairedByScan = looks === 'differing' && ground === 'order'
    return { verdict: pairedByScan && hasReplica ? 'extra' : 'vanished', wasFalse: false }
  }
  if (!hasReplica) return { verdict: 'missing', wasFalse: false }
  return { verdict: isSame ? 'sameAs' : 'differing', wasFalse: looks === 'missing' }
}

export function isDifference(verdict: Verdict): verdict is DifferenceKind {
  return verdict === 'missing' || verdict === 'differing' || verdict === 'extra'
}

/** What the two sides are to each other now, whatever was thought before. */
export function relationOf({ hasMaster, hasReplica, isSame }: Standing): DifferenceKind | 'sameAs' {
  if (!hasMaster) return hasReplica ? 'extra' : 'sameAs'
  if (!hasReplica) return 'missing'
  return isSame ? 'sameAs' : 'differing'
}

/** A difference at the second look is one only if it still stands at a third. */
export function sight(
  { key, looks, ground }: Suspicion,
  { master, replica }: SeenSides,
  now: Milliseconds,
): Sighting {
  const versions = master === null ? [] : [master]
  return { key, looks, ground, master, replica, versions, since: now, moves: 0 }
}

/**
 * The third look and those after it: a verdict, or a later version of the
 * sighting where something has moved and its clock starts again.
 *
 * A replica that came to hold a version which the master had had follows it,
 * and is no damage however far it lags.
 */
export function lookAgain(
  seen: Sighting,
  sides: SeenSides,
  now: Milliseconds,
): { readonly verdict: Verdict } | { readonly moved: Sighting } {
  const { verdict } = judge(seen, standingOf(sides))
  if (!isDifference(verdict)) return { verdict }
  const hasFollowed =
    sides.replica !== seen.replica &&
    sides.replica !== null &&
    seen.versions.includes(sides.replica)
  if (hasFollowed) return { verdict: 'converged' }
  const stoodStill = sides.master === seen.master && sides.replica === seen.replica
  return stoodStill ? { verdict } : { moved: movedOn(seen, sides, now) }
}

/** Versions remembered; a key that moves more often is hot anyhow. */
const MOST_VERSIONS = 16

export function movedOn(
  seen: Sighting,
  { master, replica }: SeenSides,
  now: Milliseconds,
): Sighting {
  const versions =
    master === null || master === seen.versions.at(-1)
      ? seen.versions
      : [...seen.versions, master].slice(-MOST_VERSIONS)
  return { ...seen, master, replica, versions, since: now, moves: seen.moves + 1 }
}
