/**
 * Ends a difference: counts it, repairs it where that was asked for, tells it.
 *
 * Every write is conditional on what was seen and is tried once; a second try
 * begins with reading both sides again. Nothing here can write to the master.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { absent, unchanged, updateTo } from '../dynamo/expressions.ts'
import { isPassing } from '../dynamo/failures.ts'
import type { FoundItem } from '../dynamo/lookup.ts'
import { retryDelay } from '../dynamo/retry.ts'
import type { WriteResult } from '../dynamo/write.ts'
import { asTablesyncError, type TablesyncError } from '../errors.ts'
import { itemText, parseItem, sameBytes } from '../item/compare.ts'
import { canonicalKeyOfText, type KeyText } from '../item/key.ts'
import { isReplicationAttribute } from '../item/normalise.ts'
import type { DifferenceKind } from '../model/difference.ts'
import type { Milliseconds } from '../model/units.ts'
import type { WireItem } from '../model/wire.ts'
import { type BothSides, lookUpBothSides } from './both-sides.ts'
import { type Found, LEFT, type RepairEnding, tellEnding } from './endings.ts'
import type { Investigation } from './investigation.ts'
import { relationOf } from './verdict.ts'

const COUNTED_AS = {
  written: 'written',
  deleted: 'deleted',
  resolved: 'resolved',
  conflict: 'conflicts',
  failed: 'failed',
} as const

/** Refused conditions in a row after which an item is left as a conflict. */
const MAX_REFUSALS = 5

export class Repair {
  readonly #investigation: Investigation

  constructor(investigation: Investigation) {
    this.#investigation = investigation
  }

  /**
   * Counts a confirmed difference and repairs it, where that was asked for.
   *
   * @throws TablesyncError of scope `table` where the replica itself is lost
   */
  async end(found: Found): Promise<void> {
    const { tally, deletions, replica, tell } = this.#investigation
    const { verdict, key } = found
    if (deletions === 'later') tally[verdict]++
    if (!this.#isAsked(verdict)) return tellEnding(this.#investigation, found, LEFT)
    if (verdict === 'extra' && deletions === 'later') {
      return tell({ type: 'delete-later', replica, key })
    }
    await this.#investigation.door.writes.add(async () => {
      if (this.#investigation.isOver()) return tellEnding(this.#investigation, found, LEFT)
      try {
        await this.#conclude(await this.#bringAbout(found), found)
      } catch (error) {
        await this.#lose(error, found)
      }
    })
  }

