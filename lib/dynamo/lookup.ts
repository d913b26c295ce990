/** Reads items by key. Only this file requests `UnprocessedKeys` again. */
import { TablesyncError } from '../errors.ts'
import { type BatchGetPage, readBatchGetPage } from '../item/bytes/batch-answers.ts'
import { badResponse } from '../item/bytes/json-bytes.ts'
import { readScanPage } from '../item/bytes/scan-answer.ts'
import { type CanonicalKey, canonicalKeyOf, canonicalKeyOfText, type KeyText } from '../item/key.ts'
import { keyNames } from '../item/page.ts'
import type { ItemFilter } from '../model/item-filter.ts'
import type { RequestTimeouts } from '../model/request-timeouts.ts'
import { filteredQueryBody } from './filter-fields.ts'
import { type LookupOptions, lookupBody } from './lookup-body.ts'
import { type FoundItem, LookedUp, Unread } from './lookup-result.ts'
import type { TableClient } from './request/client.ts'
import type { ItemRead } from './request/operations.ts'
import { isFinalRefusal, isHotKeyRange, isOfTheTable } from './request/request-errors.ts'

export type { FoundItem }

/**
 * Looks up to 100 keys up, in as many requests as the service needs. A key that is given twice is
 * requested once: the service refuses duplicates (API reference, BatchGetItem). If one key cannot
 * be read, the others are still read.
 *
 * @throws TablesyncError if the trouble is the table's, and not a key's
 */
export type LookUp = (keys: readonly KeyText[], options: LookupOptions) => Promise<LookedUp>

export function lookup(client: TableClient, timeouts: RequestTimeouts): LookUp {
  return async (keys, options) => {
    const lookup = new Lookup(client, timeouts, options)
    await lookup.read(keys)
    return lookup.looked
  }
}

/** How often a key is requested alone when the answers say nothing about it. */
const MOST_BARE = 3

/** How many keys are requested alone at a time. */
const AT_ONCE = 10

class Lookup {
  readonly looked = new LookedUp()
  readonly #client: TableClient
  readonly #timeouts: RequestTimeouts
  readonly #options: LookupOptions
  /** Of queries: whether one of them was answered. */
  #isAnyAnswered = false

  constructor(client: TableClient, timeouts: RequestTimeouts, options: LookupOptions) {
    this.#client = client
    this.#timeouts = timeouts
    this.#options = options
  }

