/** Judges a suspect by another look. */
import type { DifferenceKind } from '../../lib/model/difference.ts'
import type { PendingRecheck, SeenSides } from '../../lib/model/pending-recheck.ts'
import type { Milliseconds } from '../../lib/model/units.ts'

/** States that a suspect may end in; `unverified` is for the caller that gives up on it. */
export type Verdict = DifferenceKind | 'sameAs' | 'converged' | 'vanished' | 'expired' | 'elsewhere'

/** What a first look suggests of a key, and on what ground. */
export type Suspicion = Pick<PendingRecheck, 'key' | 'looks' | 'ground'>

/** Which sides have the item, and whether they are equal. */
export interface Presence {
  readonly hasMaster: boolean
  readonly hasReplica: boolean
  /** Whether the items are equal, if both sides have one. */
  readonly isSame: boolean
}

export const standingOf = ({ master, replica }: SeenSides): Presence => ({
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
 * The second look. Each key counts once, from the master's side if the master has the item. If the
 * master turns out to have an extra, its own scan counts that. If the master no longer has an item,
 * the replica's scan counts that, unless it has already met the item. No scan counts a listed key.
 */
export function judge({ looks, ground }: Suspicion, presence: Presence): Judgement {
  const { hasMaster, hasReplica, isSame } = presence
  if (ground === 'list') {
    const isAnywhere = hasMaster || hasReplica
    return { verdict: isAnywhere ? relationOf(presence) : 'vanished', wasFalse: false }
  }
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

/** The relation of the two sides now, whatever was thought before. */
export function relationOf({ hasMaster, hasReplica, isSame }: Presence): DifferenceKind | 'sameAs' {
  if (!hasMaster) return hasReplica ? 'extra' : 'sameAs'
  if (!hasReplica) return 'missing'
  return isSame ? 'sameAs' : 'differing'
}

/** Makes a pending recheck: a difference counts only if it still stands at a later look. */
export function firstPending(
  { key, looks, ground }: Suspicion,
  { master, replica }: SeenSides,
  ...[{ isLiteral, isInferred }, now]: [
    how: { readonly isLiteral: boolean; readonly isInferred: boolean },
    now: Milliseconds,
  ]
): PendingRecheck {
  const versions = master === null ? [] : [master]
  return {
    key,
    looks,
    ground,
    master,
    replica,
    isLiteral,
    isInferred,
    versions,
    since: now,
    moves: 0,
  }
}

/**
 * What a difference has become since it was sighted, by digests of the same kind. `stood-still`: it
 * is a difference. `converged`: the replica got a version that the master had had. So it follows
 * the master and is no damage, however far it lags. `moved`: its clock starts again.
 */
export function sinceThen(
  seen: PendingRecheck,
  { master, replica }: SeenSides,
): 'stood-still' | 'converged' | 'moved' {
  const hasFollowed =
    replica !== seen.replica && replica !== null && seen.versions.includes(replica)
  if (hasFollowed) return 'converged'
  return master === seen.master && replica === seen.replica ? 'stood-still' : 'moved'
}

/** How many versions are remembered; a key that moves more often is hot anyway. */
const MOST_VERSIONS = 16

/** The pending recheck after a change, with digests of what the items mean. */
export function movedOn(
  { isLiteral, isInferred: _, ...seen }: PendingRecheck,
  { master, replica }: SeenSides,
  now: Milliseconds,
): PendingRecheck {
  const before = isLiteral ? [] : seen.versions
  // Other bytes may be the same item in another spelling.
  const moves = isLiteral ? seen.moves : seen.moves + 1
  const versions =
    master === null || master === before.at(-1) ? before : [...before, master].slice(-MOST_VERSIONS)
  return { ...seen, master, replica, versions, since: now, moves }
}