  /** Counts a difference that was not read again, and leaves it. */
  async leave(found: Found): Promise<void> {
    const { tally } = this.#investigation
    tally[found.verdict]++
    tally.unconfirmed++
    await tellEnding(this.#investigation, { ...found, unconfirmed: true }, LEFT)
  }

  /**
   * Puts an item that only the scan says is missing: the condition is the
   * check, and what it lets through is counted. Where it does not, or the
   * answer is lost, returns what both sides hold now, nothing counted.
   */
  async putUnread({ key, master }: Pick<Found, 'key' | 'master'>): Promise<BothSides | undefined> {
    const sides: BothSides = { master, replica: undefined }
    const found: Found = { verdict: 'missing', key, ...sides }
    const { tally, door } = this.#investigation
    return door.writes.add(async () => {
      if (this.#investigation.isOver()) return this.leave(found)
      try {
        const { end } = await this.#write('missing', sides, key)
        if (end === 'refused') return this.#readAgain(key)
        tally.missing++
        await this.#conclude({ action: 'written' }, found)
      } catch (thrown) {
        const error = asTablesyncError(thrown)
        const now = isPassing(error) ? await this.#readAgain(key) : undefined
        if (now !== undefined && !this.#isSettled(now)) return now
        tally.missing++
        if (endsTable(error)) await this.#lose(error, found)
        await this.#conclude(now === undefined ? failed(error) : { action: 'written' }, found)
      }
      return undefined
    }) as Promise<BothSides | undefined>
  }

  async #conclude(ending: RepairEnding, found: Found): Promise<void> {
    this.#investigation.tally[COUNTED_AS[ending.action]]++
    await tellEnding(this.#investigation, found, ending)
  }

  /** The replica is lost, and with it this repair. */
  async #lose(error: unknown, found: Found): Promise<never> {
    await this.#conclude(failed(asTablesyncError(error)), found)
    throw error
  }

  #isSettled(sides: BothSides): boolean {
    return relationOf(sides, this.#investigation.thread.comparer) === 'sameAs'
  }

  async #bringAbout(found: Found): Promise<RepairEnding> {
    const { thread, isOver } = this.#investigation
    const { comparer, setup } = thread
    let sides: BothSides = found
    let refusals = 0
    /** Whether each refused condition was seen to hold before and after. */
    let heldAllTheSame = true
    let retries = 0
    let trouble: TablesyncError | undefined
    // After a lost answer a write may have landed: then "nothing left to do" is our own doing.
    let done: 'resolved' | 'written' | 'deleted' = 'resolved'
    for (;;) {
      const relation = relationOf(sides, comparer)
      if (relation === 'sameAs') return { action: done }
      if (trouble !== undefined && isOver()) return failed(trouble)
      // It has become another kind of difference, whose repair was not asked for.
      if (!this.#isAsked(relation)) return { action: 'conflict' }
      try {
        const result = await this.#write(relation, sides, found.key)
        if (result.end === 'refused') {
          refusals++
          if (refusals > MAX_REFUSALS) return conflict(heldAllTheSame)
        } else if (result.complete) {
          return { action: relation === 'extra' ? 'deleted' : 'written' }
        } else {
          done = 'written'
        }
      } catch (thrown) {
        const error = asTablesyncError(thrown)
        if (endsTable(error)) throw error
        if (!isPassing(error) || retries >= setup.patience.maxRetries) return failed(error)
        trouble = error
        done = relation === 'extra' ? 'deleted' : 'written'
        await this.#pause(retryDelay(setup.patience.retryDelayBase, retries++))
      }
      const now = await this.#readAgain(found.key)
      heldAllTheSame &&= isSame(sides.replica, now.replica)
      sides = now
    }
  }

  /** Shorter where the run is to end. */
  async #pause(delay: Milliseconds): Promise<void> {
    await sleep(delay, undefined, { signal: this.#investigation.stopping }).catch(() => {})
  }

  async #write(relation: DifferenceKind, { master, replica }: BothSides, key: KeyText) {
    const { door, schema, thread, tally } = this.#investigation
    const { write } = door.table
    const counted = (result: WriteResult, complete: boolean) => {
      if (result.end === 'written') tally.writeUnits += result.writeUnits
      return { ...result, complete }
    }
    if (relation === 'extra' && replica !== undefined) {
      const seen = parseItem(replica.page, replica.item)
      return counted(await write.delete(key, unchanged(seen, schema)), true)
    }
    if (relation === 'missing' && master !== undefined) {
      const item = withoutReplication(itemText(master.page, master.item))
      return counted(await write.put(item, absent(schema)), true)
    }
    if (master === undefined || replica === undefined) throw new Error('no item to compare with')
    const wanted = parseItem(master.page, master.item)
    const seen = parseItem(replica.page, replica.item)
    const update = updateTo(wanted, seen, schema, thread.isIgnored)
    return counted(await write.update(key, update), update.complete)
  }

  async #readAgain(key: KeyText): Promise<BothSides> {
    const { schema } = this.#investigation
    const seen = await lookUpBothSides(this.#investigation, [key])
    return seen(canonicalKeyOfText(key, schema))
  }

  #isAsked(kind: DifferenceKind): boolean {
    const { thread, deletions } = this.#investigation
    // Deletions have a time of their own, in which nothing else is written.
    return thread.setup.write[kind] && (deletions === 'later' || kind === 'extra')
  }
}

/** Whether no other item of the table would fare better. */
const endsTable = ({ scope }: TablesyncError) => scope === 'table' || scope === 'run'

/** The item kept changing, or the engine refuses whatever is asked. */
function conflict(heldAllTheSame: boolean): RepairEnding {
  const error = 'a condition was refused that holds: the engine may not compare maps and lists'
  return { action: 'conflict', ...(heldAllTheSame && { error }) }
}

function isSame(before: FoundItem | undefined, now: FoundItem | undefined): boolean {
  if (before === undefined || now === undefined) return before === now
  return sameBytes(before.page, before.item, now.page, now.item)
}

const failed = (error: TablesyncError): RepairEnding => ({ action: 'failed', error: error.message })

/** The item as it came, unless it carries what old global tables keep beside it. */
function withoutReplication(item: string): string {
  if (!item.includes('aws:rep:') && !item.includes('\\')) return item
  const members = Object.entries(JSON.parse(item) as WireItem)
  return JSON.stringify(
    Object.fromEntries(members.filter(([name]) => !isReplicationAttribute(name))),
  )
}