  get #operation(): ItemRead {
    return this.#client.access.filter === undefined ? 'BatchGetItem' : 'Query'
  }

  async read(keys: readonly KeyText[]): Promise<void> {
    const { filter } = this.#client.access
    if (filter !== undefined) return this.#each(keys, (key) => this.#query(key, filter))
    let wanted = keys
    for (let retry = 0; wanted.length > 0; ) {
      const page = await this.#ask(wanted).catch((error: TablesyncError) => error)
      const isAnyRead = wanted.length < keys.length
      if (page instanceof TablesyncError) return this.#refused(wanted, page, isAnyRead)
      // Requests for single keys may tell what an answer to a batch did not.
      if (page.isBare) return this.#each(wanted, (key) => this.#readAlone(key))
      const left = page.unprocessed
      if (left.length < wanted.length) this.#client.refusedKeys.answered('BatchGetItem')
      if (left.length === 0) return
      // A batch with progress is served in parts; only one without progress counts as a retry.
      retry = left.length < wanted.length ? 0 : retry + 1
      wanted = left
      if (retry > this.#timeouts.maxRetries) {
        return this.#refused(wanted, this.#stuck(), wanted.length < keys.length)
      }
      await this.#client.rest(retry)
    }
  }

  async #ask(keys: readonly KeyText[]): Promise<BatchGetPage> {
    const { access } = this.#client
    const { keySchema } = access
    const names = keyNames(keySchema)
    const asked = new Map(keys.map((key) => [canonicalKeyOfText(key, keySchema), key]))
    let itemKeys: readonly CanonicalKey[] = []
    const page = await this.#client.send({
      operation: 'BatchGetItem',
      body: lookupBody(access, [...asked.values()], this.#options),
      read: (body) => {
        const answer = readBatchGetPage(body, names)
        itemKeys = Array.from({ length: answer.count }, (_, item) =>
          canonicalKeyOf(answer, item, keySchema),
        )
        const left = answer.unprocessed.map((key) => canonicalKeyOfText(key, keySchema))
        for (const key of [...itemKeys, ...left]) refuseStray(key, asked)
        return answer
      },
      unitsOf: ({ readUnits }) => readUnits,
      key: keys[0],
      guess: this.#options.consistent ? keys.length : keys.length / 2,
    })
    this.looked.readUnits += page.readUnits
    for (const [item, key] of itemKeys.entries()) this.looked.noteFound(key, { page, item })
    return page
  }

  async #each(keys: readonly KeyText[], read: (key: KeyText) => Promise<void>): Promise<void> {
    for (let at = 0; at < keys.length; at += AT_ONCE) {
      const ends = await Promise.allSettled(keys.slice(at, at + AT_ONCE).map(read))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    }
  }

  /** An item that the filter leaves out counts as absent. */
  async #query(key: KeyText, filter: ItemFilter): Promise<void> {
    const { access } = this.#client
    const { keySchema } = access
    const canonical = canonicalKeyOfText(key, keySchema)
    const names = keyNames(keySchema)
    const { consistent } = this.#options
    const page = await this.#client
      .send({
        operation: 'Query',
        body: filteredQueryBody(access, filter, { key, consistent }),
        // An answer to a Query has the members of one to a Scan.
        read: (body) => {
          const answer = readScanPage(body, names)
          const isStray =
            answer.count > 1 ||
            (answer.count === 1 && canonicalKeyOf(answer, 0, keySchema) !== canonical)
          if (isStray) throw strayKey()
          return answer
        },
        unitsOf: ({ readUnits }) => readUnits,
        key,
        guess: consistent ? 1 : 0.5,
      })
      .catch((error: TablesyncError) => error)
    if (page instanceof TablesyncError) return this.#queryRefused(key, page)
    this.#isAnyAnswered = true
    this.#client.refusedKeys.answered(this.#operation)
    this.looked.readUnits += page.readUnits
    const readAt = performance.now()
    if (page.count === 1) this.looked.noteFound(canonical, { page, item: 0, readAt })
  }

  /** Trouble that passes is the key's own only if the table has just answered about others. */
  #queryRefused(key: KeyText, error: TablesyncError): void {
    if (isOfTheTable(error)) throw error
    const isItsOwn = isFinalRefusal(error) || isHotKeyRange(error) || this.#isAnyAnswered
    if (!isItsOwn) throw error
    this.#leave([key], error, 'refused')
  }

  async #readAlone(key: KeyText): Promise<void> {
    for (let tries = 1; ; tries++) {
      const page = await this.#ask([key]).catch((error: TablesyncError) => error)
      if (page instanceof TablesyncError) return this.#refused([key], page, false)
      if (!page.isBare) {
        this.#client.refusedKeys.answered('BatchGetItem')
        return page.unprocessed.length === 0 ? undefined : this.read([key])
      }
      if (tries === MOST_BARE) return this.#leave([key], this.#nothingSaid(), 'nothing-said')
      await this.#client.rest(tries)
    }
  }

  /**
   * A batch may be refused for good because of one key: its halves are requested until that key is
   * found. Trouble that passes is a key's own if the table has just read other keys, or if this key
   * was requested alone.
   */
  async #refused(
    keys: readonly KeyText[],
    error: TablesyncError,
    isAnyRead: boolean,
  ): Promise<void> {
    if (isOfTheTable(error)) throw error
    if (isFinalRefusal(error) && keys.length > 1) {
      const half = Math.ceil(keys.length / 2)
      await this.read(keys.slice(0, half))
      return this.read(keys.slice(half))
    }
    const areTheirs = isAnyRead || keys.length === 1 || isHotKeyRange(error)
    if (!areTheirs) throw error
    this.#leave(keys, error, 'refused')
  }

  #leave(keys: readonly KeyText[], error: TablesyncError, why: Unread['why']): void {
    const { refusedKeys, access } = this.#client
    for (const key of keys) {
      const ended = refusedKeys.refused(this.#operation, error)
      if (ended.scope !== 'item') throw ended
      this.looked.noteUnread(canonicalKeyOfText(key, access.keySchema), new Unread(ended, why))
    }
  }

  #stuck(): TablesyncError {
    const { label, index } = this.#client.access
    const { maxRetries } = this.#timeouts
    return new TablesyncError(
      `BatchGetItem on ${label}: keys stayed unprocessed in ${maxRetries} retries`,
      {
        code: 'THROTTLED',
        scope: 'segment',
        table: index,
        hint: 'Give the table more read capacity, or run with a lower --parallel.',
      },
    )
  }

  #nothingSaid(): TablesyncError {
    const { label, index } = this.#client.access
    return new TablesyncError(`BatchGetItem on ${label}: an empty answer ({})`, {
      code: 'BAD_RESPONSE',
      scope: 'segment',
      table: index,
      hint: 'Whether the items exist is unknown. Check that the endpoint is DynamoDB, and that no proxy rewrites its answers.',
    })
  }
}

const strayKey = () => badResponse('Expected the keys that were asked for, got another one')

/** Refuses an answer about other keys: it says nothing about the requested ones. */
function refuseStray(key: CanonicalKey, asked: ReadonlyMap<CanonicalKey, KeyText>): void {
  if (!asked.has(key)) throw strayKey()
}
