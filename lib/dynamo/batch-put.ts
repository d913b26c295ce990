/**
 * Puts items without a condition, in batches: puts that are requested at the same moment go out in
 * one BatchWriteItem. Only this file resends `UnprocessedItems`.
 */
import { asTablesyncError, TablesyncError } from '../errors.ts'
import { readBatchWrite } from '../item/bytes/batch-answers.ts'
import { type CanonicalKey, canonicalKeyOfText } from '../item/key.ts'
import type { RequestTimeouts } from '../model/request-timeouts.ts'
import type { Bytes, WriteUnits } from '../model/units.ts'
import type { WriteResult } from './conditional-write.ts'
import type { TableClient } from './request/client.ts'
import { isEnded, isPassing } from './request/request-errors.ts'

/** The most items BatchWriteItem takes (API reference, BatchWriteItem). */
export const MOST_ITEMS = 25

/** A request may have 16 MB (same place); smaller ones need less memory. */
export const MOST_BYTES: Bytes = 2 << 20

/**
 * What became of one item of a batch. `unsure`: it may have been put. `left`: it was not put, and
 * the error says why. A rejected batch leaves all of its items, even if only one is at fault.
 */
export type PutEnd =
  | { readonly end: 'written'; readonly writeUnits: WriteUnits }
  | { readonly end: 'unsure' | 'left'; readonly error: TablesyncError }

interface Waiting {
  readonly item: string
  readonly resolve: (result: WriteResult) => void
  readonly reject: (error: TablesyncError) => void
}

export class BatchPuts {
  readonly #client: TableClient
  readonly #timeouts: RequestTimeouts
  #waiting: Waiting[] = []
  #bytes: Bytes = 0

  constructor(client: TableClient, timeouts: RequestTimeouts) {
    this.#client = client
    this.#timeouts = timeouts
  }

