/** Parses the pages that the floor reads, and compares items by their JSON with sorted members. */
import type { Found, Job } from './job.ts'
import { openTransport, rawPages, type Slice, slices } from './raw-pages.ts'

const SEGMENTS = 8

export async function comparesParsed({ endpoint, master, replica }: Job): Promise<Found> {
  const transport = await openTransport(endpoint)
  const itemsOf = async function* (table: string, slice: Slice) {
    for await (const { text } of rawPages(endpoint, table, slice, { transport, isKept: true })) {
      yield* JSON.parse(text.toString()).Items as object[]
    }
  }
  const items = await compareAll(master, replica, itemsOf)
  transport.agent.destroy()
  return { items }
}

/** The items of one segment of a table. */
export type ItemsOf = (table: string, slice: Slice) => AsyncGenerator<object>

/** Compares all segments at once, and returns how many items there were. */
export async function compareAll(
  master: string,
  replica: string,
  itemsOf: ItemsOf,
): Promise<number> {
  const compared = slices(SEGMENTS).map((slice) =>
    compare(itemsOf(master, slice), itemsOf(replica, slice)),
  )
  return (await Promise.all(compared)).reduce((sum, count) => sum + count, 0)
}

async function compare(one: AsyncGenerator<object>, other: AsyncGenerator<object>) {
  let items = 0
  for await (const item of one) {
    const { value } = await other.next()
    items++
    if (sorted(item) !== sorted(value ?? {})) throw new Error('the tables differ')
  }
  return items
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, each) =>
    each !== null && typeof each === 'object' && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}
