/**
 * Judges each write of tablesync by what master and replica held at that
 * instant, and by what they had answered before. It knows the promises of the
 * README, and nothing of how tablesync keeps them.
 */
import { isDeepStrictEqual } from 'node:util'
import type { WireItem } from '../../lib/model/wire.ts'
import { places, samePlaces } from '../item/places-oracle.ts'
import type { Observer, World } from '../simulation/world.ts'
import { type History, isWide } from './history.ts'
import { KEPT } from './hooks.ts'
import { flat } from './in-parts.ts'

type Landed = Parameters<Observer['landed']>[0]

const idOf = ({ id }: WireItem) => (id as { readonly S: string }).S
const textOf = (value: unknown) => JSON.stringify(value)
const ABSENT = 'absent'

export class Judge implements Observer {
  readonly violations: string[] = []
  /** Keys on which a write of tablesync has landed. */
  readonly written = new Set<string>()
  /** Those of `written` that somebody else wrote to since: what became of ours is unknown. */
  readonly overtaken = new Set<string>()
  /** Keys that somebody else has written to since tablesync has read them. */
  readonly #unseen = new Set<string>()
  /** Keys that the replica lacked before a write of ours. */
  readonly #put = new Set<string>()
  /** Keys that others wrote to or recreated: after a lost answer, nobody can tell the outcome. */
  readonly touched = new Set<string>()
  /** Wide items that a write of ours left in a state that neither side ever had. */
  readonly halfWay = new Set<string>()
  readonly #history: History
  readonly #world: World
  readonly #random: () => number
  /** By key and attribute, all values that the replica has ever answered with. */
  readonly #served = new Map<string, Map<string, Set<string>>>()
  /** By key, the last answer of the master. */
  readonly #master = new Map<string, string>()
  /** By key, the wide part of each whole item that either side has held. */
  readonly #wholes = new Map<string, Set<string>>()
  /** Tables that the run knows by their ids. */
  readonly #known = new Set<string>()
  /** Those of `#known` that were replaced by another table with the same name. */
  readonly #anew = new Set<string>()
  /** By recreated table, the keys that the new table has answered for. */
  readonly #servedAnew = new Map<string, Set<string>>()
  /** Whether a recreated table has been described: then the run knows. */
  knowsAnew = false
  /** Whether an undo is in progress: it goes by what the journal says. */
  isUndo = false
  /** By key, what the repair has left on the replica, updated by the undo. */
  readonly #asLeft = new Map<string, WireItem>()

  constructor(history: History, world: World, random: () => number) {
    this.#history = history
    this.#world = world
    this.#random = random
    for (const item of [...history.master, ...history.replica]) this.noteWhole(item)
    // A plan and a journal name the ids of their tables.
    if (history.mode === 'apply' || history.mode === 'undo') this.#known.add('replica')
    if (history.mode === 'apply') this.#known.add('master')
  }

