/** Checks whether a table answers at all, with one request for a made-up key. */
import type { TablesyncError } from '../../errors.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { TableAccess } from '../../protocol/setup.ts'
import { lookupBody } from '../lookup-body.ts'
import { openClient } from '../request/client.ts'
import { hasNoAnswer } from '../request/request-errors.ts'
import type { DescriberOptions } from './describer.ts'
import { nowhere } from './invented-key.ts'

/** At least this: a table is not down because this machine is busy. */
const LEAST_TIMEOUT: Milliseconds = 2000

/** Why the table does not answer. Undefined: it answers, even if with a refusal. */
export async function whySilent(
  access: TableAccess,
  options: DescriberOptions,
): Promise<TablesyncError | undefined> {
  const responseTimeout = Math.max(options.timeouts.responseTimeout, LEAST_TIMEOUT)
  const timeouts = { ...options.timeouts, responseTimeout, maxRetries: 0, maxConnectRetries: 0 }
  // Use a new client: a connection that was kept may lead nowhere any more.
  const client = openClient(access, { ...options, timeouts })
  try {
    await client.send({
      operation: 'BatchGetItem',
      body: lookupBody(access, [nowhere(access.keySchema)], { consistent: false }),
      // Any answer will do.
      read: () => undefined,
      unitsOf: () => 0,
    })
    return undefined
  } catch (error) {
    return hasNoAnswer(error as TablesyncError) ? (error as TablesyncError) : undefined
  } finally {
    client.close()
  }
}
