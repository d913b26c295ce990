/** A table as the workers see it. The master has no method that writes. */
import type { TableAccess } from '../protocol/setup.ts'
import type { TokenBuckets } from '../protocol/shared/token-buckets.ts'
import { BatchPuts } from './batch-put.ts'
import { type Writer, writer } from './conditional-write.ts'
import { lookup } from './lookup.ts'
import type { LookUp } from './lookup-result.ts'
import { PageSize } from './page-size.ts'
import { type ClientOptions, openClient, type TableClient } from './request/client.ts'
import type { InFlight } from './request/in-flight.ts'
import { type ScanOnePage, scanner } from './scan.ts'

export interface ReadableTable {
  readonly access: TableAccess
  readonly scanPage: ScanOnePage
  readonly lookUp: LookUp
}

export interface WritableTable extends ReadableTable {
  readonly write: Writer
  /** Puts an item whatever is there, in one batch with others; see `BatchPuts`. */
  readonly putInBatch: BatchPuts['put']
  /** Puts up to 25 items whatever is there, with one request. */
  readonly putTogether: BatchPuts['putTogether']
}

/** A table whose connections all tasks of a thread share. */
export interface OpenTable<Table> {
  /** The table for one task. */
  of(task: InFlight): Table
  /** Ends the requests in flight of all tasks. */
  endRequests(): void
}

/** What all tasks of a thread share. */
type ThreadOptions = ClientOptions & { readonly tokenBuckets: TokenBuckets }

export function openMaster(access: TableAccess, options: ThreadOptions): OpenTable<ReadableTable> {
  return openTable(access, options, (_client, readable) => readable)
}

export function openReplica(access: TableAccess, options: ThreadOptions): OpenTable<WritableTable> {
  return openTable(access, options, (client, readable) => {
    const batchPuts = new BatchPuts(client, options.timeouts)
    const { access, scanPage, lookUp } = readable
    return {
      access,
      scanPage,
      lookUp,
      write: writer(client),
      putInBatch: (item) => batchPuts.put(item),
      putTogether: (items) => batchPuts.putTogether(items),
    }
  })
}

function openTable<Table>(
  access: TableAccess,
  options: ThreadOptions,
  tableOf: (client: TableClient, readable: ReadableTable) => Table,
): OpenTable<Table> {
  const shared = openClient(access, options)
  const pageSize = new PageSize(options.tokenBuckets, access.index)
  return {
    of(task) {
      const client = shared.of(task)
      const lookUp = lookup(client, options.timeouts)
      return tableOf(client, { access, scanPage: scanner(client, pageSize), lookUp })
    },
    endRequests: () => shared.endRequests(),
  }
}