  /** From here on the repair is undone. */
  beginUndo(): void {
    this.isUndo = true
    for (const item of this.#world.all('replica')) this.#asLeft.set(idOf(item), item)
  }

  noteWhole(item: WireItem | undefined): void {
    if (item === undefined) return
    const wholes = this.#wholes.get(idOf(item)) ?? new Set<string>()
    this.#wholes.set(idOf(item), wholes.add(widePart(item)))
  }

  madeAnew(table: 'master' | 'replica', items: readonly WireItem[]): void {
    if (table === 'replica') {
      this.halfWay.clear()
      for (const { id } of [...this.#history.master, ...this.#history.replica]) {
        const key = idOf({ id } as WireItem)
        this.touched.add(key)
        if (this.written.has(key)) this.overtaken.add(key)
      }
    }
    if (this.#known.has(table)) this.#anew.add(table)
    for (const item of items) this.noteWhole(item)
  }

  described(table: string): void {
    this.#known.add(table)
    if (this.#anew.has(table)) this.knowsAnew = true
  }

  /** Called at each read of a key on the replica. */
  onReading: (id: string) => void = () => {}

  served(table: string, key: WireItem, answered: WireItem | undefined): void {
    const id = idOf(key)
    const item = answered && this.#flat(answered)
    if (this.#anew.has(table)) {
      this.#servedAnew.set(table, (this.#servedAnew.get(table) ?? new Set()).add(id))
    }
    if (table === 'replica') {
      this.#unseen.delete(id)
      this.onReading(id)
    }
    if (table === 'master') {
      this.#master.set(id, item === undefined ? ABSENT : canonical(item))
      return
    }
    const attributes = this.#served.get(id) ?? new Map<string, Set<string>>()
    this.#served.set(id, attributes)
    const names = new Set([...attributes.keys(), ...Object.keys(item ?? {})])
    for (const name of names) {
      const values = attributes.get(name) ?? new Set<string>([ABSENT])
      attributes.set(name, values.add(item?.[name] ? textOf(item[name]) : ABSENT))
    }
  }

  refuses(operation: string, body: { readonly [field: string]: unknown }): string | undefined {
    if (operation !== 'UpdateItem' || this.#history.refusals === 0) return undefined
    if (!isWide(this.#world.at('replica', idOf(body['Key'] as WireItem)))) return undefined
    return this.#random() < this.#history.refusals ? 'ValidationException' : undefined
  }

  landed(write: Landed): void {
    const id = idOf(write.key)
    const fault =
      this.#unaskedFault(write, id) ??
      this.#undoFault(write, id) ??
      this.#partsFault(write) ??
      this.#faultOf(write, id)
    if (write.after === undefined) this.#asLeft.delete(id)
    else this.#asLeft.set(id, write.after)
    this.written.add(id)
    // If their change is still in the item, nobody has computed the result.
    if (this.#unseen.has(id)) this.overtaken.add(id)
    if (write.before === undefined) this.#put.add(id)
    else if (write.after === undefined) {
      // A thread that dies after this has told nobody, and nothing shows that the item was there.
      const isTakenBack = this.#put.delete(id)
      if (isTakenBack && this.#history.deaths.length > 0) this.overtaken.add(id)
    }
    if (fault !== undefined) {
      const shown = (item: WireItem | undefined) => textOf(item)?.slice(0, 200) ?? 'no item'
      this.violations.push(
        `${write.operation} of ${id}: ${fault}; ${shown(write.before)} became ${shown(write.after)}`,
      )
    }
    this.#noteHalfWay(write, id)
  }

  /** Without a flag, or against a hook, only a write of ours may be put in order. */
  #unaskedFault({ operation, before, after }: Landed, id: string): string | undefined {
    const { asked, hasHooks, mode, listed } = this.#history
    if (mode === 'listed' && !listed.includes(id)) return 'nobody listed it'
    if (this.isUndo) return undefined
    if (after === undefined) {
      const mayDelete = asked.deleteExtra && !(hasHooks && id === KEPT)
      return mayDelete || before === undefined || this.#put.has(id)
        ? undefined
        : 'nobody asked for it to be deleted, and we had not put it'
    }
    const isAsked = before === undefined ? asked.writeMissing : asked.writeDiffering
    return isAsked || this.written.has(id) ? undefined : `nobody asked for ${operation}`
  }

  /** Undo leaves later changes; but an attribute added in flight to a deleted item is unseen. */
  #undoFault({ before, after }: Landed, id: string): string | undefined {
    if (!this.isUndo || before === undefined) return undefined
    const left = this.#asLeft.get(id)
    if (left === undefined) return 'it came after the repair'
    const changed = Object.keys({ ...before, ...after }).filter(
      (name) => textOf(before[name]) !== textOf(after?.[name]),
    )
    const isAdded = (name: string) => after === undefined && left[name] === undefined
    const fault = changed.find(
      (name) => textOf(before[name]) !== textOf(left[name]) && !isAdded(name),
    )
    return fault && `${fault} has changed since the repair`
  }

  /** What is not compared goes and comes with its item alone, and only where that was asked for. */
  #partsFault({ before, after }: Landed): string | undefined {
    const { inParts, asked } = this.#history
    if (inParts === undefined) return undefined
    if (before !== undefined && after !== undefined) {
      const [was, is] = [before, after].map((item) => places(item, inParts.rules, 'others'))
      const isSame = was !== undefined && is !== undefined && samePlaces(was, is)
      return isSame ? undefined : 'something that is not compared was written'
    }
    if (this.isUndo) return undefined
    if (before === undefined) {
      return inParts.options.missingItems === 'whole' ? undefined : 'it was put whole, unasked'
    }
    return asked.deleteExtra ? undefined : 'it was taken back whole, unasked'
  }

  /** Where attributes are compared in part, each of their places was read by itself. */
  #flat(item: WireItem): WireItem {
    return this.#history.inParts === undefined ? item : flat(item)
  }

  #faultOf(write: Landed, id: string): string | undefined {
    switch (write.operation) {
      case 'BatchWriteItem':
        return 'it has no condition, and somebody may write'
      case 'PutItem':
        return write.before === undefined ? undefined : 'an item was there'
      case 'UpdateItem':
        return this.#updateFault(write, id)
      default:
        return this.#deletionFault(write, id)
    }
  }

  #updateFault({ before: was, after: is }: Landed, id: string): string | undefined {
    if (was === undefined || is === undefined) return 'there was no item to update'
    const [before, after] = [this.#flat(was), this.#flat(is)]
    if (!this.isUndo) {
      const version = this.#versionFault(before, after)
      if (version !== undefined) return version
    }
    // An item too wide for its condition may change unseen: it is reported as partial.
    if (isWide(before) || isWide(after)) return undefined
    // A later version stands for all later content; equal versions do not.
    const { versionAttribute: v } = this.#history
    const isLater =
      v !== undefined && before[v] !== undefined && !isDeepStrictEqual(before[v], after[v])
    if (isLater && !this.isUndo) return undefined
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    for (const name of names) {
      if (textOf(before[name]) === textOf(after[name])) continue
      if (!this.#wasServed(id, before, name)) return `${name} was replaced, and never read`
    }
    return undefined
  }

  /** A version is never replaced with an older one, or with one that cannot be compared. */
  #versionFault(before: WireItem, after: WireItem): string | undefined {
    const { versionAttribute } = this.#history
    if (versionAttribute === undefined) return undefined
    const [was, is] = [before[versionAttribute], after[versionAttribute]]
    if (was === undefined) return undefined
    if (is === undefined) return 'a version was taken away'
    if ('N' in was && 'N' in is) {
      return Number(is.N) < Number(was.N) ? 'an older version replaced a newer one' : undefined
    }
    return textOf(was) === textOf(is) || ('S' in was && 'S' in is && was.S <= is.S)
      ? undefined
      : 'versions without order replaced each other'
  }

  #deletionFault({ before: was }: Landed, id: string): string | undefined {
    if (was === undefined) return undefined
    const before = this.#flat(was)
    // DescribeTable is sent after both sides were read, and before anything is deleted.
    const isAnew = [...this.#servedAnew.values()].some((ids) => ids.has(id))
    if (!this.isUndo && isAnew) return 'it goes by what a table said that was made anew'
    if (!this.isUndo && this.#master.get(id) !== ABSENT) return 'the master was not read without it'
    const { versionAttribute } = this.#history
    if (versionAttribute !== undefined && !this.isUndo) {
      const known = before[versionAttribute]
      // No condition can name an unseen attribute, but it can always name the version.
      if (!this.#wasServed(id, before, versionAttribute)) return 'its version was never read'
      if (known !== undefined) return undefined
    }
    for (const name of Object.keys(before)) {
      const values = this.#served.get(id)?.get(name)
      // An attribute that was added in flight: nobody had seen its name.
      if (values === undefined) continue
      if (!isWide(before) && !values.has(textOf(before[name]))) {
        return `${name} was deleted as it was never read`
      }
    }
    return undefined
  }

  #wasServed(id: string, item: WireItem, name: string): boolean {
    const values = this.#served.get(id)?.get(name)
    const value = item[name] === undefined ? ABSENT : textOf(item[name])
    return values === undefined ? value === ABSENT : values.has(value)
  }

  #noteHalfWay({ after }: Landed, id: string): void {
    const isHalf = isWide(after) && !this.#wholes.get(id)?.has(widePart(after as WireItem))
    if (isHalf) this.halfWay.add(id)
    else this.halfWay.delete(id)
  }

  /** `isWhole`: nothing of ours is left in the item. */
  othersWrote(id: string, item: WireItem | undefined, isWhole: boolean): void {
    this.noteWhole(item)
    this.touched.add(id)
    this.#unseen.add(id)
    if (this.written.has(id)) this.overtaken.add(id)
    if (isWhole || !isWide(item)) this.halfWay.delete(id)
  }
}

const canonical = (item: WireItem) =>
  textOf(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))

/** Only the wide attributes: what others add does not decide whether an item is whole. */
const widePart = (item: WireItem) =>
  canonical(Object.fromEntries(Object.entries(item).filter(([name]) => /^a\d+$/.test(name))))
