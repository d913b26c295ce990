/** A table as the worker tower sees it. The master has no way to be written. */
import type { TableAccess } from '../protocol/messages.ts'
import { BatchPuts } from './batch-put.ts'
import { type ClientOptions, openClient } from './client.ts'
import { type LookUp, lookup } from './lookup.ts'
import { type ScanOnePage, scanner } from './scan.ts'
import type { UnderWay } from './under-way.ts'
import { type Writer, writer } from './write.ts'

export interface ReadableTable {
  readonly access: TableAccess
  readonly scanPage: ScanOnePage
  readonly lookUp: LookUp
}

export interface WritableTable extends ReadableTable {
  readonly write: Writer
  /** Puts an item whatever is there, together with others; see `BatchPuts`. */
  readonly putInBatch: BatchPuts['put']
}

/** A table whose connections all tasks of a thread share. */
export type OpenTable<Table> = (task: UnderWay) => Table

export function openMaster(access: TableAccess, options: ClientOptions): OpenTable<ReadableTable> {
  const shared = openClient(access, options)
  return (task) => {
    const client = shared.of(task)
    return { access, scanPage: scanner(client), lookUp: lookup(client, options.patience) }
  }
}

export function openReplica(access: TableAccess, options: ClientOptions): OpenTable<WritableTable> {
  const shared = openClient(access, options)
  return (task) => {
    const client = shared.of(task)
    const batchPuts = new BatchPuts(client, options.patience)
    return {
      access,
      scanPage: scanner(client),
      lookUp: lookup(client, options.patience),
      write: writer(client),
      putInBatch: (item) => batchPuts.put(item),
    }
  }
}
