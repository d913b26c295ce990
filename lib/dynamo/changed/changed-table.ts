/**
 * The master as a run sees it that changes items: pages and lookups hold what the items become.
 * Keys that come in are the replica's, and carry the master's where that has another.
 */

import type { ScanPage } from '../../item/bytes/scan-answer.ts'
import { parseItem } from '../../item/compare.ts'
import { canonicalKeyOfText, type KeyText, keyTextOf } from '../../item/key.ts'
import { originOf, withoutOrigin } from '../../item/key-origin.ts'
import type { ReadableTable } from '../item-table.ts'
import { type FoundItem, isUnread, LookedUp, type LookUp, Unread } from '../lookup-result.ts'
import type { ScanSlice } from '../scan.ts'
import { type Became, type Changing, changeAll, pageOf } from './changed-batch.ts'
import type { ItemChange } from './item-change.ts'
import type { SealedKeys } from './sealed-keys.ts'
import { withoutMessage } from './withheld-message.ts'

export function changedTable(
  table: ReadableTable,
  change: ItemChange,
  sealed: SealedKeys,
): ReadableTable {
  const { keySchema: schema } = table.access
  const changing: Changing = { change, schema, sealed }
  const withheld = table.access.valuesAreHidden ? withoutMessage : (error: unknown) => error
  const quietly = <T>(reading: Promise<T>) =>
    reading.catch((error: unknown) => {
      throw withheld(error)
    })
  return {
    access: table.access,
    scanPage: (slice, after) => quietly(scanChanged(table, { slice, after, changing })),
    lookUp: (keys, options) =>
      quietly(
        options.keysOnly && !change.mayChangeKeys && table.access.filter === undefined
          ? table.lookUp(keys, options)
          : lookUpChanged(table, keys, { changing, options, withheld }),
      ),
  }
}

interface Scanning {
  readonly slice: ScanSlice
  readonly after: string | undefined
  readonly changing: Changing
}

async function scanChanged(
  { scanPage }: ReadableTable,
  { slice: { wanted, ...slice }, after, changing }: Scanning,
): Promise<ScanPage> {
  // Those that are wanted are counted here, where it is known which are left.
  const limit = wanted === undefined ? slice.limit : Math.min(wanted, slice.limit ?? wanted)
  const page = await scanPage({ ...slice, ...(limit !== undefined && { limit }) }, after)
  const { schema } = changing
  const originals = Array.from({ length: page.count }, (_, item) => ({
    item: parseItem(page, item),
    key: keyTextOf(page, item, schema),
  }))
  const { lastEvaluatedKey, readUnits, scanned } = page
  page.release?.()
  const all = await changeAll(originals, changing)
  const became = all.filter((one) => one !== 'absent').slice(0, wanted)
  const nameless = became.flatMap((one) =>
    'refused' in one && one.key === undefined ? [one.refused] : [],
  )
  return {
    ...pageOf(became.filter(isNamed), schema),
    ...{ readUnits, scanned },
    lastEvaluatedKey: became.length === wanted ? undefined : lastEvaluatedKey,
    ...(nameless.length > 0 && { nameless }),
  }
}

type Named = Exclude<Became, 'absent'> & { readonly key: KeyText }

const isNamed = (one: Exclude<Became, 'absent'>): one is Named => one.key !== undefined

interface Lookup {
  readonly changing: Changing
  readonly options: Parameters<LookUp>[1]
  readonly withheld: (error: unknown) => unknown
}

async function lookUpChanged(
  table: ReadableTable,
  keys: readonly KeyText[],
  { changing, options, withheld }: Lookup,
): Promise<LookedUp> {
  const { schema, sealed } = changing
  const asked = keys.map((key) => {
    const own = withoutOrigin(key)
    const origin = originOf(key)
    return {
      canonical: canonicalKeyOfText(own, schema),
      masterKey: origin === undefined ? own : sealed.open(origin),
    }
  })
  const looked = await table.lookUp(
    asked.map(({ masterKey }) => masterKey),
    { consistent: options.consistent },
  )
  // A hook may take its time with what was read.
  const lookedAt = performance.now()
  const result = new LookedUp()
  result.readUnits = looked.readUnits
  const found: { readonly canonical: string; readonly at: FoundItem; readonly key: KeyText }[] = []
  for (const { canonical, masterKey } of asked) {
    const at = looked.at(canonicalKeyOfText(masterKey, schema))
    if (isUnread(at)) {
      result.noteUnread(canonical, new Unread(withheld(at.error) as Unread['error'], at.why))
    } else if (at !== undefined) found.push({ canonical, at, key: masterKey })
  }
  const originals = found.map(({ at: { page, item }, key }) => ({
    item: parseItem(page, item),
    key,
  }))
  const became = await changeAll(originals, changing)
  const kept: { readonly one: Named; readonly from: (typeof found)[number] }[] = []
  for (const [at, one] of became.entries()) {
    const from = found[at] as (typeof found)[number]
    if (one === 'absent') continue
    if ('refused' in one) result.noteUnread(from.canonical, new Unread(one.refused, 'refused'))
    // Under another key by now: here the master has no item.
    else if (canonicalKeyOfText(one.key, schema) === from.canonical) kept.push({ one, from })
  }
  const page = pageOf(
    kept.map(({ one }) => one),
    schema,
  )
  for (const [item, { from }] of kept.entries()) {
    const { readAt = lookedAt } = from.at
    result.noteFound(from.canonical, { page, item, readAt })
  }
  return result
}
