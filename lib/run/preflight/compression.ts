/** Which tables are asked for answers that come compressed. */
import { isHere } from '../../model/tables/endpoint-kind.ts'
import { compressing, type RequestAddress } from '../../model/tables/request-address.ts'
import type { TableRef } from '../../model/tables/table.ts'
import type { Settings } from '../../options/settings.ts'

/**
 * A table's address, as it is asked there. Between regions what is transferred
 * is paid for, and slow; within one, computing is the dearer part.
 */
export function compression({ compression, master, replicas }: Settings) {
  const isFar = new Set([master, ...replicas].map(({ ref }) => ref.region)).size > 1
  return ({ endpoint }: TableRef, address: RequestAddress): RequestAddress => {
    const isByDistance = compression === 'auto' && isFar && !isHere(endpoint)
    return compression === 'gzip' || isByDistance ? compressing(address) : address
  }
}
