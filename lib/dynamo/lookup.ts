/** Reads items by key. Only this file requests `UnprocessedKeys` again. */
import { TablesyncError } from '../errors.ts'
import { type BatchGetPage, readBatchGetPage } from '../item/bytes/batch-answers.ts'
import { type CanonicalKey, canonicalKeyOf, canonicalKeyOfText, type KeyText } from '../item/key.ts'
import { keyNames } from '../item/page.ts'
import type { RequestTimeouts } from '../model/request-timeouts.ts'
import { filteredLookup } from './filtered-lookup.ts'
import { type LookupOptions, lookupBody } from './lookup-body.ts'
import { LookedUp, type LookUp, type Unread } from './lookup-result.ts'
import type { TableClient } from './request/client.ts'
import { isFinalRefusal, isHotKeyRange, isOfTheTable } from './request/request-errors.ts'
import { leaveUnread, requestEach, strayKey } from './single-keys.ts'

export function lookup(client: TableClient, timeouts: RequestTimeouts): LookUp {
  const { filter } = client.access
  if (filter !== undefined) return filteredLookup(client, filter)
  return async (keys, options) => {
    const lookup = new Lookup(client, timeouts, options)
    await lookup.read(keys)
    return lookup.looked
  }
}

/** How often a key is requested alone when the answers say nothing about it. */
const MOST_BARE = 3

class Lookup {
  readonly looked = new LookedUp()
  readonly #client: TableClient
  readonly #timeouts: RequestTimeouts
  readonly #options: LookupOptions

  constructor(client: TableClient, timeouts: RequestTimeouts, options: LookupOptions) {
    this.#client = client
    this.#timeouts = timeouts
    this.#options = options
  }

  async read(keys: readonly KeyText[]): Promise<void> {
    let wanted = keys
    for (let retry = 0; wanted.length > 0; ) {
      const page = await this.#ask(wanted).catch((error: TablesyncError) => error)
      const isAnyRead = wanted.length < keys.length
      if (page instanceof TablesyncError) return this.#refused(wanted, page, isAnyRead)
      // Requests for single keys may tell what an answer to a batch did not.
      if (page.isBare) return requestEach(wanted, (key) => this.#readAlone(key))
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
    const leaving = { operation: 'BatchGetItem', error, why } as const
    for (const key of keys) leaveUnread(this.#client, this.looked, key, leaving)
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

/** Refuses an answer about other keys: it says nothing about the requested ones. */
function refuseStray(key: CanonicalKey, asked: ReadonlyMap<CanonicalKey, KeyText>): void {
  if (!asked.has(key)) throw strayKey()
}
