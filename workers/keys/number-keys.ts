/**
 * Tables that tell number keys apart by their spelling, as some engines do: 1
 * and 1.0 are two keys there, and one in DynamoDB. What a lookup says of such a
 * key is true of one spelling only, so nothing is concluded from it, and
 * nothing is written.
 */

import type { ReadableTable } from '../../lib/dynamo/item-table.ts'
import { isUnread, Unread } from '../../lib/dynamo/lookup-result.ts'
import { TablesyncError } from '../../lib/errors.ts'
import { canonicalKeyOfText, type KeyText, keyTextOf, sameKeyBytes } from '../../lib/item/key.ts'
import { isSpeltAsUsual, respelt } from '../../lib/item/number-spelling.ts'
import { type KeySchema, MASTER, type TableIndex } from '../../lib/model/tables/table.ts'
import type { MasterCounter, ReplicaCounter } from '../counting.ts'
import type { Suspect } from '../suspects/suspect.ts'

/** Why a suspect is not looked into. Undefined: nothing stands against it. */
export type Trouble = Unread | undefined

type Units = Pick<MasterCounter | ReplicaCounter, 'read'>

/** Items that may be gone, or refused, before a table is taken to be as most are. */
const MOST_TRIES = 3

/** The two tables that a key is compared in, and where units are counted. */
interface BothTables {
  readonly replica: TableIndex
  readonly master: ReadableTable
  readonly door: { readonly table: ReadableTable }
  readonly count: Units
  readonly masterCount: Units
}

/** What a thread knows of its tables. */
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

  /** Not a promise once both tables are known. */
  troubleWith(tables: BothTables, suspect: Suspect): Trouble | Promise<Trouble> {
    if (!this.#hasNumbers) return undefined
    const { replica } = tables
    const isKnown = this.#known.has(MASTER) && this.#known.has(replica)
    if (isKnown) return this.#judge(tables, suspect)
    return this.#askBoth(tables, suspect).then(() => this.#judge(tables, suspect))
  }

  async #askBoth(tables: BothTables, suspect: Suspect): Promise<void> {
    const { master, door, count, masterCount } = tables
    await this.#ask(master, masterCount, suspect.master)
    await this.#ask(door.table, count, suspect.replica)
  }

  /** One task asks for all of them. */
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

  /** Asks for an item that the table has, in another spelling of its key. Undefined: another item will tell. */
  async #tellsApart(
    table: ReadableTable,
    units: Units,
    seen: Suspect['master'],
  ): Promise<boolean | undefined> {
    const key = seen ? keyTextOf(seen.page, seen.item, this.#schema) : await sampleOf(table, units)
    // What has no items has none of another spelling.
    if (key === undefined) return false
    const finds = async (text: KeyText) => {
      const looked = await table.lookUp([text], { consistent: true, keysOnly: true })
      units.read(looked.readUnits)
      const item = looked.at(canonicalKeyOfText(text, this.#schema))
      return isUnread(item) ? undefined : item !== undefined
    }
    const isFound = await finds(respelt(key))
    if (isFound !== false) return isFound === undefined ? undefined : false
    // Else it is gone meanwhile.
    return (await finds(key)) ? true : undefined
  }

  #judge({ master, door }: BothTables, suspect: Suspect): Trouble {
    const table = [master, door.table].find(({ access }) => this.#known.get(access.index))
    return table === undefined || isOneSpelling(suspect) ? undefined : troubleOf(table)
  }
}

/** A pair of items under one key in its usual spelling: there is no other item of that spelling. */
function isOneSpelling({ key, master, replica }: Suspect): boolean {
  if (master === undefined || replica === undefined || !isSpeltAsUsual(key)) return false
  return sameKeyBytes(master.page, master.item, replica.page, replica.item)
}

/** A key of the table; undefined where it has none, or will not say. */
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
