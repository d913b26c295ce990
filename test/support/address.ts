/** Addresses of tables, for clients that are opened by hand. */
import { keepFixed } from '../../lib/access/credential-keeper.ts'
import { type Described, openDescriber } from '../../lib/dynamo/describe/describer.ts'
import type { RequestAddress } from '../../lib/model/tables/request-address.ts'
import { PATIENCE } from './tables/memory-table.ts'

export const CREDENTIALS = keepFixed({ accessKeyId: 'a', secretAccessKey: 's' })

/** The address that the SDK would use. */
export async function addressOf(access: Described): Promise<RequestAddress> {
  const describer = openDescriber(access, { timeouts: PATIENCE, credentials: CREDENTIALS })
  try {
    return await describer.address()
  } finally {
    describer.close()
  }
}
