/** Makes a history from a seed: what tables hold, what tablesync does, and what others do. */
import type { WireItem, WireValue } from '../../lib/model/wire.ts'
import type { Faults } from '../simulation/world.ts'
import { type InParts, inParts, movedProfile, seenAgain, withProfile } from './in-parts.ts'

/** `listed`: a repair of some keys by name, without a scan. */
export type Mode = 'sync' | 'listed' | 'apply' | 'undo'

/** Somebody writes to one of the tables; the item is computed when it happens. */
export interface OthersWrite {
  readonly at: number
  /** Not at a time, but right after the n-th read of its key on the replica. */
  readonly behindReading: number | undefined
  readonly table: 'master' | 'replica'
  readonly id: string
  /** Whether nothing of the earlier item remains. */
  readonly isWhole: boolean
  /** Computes the new item from the present one; undefined: no item. */
  readonly change: (item: WireItem | undefined) => WireItem | undefined
}

/** Somebody deletes a table and creates another one with its name. */
export interface MadeAnew {
  readonly at: number
  readonly table: 'master' | 'replica'
  readonly items: readonly WireItem[]
}

export interface History {
  readonly mode: Mode
  readonly master: readonly WireItem[]
  readonly replica: readonly WireItem[]
  readonly versionAttribute: 'v' | undefined
  readonly faults: Faults
  readonly writes: readonly OthersWrite[]
  readonly anew: readonly MadeAnew[]
  /** Ids of the keys that a run of `listed` names: some of the tables', and one that no table has. */
  readonly listed: readonly string[]
  /** Whether the hooks of hooks.ts are used. */
  readonly hasHooks: boolean
  /** What is compared of items. Undefined: all. */
  readonly inParts: InParts | undefined
  /** What tablesync is asked to do. */
  readonly asked: {
    readonly writeMissing: boolean
    readonly writeDiffering: boolean
    readonly deleteExtra: boolean
  }
  readonly deaths: readonly number[]
  /** How often an update of a wide item is refused for good. */
  readonly refusals: number
  readonly workers: number
  readonly ages: number
}

/** This many attributes do not fit into one update. */
export const WIDE = 530

export const isWide = (item: WireItem | undefined) =>
  item !== undefined && Object.keys(item).length > WIDE

