/**
 * Puts without a condition, gathered: what is to be put at the same moment goes
 * out in one BatchWriteItem. `UnprocessedItems` are drained here and nowhere else.
 */
import { asTablesyncError, TablesyncError } from '../errors.ts'
import { readBatchWrite } from '../item/responses.ts'
import type { Patience } from '../model/patience.ts'
import type { Bytes, WriteUnits } from '../model/units.ts'
import type { TableClient } from './client.ts'
import { isPassing } from './failures.ts'

/** The most items BatchWriteItem takes (API reference, BatchWriteItem). */
export const MOST_ITEMS = 25

/** A request may have 16 MB (same place); smaller ones keep what is in memory small. */
export const MOST_BYTES: Bytes = 2 << 20

interface Waiting {
  readonly item: string
  readonly resolve: (writeUnits: WriteUnits) => void
  readonly reject: (error: TablesyncError) => void
}

export class BatchPuts {
  readonly #client: TableClient
  readonly #patience: Patience
  #waiting: Waiting[] = []
  #bytes: Bytes = 0

  constructor(client: TableClient, patience: Patience) {
    this.#client = client
    this.#patience = patience
  }

  /**
   * Puts an item, given as DynamoDB JSON text, whatever is there. To put it
   * twice is to put it once, so that a request is tried again.
   *
   * @throws TablesyncError that may be another item's of the same request
   */
  put(item: string): Promise<WriteUnits> {
    return new Promise((resolve, reject) => {
      // All that is ready in this turn of the event loop goes together.
      if (this.#waiting.length === 0) setImmediate(() => void this.#flush())
      this.#waiting.push({ item, resolve, reject })
      this.#bytes += item.length
      if (this.#waiting.length >= MOST_ITEMS || this.#bytes >= MOST_BYTES) void this.#flush()
    })
  }

  /**
   * Puts up to 25 items together, at once.
   *
   * @throws TablesyncError that may be one item's; some may have been put
   */
  putTogether(items: readonly string[]): Promise<WriteUnits> {
    return this.#putAll(items)
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = []
    this.#bytes = 0
    if (batch.length === 0) return
    try {
      const writeUnits = await this.#putAll(batch.map(({ item }) => item))
      for (const { resolve } of batch) resolve(writeUnits / batch.length)
    } catch (error) {
      for (const { reject } of batch) reject(asTablesyncError(error))
    }
  }

  async #putAll(items: readonly string[]): Promise<WriteUnits> {
    const { maxRetries } = this.#patience
    let writeUnits = 0
    let wanted: readonly string[] = items.map((item) => `{"PutRequest":{"Item":${item}}}`)
    for (let retry = 0; ; ) {
      const answer = await this.#send(wanted).catch((thrown: unknown) => {
        const error = asTablesyncError(thrown)
        if (!isPassing(error)) throw error
        if (retry >= maxRetries) throw givenUp(error)
        return { unprocessed: wanted, writeUnits: 0, isBare: false }
      })
      writeUnits += answer.writeUnits
      // Whoever put them reads them again.
      if (answer.isBare) throw this.#nothingSaid()
      if (answer.unprocessed.length === 0) return writeUnits
      // A batch that gets on is served in parts; only one that stands still counts as a retry.
      retry = answer.unprocessed.length < wanted.length ? 0 : retry + 1
      wanted = answer.unprocessed
      if (retry > maxRetries) throw this.#stuck(wanted.length)
      // Some of them may have been put: that is not told as if nothing was done.
      await this.#client.rest(retry).catch(() => {
        throw this.#stuck(wanted.length)
      })
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
    return new TablesyncError(
      `BatchWriteItem on ${label}: an answer that says nothing of its items ({})`,
      { code: 'BAD_RESPONSE', scope: 'segment', table: index },
    )
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

/** Has been tried as often as may be: it ends its items, and no more. */
function givenUp({ message, ...detail }: TablesyncError): TablesyncError {
  return new TablesyncError(message, { ...detail, scope: 'item' })
}
