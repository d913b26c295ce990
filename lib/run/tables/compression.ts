/** Decides which tables are asked for compressed answers. */
import { isHere } from '../../model/tables/endpoint-kind.ts'
import { compressing, type RequestAddress } from '../../model/tables/request-address.ts'
import type { TableRef } from '../../model/tables/table.ts'
import type { Settings } from '../../options/settings.ts'

/**
 * Returns a table's address, with compression if that is chosen or pays. Between regions, transfer
 * costs money and is slow; within one region, computing costs more.
 */
export function compression({ compression, master, replicas }: Settings) {
  const isFar = new Set([master, ...replicas].map(({ ref }) => ref.region)).size > 1
  return ({ endpoint }: TableRef, address: RequestAddress): RequestAddress => {
    const isByDistance = compression === 'auto' && isFar && !isHere(endpoint)
    return compression === 'gzip' || isByDistance ? compressing(address) : address
  }
}