  /**
   * Puts an item, given as DynamoDB JSON text, whatever is there.
   *
   * @throws TablesyncError with code `THROTTLED` if it was not put
   * @throws TablesyncError with code `SERVICE` if its request was rejected, maybe for another item
   * @throws TablesyncError with another code if it may have been put
   */
  put(item: string): Promise<WriteResult> {
    return new Promise((resolve, reject) => {
      // All puts of this turn of the event loop go out together.
      if (this.#waiting.length === 0) setImmediate(() => void this.#flush())
      this.#waiting.push({ item, resolve, reject })
      this.#bytes += item.length
      if (this.#waiting.length >= MOST_ITEMS || this.#bytes >= MOST_BYTES) void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = []
    this.#bytes = 0
    if (batch.length === 0) return
    const ends = await this.putTogether(batch.map(({ item }) => item))
    for (const [at, { resolve, reject }] of batch.entries()) {
      const end = ends[at] as PutEnd
      if (end.end === 'written') resolve(end)
      else reject(end.error)
    }
  }

  /**
   * Puts up to 25 items, given as DynamoDB JSON text, whatever is there. What is left is sent
   * again: putting an item twice has the same effect as putting it once. Returns what became of
   * each item, in order.
   */
  async putTogether(items: readonly string[]): Promise<PutEnd[]> {
    const batch = new Batch(items, (item) => this.#keyOf(item))
    const { maxRetries } = this.#timeouts
    for (let retry = 0; ; ) {
      const before = batch.open
      try {
        const { unprocessed, writeUnits, isBare } = await this.#send(batch.requests())
        if (isBare) {
          // The caller will read the items again.
          batch.mayHaveLanded = true
          return batch.leave(this.#nothingSaid())
        }
        const left = unprocessed.map(requestItem)
        if (!batch.served(left, writeUnits)) {
          batch.mayHaveLanded = true
          return batch.leave(this.#strayed())
        }
        if (batch.open === 0) return batch.ends
        // A batch with progress is served in parts; only one without progress counts as a retry.
        retry = batch.open < before ? 0 : retry + 1
        if (retry > maxRetries) return batch.leave(this.#stuck(batch.open))
      } catch (thrown) {
        const error = asTablesyncError(thrown)
        // The service throttles a whole batch, with nothing done (API reference, BatchWriteItem).
        if (isPassing(error) && error.code !== 'THROTTLED') batch.mayHaveLanded = true
        if (!isPassing(error) || retry++ >= maxRetries) return batch.leave(error)
      }
      const ended = await this.#client.rest(retry).catch(asTablesyncError)
      if (ended !== undefined) return batch.leave(ended)
    }
  }

  async #send(requests: readonly string[]) {
    const table = JSON.stringify(this.#client.access.tableName)
    const body = `{"RequestItems":{${table}:[${requests.join(',')}]},"ReturnConsumedCapacity":"TOTAL"}`
    return this.#client.send({
      operation: 'BatchWriteItem',
      body,
      read: readBatchWrite,
      unitsOf: ({ writeUnits }) => writeUnits,
    })
  }

  #nothingSaid(): TablesyncError {
    const { label, index } = this.#client.access
    return new TablesyncError(`BatchWriteItem on ${label}: an empty answer ({})`, {
      code: 'BAD_RESPONSE',
      scope: 'item',
      table: index,
      hint: CHECK_ENDPOINT,
    })
  }

  #strayed(): TablesyncError {
    const { label, index } = this.#client.access
    return new TablesyncError(
      `BatchWriteItem on ${label}: an answer about items that were not in the request`,
      { code: 'BAD_RESPONSE', scope: 'item', table: index, hint: CHECK_ENDPOINT },
    )
  }

  #keyOf(item: string): CanonicalKey {
    return canonicalKeyOfText(item, this.#client.access.keySchema)
  }

  #stuck(count: number): TablesyncError {
    const { label, index } = this.#client.access
    return new TablesyncError(`BatchWriteItem on ${label}: ${count} items stayed unprocessed`, {
      code: 'THROTTLED',
      scope: 'item',
      table: index,
      hint: 'Give the table more write capacity, or run with a lower --parallel.',
    })
  }
}

/** The items of one batch, and what became of each. */
class Batch {
  readonly ends: PutEnd[] = []
  /** Whether an answer was lost: items without an end may have been put. */
  mayHaveLanded = false
  readonly #items: readonly string[]
  readonly #keyOf: (item: string) => CanonicalKey
  #open: number[]

  constructor(items: readonly string[], keyOf: (item: string) => CanonicalKey) {
    this.#items = items
    this.#keyOf = keyOf
    this.#open = items.map((_, at) => at)
  }

  /** Items without an end. */
  get open(): number {
    return this.#open.length
  }

  requests(): string[] {
    return this.#open.map((at) => `{"PutRequest":{"Item":${this.#items[at]}}}`)
  }

  /** False: the answer names items that are not in the batch, so it proves nothing. */
  served(unprocessed: readonly (string | undefined)[], writeUnits: WriteUnits): boolean {
    const left = new Set(unprocessed.map((item) => item && this.#keyOf(item)))
    const known = new Set(
      left.size === 0 ? [] : this.#open.map((at) => this.#keyOf(this.#items[at] as string)),
    )
    for (const key of left) if (key === undefined || !known.has(key)) return false
    const isLeft = (at: number) => left.size > 0 && left.has(this.#keyOf(this.#items[at] as string))
    const done = left.size === 0 ? this.#open : this.#open.filter((at) => !isLeft(at))
    for (const at of done) this.ends[at] = { end: 'written', writeUnits: writeUnits / done.length }
    this.#open = left.size === 0 ? [] : this.#open.filter(isLeft)
    return true
  }

  /** Sends nothing more: all open items end with the error. */
  leave(error: TablesyncError): PutEnd[] {
    const end = this.mayHaveLanded ? 'unsure' : 'left'
    const why = this.mayHaveLanded && isEnded(error) ? lost(error) : error
    for (const at of this.#open) this.ends[at] = { end, error: why }
    this.#open = []
    return this.ends
  }
}

/** The run is ending, and nobody knows any more whether an item was put. */
const lost = ({ table }: TablesyncError) =>
  new TablesyncError('BatchWriteItem: an answer was lost, and the run was ended', {
    code: 'UNREACHABLE',
    scope: 'item',
    table,
    hint: 'Run again: that shows whether the item was put.',
  })

const CHECK_ENDPOINT =
  'Check that the endpoint is DynamoDB, and that no proxy rewrites its answers.'

/** The item of a returned request. Undefined: the request is not a put. */
function requestItem(request: string): string | undefined {
  const { PutRequest } = JSON.parse(request) as { readonly PutRequest?: { readonly Item?: object } }
  return PutRequest?.Item && JSON.stringify(PutRequest.Item)
}
