/** Lists the tables beside a master, as the run reaches it. */
import { tableNames } from '../../dynamo/describe/table-names.ts'
import type { CredentialKeeper } from '../../model/tables/aws-credentials.ts'
import type { Settings } from '../../options/settings.ts'
import { accessOf, located } from './table-access.ts'
import { credentialKeepers } from './table-credentials.ts'

export interface Listing {
  readonly runId: string
  /** Absent: nobody ends it. */
  readonly signal?: AbortSignal | undefined
}

/** @throws TablesyncError where the tables cannot be listed */
export async function listTables(
  settings: Settings,
  { runId, signal }: Listing,
): Promise<readonly string[]> {
  const over = new AbortController()
  try {
    const [master] = await located(settings)
    const [credentials] = credentialKeepers([master], settings.timeouts, runId, over.signal)
    const access = accessOf(master, 0, runId)
    return await tableNames(
      { ...access, label: `the tables of ${access.region}` },
      {
        credentials: credentials as CredentialKeeper,
        timeouts: settings.timeouts,
        ...(signal !== undefined && { ending: signal }),
      },
    )
  } finally {
    over.abort()
  }
}