export function historyOf(random: () => number): History {
  const below = (most: number) => Math.floor(random() * most)
  const chance = (of: number) => random() < of
  const pick = <T>(...values: readonly T[]) => values[below(values.length)] as T
  const versioned = chance(0.6)
  // Where no item has a version yet, the first one may come from others in flight.
  const whoseVersion = pick('both', 'both', 'mixed', 'none', 'one')
  const versionedSide = pick('ours', 'theirs')
  // Writers that never raise the version: only the content shows a change.
  const isFrozen = chance(0.15)
  let clock = 10

  const version = (n: number): WireValue => {
    const isText = whoseVersion === 'mixed' && chance(0.15)
    return isText ? { S: String(n) } : { N: String(n) }
  }
  const withVersion = (item: WireItem, n: number, side: string): WireItem => {
    const isOthers = whoseVersion === 'one' && side !== versionedSide
    const hasNone = whoseVersion === 'none' || isOthers
    const isSkipped = whoseVersion === 'mixed' && chance(0.3)
    return versioned && !hasNone && !isSkipped ? { ...item, v: version(n) } : item
  }
  const hasWide = chance(0.08)
  const itemOf = (n: number, text: string): WireItem => ({
    id: { S: `item-${n}` },
    text: { S: text },
    ...(chance(0.3) && { more: { M: { [text]: { SS: ['a', text] } } } }),
    ...(hasWide && n === 0 && wide(text)),
  })
  const wide = (text: string) =>
    Object.fromEntries(
      Array.from({ length: WIDE + 20 }, (_, n) => [`a${n}`, { S: n % 7 ? text : `${text}${n}` }]),
    )

  const size = 2 + below(10)
  const master: WireItem[] = []
  const replica: WireItem[] = []
  for (let n = 0; n < size; n++) {
    const ours = withVersion(itemOf(n, 'ours'), 5, 'ours')
    const fate = n === 0 && hasWide ? 'differing' : pick('same', 'missing', 'differing', 'extra')
    if (fate !== 'extra') master.push(ours)
    if (fate === 'same') replica.push(ours)
    if (fate === 'extra') replica.push(ours)
    if (fate === 'differing') {
      replica.push(withVersion(itemOf(n, 'theirs'), isFrozen ? 5 : pick(4, 4, 5, 6), 'theirs'))
    }
  }

  const mode = pick<Mode>('sync', 'sync', 'sync', 'listed', 'listed', 'apply', 'undo')
  const length = pick(60, 300, 1500)
  const writes = Array.from({ length: below(isFrozen ? 40 : pick(2, 8, 20)) }, (): OthersWrite => {
    const n = hasWide && chance(0.4) ? 0 : below(size)
    const text = `other ${clock}`
    const next = clock++
    const what = pick('write', 'add', 'add', 'delete', 'touch', 'touch')
    // By a writer that does not know about versions.
    const isUnversioned = what === 'touch' && (isFrozen || chance(0.5))
    return {
      at: below(length),
      behindReading: chance(0.3) ? 1 + below(4) : undefined,
      table: pick('master', 'replica'),
      id: `item-${n}`,
      isWhole: what === 'write' || what === 'delete',
      change(item) {
        if (what === 'delete') return undefined
        if (item === undefined || what === 'write') return bumped(itemOf(n, text), next)
        if (what === 'add') return bumped({ ...item, [`added${next}`]: { S: text } }, next)
        const touched = { ...item, text: { S: text } }
        return isUnversioned ? touched : bumped(touched, next)
      },
    }
  })
  /** A writer to a table with versions gives each change a later one. */
  const bumped = (item: WireItem, n: number): WireItem =>
    versioned
      ? { ...item, v: whoseVersion === 'mixed' && chance(0.1) ? { S: 'x' } : { N: `${n}` } }
      : item

  const rough = pick(0, 0, 0.05, 0.15)
  const rate = () => (chance(0.5) ? rough * random() : 0)
  const asked = {
    writeMissing: chance(0.9),
    writeDiffering: chance(0.9),
    deleteExtra: chance(0.8),
  }
  const history: History = {
    mode,
    master,
    replica,
    versionAttribute: versioned ? 'v' : undefined,
    faults: {
      throttled: rate(),
      refused: rate(),
      landed: rate(),
      cut: rate(),
      silent: rate() / 4,
      partial: chance(0.3) ? 0.4 : 0,
      emptyPage: 0,
      stale: chance(0.3) ? 0.3 : 0,
      scanLatency: 12,
    },
    writes: writes.sort((a, b) => a.at - b.at),
    anew: Array.from({ length: chance(0.08) ? 1 : 0 }, () => {
      const table = pick('master', 'replica')
      const items = (table === 'master' ? master : replica).filter(() => chance(0.2))
      return { at: below(length), table, items }
    }),
    listed: Array.from({ length: size + 1 }, (_, n) => `item-${n}`).filter(
      (_, n) => n === size || mode !== 'listed' || chance(0.7),
    ),
    hasHooks: chance(0.15),
    inParts: undefined,
    // A plan needs at least one kind of write.
    asked: Object.values(asked).includes(true) ? asked : { ...asked, writeMissing: true },
    deaths: Array.from({ length: chance(0.3) ? 1 + below(2) : 0 }, () => below(length)),
    refusals: hasWide && chance(0.5) ? 0.3 : 0,
    workers: pick(1, 2),
    ages: pick(0, 0.05, 0.3),
  }
  return chance(0.35)
    ? partly(history, pick('ignore', 'only'), pick('leave', 'leave', 'whole'))
    : history
}

/** The same history, with something in its items that is not compared. */
function partly(
  history: History,
  ...[how, missing]: ['ignore' | 'only', 'leave' | 'whole']
): History {
  const { asked, versionAttribute } = history
  // Deletions that were asked for may take back what was put.
  const some =
    missing === 'whole'
      ? { ...asked, writeMissing: true, deleteExtra: false }
      : { ...asked, writeDiffering: asked.writeDiffering || !asked.deleteExtra }
  return {
    ...history,
    master: history.master.map(withProfile),
    replica: history.replica.map((item, n) => withProfile(item, n + 1)),
    inParts: inParts(how, missing, versionAttribute),
    asked: some,
    writes: history.writes.map((write, n) => ({
      ...write,
      change(item) {
        const changed = write.change(item)
        if (changed === undefined) return undefined
        const isNew = item === undefined || write.isWhole
        if (!isNew && write.table === 'replica' && n % 2 === 0) return seenAgain(item, n)
        return isNew ? withProfile(changed, n) : movedProfile(changed, n)
      },
    })),
  }
}
