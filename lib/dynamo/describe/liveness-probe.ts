/** Whether a table answers at all: asked for an item that nobody has, once. */
import type { TablesyncError } from '../../errors.ts'
import type { Milliseconds } from '../../model/units.ts'
import type { TableAccess } from '../../protocol/messages.ts'
import { lookupBody } from '../lookup-body.ts'
import { openClient } from '../request/client.ts'
import { hasNoAnswer } from '../request/request-errors.ts'
import type { DescriberOptions } from './describer.ts'
import { nowhere } from './invented-key.ts'

/** A table is not down because this machine is busy. */
const LEAST_TIMEOUT: Milliseconds = 2000

/** Why it does not answer. Undefined: it does, were it with a refusal. */
export async function whySilent(
  access: TableAccess,
  options: DescriberOptions,
): Promise<TablesyncError | undefined> {
  const responseTimeout = Math.max(options.timeouts.responseTimeout, LEAST_TIMEOUT)
  const timeouts = { ...options.timeouts, responseTimeout, maxRetries: 0, maxConnectRetries: 0 }
  // A client of its own: a connection that was kept may lead nowhere any more.
  const client = openClient(access, { ...options, timeouts })
  try {
    await client.send({
      operation: 'BatchGetItem',
      body: lookupBody(access, [nowhere(access.keySchema)], { consistent: false }),
      // Whatever it says: it answers.
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
