/** Reads items of a filtered table by key: a Query for each, since BatchGetItem takes no filter. */
import { TablesyncError } from '../errors.ts'
import { readScanPage, type ScanPage } from '../item/bytes/scan-answer.ts'
import { canonicalKeyOf, canonicalKeyOfText, type KeyText } from '../item/key.ts'
import { keyNames } from '../item/page.ts'
import type { ItemFilter } from '../model/item-filter.ts'
import { filteredQueryBody } from './filter-fields.ts'
import type { LookupOptions } from './lookup-body.ts'
import { LookedUp, type LookUp } from './lookup-result.ts'
import type { TableClient } from './request/client.ts'
import { isFinalRefusal, isHotKeyRange, isOfTheTable } from './request/request-errors.ts'
import { leaveUnread, requestEach, strayKey } from './single-keys.ts'

/** An item that the filter leaves out counts as absent. */
export function filteredLookup(client: TableClient, filter: ItemFilter): LookUp {
  return async (keys, options) => {
    const looked = new LookedUp()
    let isAnyAnswered = false
    await requestEach(keys, async (key) => {
      const page = await query(client, filter, key, options).catch((error: TablesyncError) => error)
      if (page instanceof TablesyncError) {
        if (isOfTheTable(page)) throw page
        // Trouble that passes is the key's own only if the table has just answered about others.
        const isItsOwn = isFinalRefusal(page) || isHotKeyRange(page) || isAnyAnswered
        if (!isItsOwn) throw page
        leaveUnread(client, looked, key, { operation: 'Query', error: page, why: 'refused' })
        return
      }
      isAnyAnswered = true
      client.refusedKeys.answered('Query')
      looked.readUnits += page.readUnits
      const found = { page, item: 0, readAt: performance.now() }
      if (page.count === 1)
        looked.noteFound(canonicalKeyOfText(key, client.access.keySchema), found)
    })
    return looked
  }
}

function query(
  client: TableClient,
  filter: ItemFilter,
  key: KeyText,
  { consistent }: LookupOptions,
): Promise<ScanPage> {
  const { access } = client
  const { keySchema } = access
  const canonical = canonicalKeyOfText(key, keySchema)
  const names = keyNames(keySchema)
  return client.send({
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
}
