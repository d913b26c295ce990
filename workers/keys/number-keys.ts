/**
 * Tables that tell number keys apart by their spelling, as some engines do: there, 1 and 1.0 are
 * two keys; in DynamoDB they are one. The result of a lookup of such a key is true of one spelling
 * only, so nothing is concluded from it, and nothing is written.
 */

import type { ReadableTable } from '../../lib/dynamo/item-table.ts'
import { isUnread, Unread } from '../../lib/dynamo/lookup-result.ts'
import { TablesyncError } from '../../lib/errors.ts'
import { canonicalKeyOfText, type KeyText, keyTextOf, sameKeyBytes } from '../../lib/item/key.ts'
import { isSpeltAsUsual, respelt } from '../../lib/item/number-spelling.ts'
import { type KeySchema, MASTER, type TableIndex } from '../../lib/model/tables/table.ts'
import type { MasterCounter, ReplicaCounter } from '../counting.ts'
import type { Suspect } from '../suspects/suspect.ts'

/** Why a suspect is not looked into. Undefined: it can be. */
export type Trouble = Unread | undefined

type Units = Pick<MasterCounter | ReplicaCounter, 'read'>

/** How many items may be gone or refused before a table counts as one that ignores spelling. */
const MOST_TRIES = 3

/** The two tables that a key is compared in, and where units are counted. */
interface BothTables {
  readonly replica: TableIndex
  readonly master: ReadableTable
  readonly client: { readonly table: ReadableTable }
  readonly count: Units
  readonly masterCount: Units
}

/** What a thread knows of its tables' number keys. */
export class NumberKeys {
  readonly #schema: KeySchema
  readonly #hasNumbers: boolean
  /** Whether a table tells spellings apart. */
  readonly #known = new Map<TableIndex, boolean>()
  readonly #tries = new Map<TableIndex, number>()
  readonly #asking = new Map<TableIndex, Promise<boolean | undefined>>()

  constructor(schema: KeySchema) {
    this.#schema = schema
    this.#hasNumbers = schema.some(({ type }) => type === 'N')
  }

  /** Returns no promise once both tables are known. */
  troubleWith(tables: BothTables, suspect: Suspect): Trouble | Promise<Trouble> {
    if (!this.#hasNumbers) return undefined
    const { replica } = tables
    const isKnown = this.#known.has(MASTER) && this.#known.has(replica)
    if (isKnown) return this.#judge(tables, suspect)
    return this.#askBoth(tables, suspect).then(() => this.#judge(tables, suspect))
  }

  async #askBoth(tables: BothTables, suspect: Suspect): Promise<void> {
    const { master, client, count, masterCount } = tables
    await this.#ask(master, masterCount, suspect.master)
    await this.#ask(client.table, count, suspect.replica)
  }

  /** One task asks on behalf of all tasks of the thread. */
  async #ask(table: ReadableTable, units: Units, seen: Suspect['master']): Promise<void> {
    const { index } = table.access
    if (this.#known.has(index)) return
    const asking = this.#asking.get(index) ?? this.#tellsApart(table, units, seen)
    this.#asking.set(index, asking)
    try {
      const answer = await asking
      const tries = (this.#tries.get(index) ?? 0) + 1
      this.#tries.set(index, tries)
      if (answer !== undefined || tries >= MOST_TRIES) this.#known.set(index, answer ?? false)
    } finally {
      this.#asking.delete(index)
    }
  }

  /** Looks an item of the table up in another spelling of its key. Undefined: try another item. */
  async #tellsApart(
    table: ReadableTable,
    units: Units,
    seen: Suspect['master'],
  ): Promise<boolean | undefined> {
    const key = seen ? keyTextOf(seen.page, seen.item, this.#schema) : await sampleOf(table, units)
    // A table without items has none in another spelling.
    if (key === undefined) return false
    const finds = async (text: KeyText) => {
      const looked = await table.lookUp([text], { consistent: true, keysOnly: true })
      units.read(looked.readUnits)
      const item = looked.at(canonicalKeyOfText(text, this.#schema))
      return isUnread(item) ? undefined : item !== undefined
    }
    const isFound = await finds(respelt(key))
    if (isFound !== false) return isFound === undefined ? undefined : false
    // If not found by its own spelling either, the item is gone meanwhile.
    return (await finds(key)) ? true : undefined
  }

  #judge({ master, client }: BothTables, suspect: Suspect): Trouble {
    const table = [master, client.table].find(({ access }) => this.#known.get(access.index))
    return table === undefined || isOneSpelling(suspect) ? undefined : troubleOf(table)
  }
}

/** Whether a pair of items has one key in its usual spelling: no other item has that spelling. */
function isOneSpelling({ key, master, replica }: Suspect): boolean {
  if (master === undefined || replica === undefined || !isSpeltAsUsual(key)) return false
  return sameKeyBytes(master.page, master.item, replica.page, replica.item)
}

/** A key of the table; undefined if it has none, or does not answer. */
async function sampleOf(table: ReadableTable, units: Units): Promise<KeyText | undefined> {
  const slice = { segment: 0, totalSegments: 1, consistent: false, limit: 1 }
  const page = await table.scanPage(slice, undefined).catch((error: TablesyncError) => error)
  if (page instanceof TablesyncError) return undefined
  units.read(page.readUnits)
  return page.count === 0 ? undefined : keyTextOf(page, 0, table.access.keySchema)
}

function troubleOf({ access }: ReadableTable): Unread {
  const { label, index } = access
  const error = new TablesyncError(
    `${label} takes 1 and 1.0 for two keys; for DynamoDB they are one`,
    {
      code: 'KEY_SPELLING',
      scope: 'item',
      table: index,
      hint: 'Use an engine that takes them for one. Until then, only items that both tables have under keys like 1 (not 1.0) are updated; others stay unverified.',
    },
  )
  return new Unread(error, 'refused')
}
