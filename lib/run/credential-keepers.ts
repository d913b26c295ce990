/** Who a run is to each of its tables. */
import { openCredentials } from '../dynamo/credentials.ts'
import type { CredentialKeeper } from '../model/credentials.ts'
import { isLoopback, type TableRef } from '../model/table.ts'
import type { Settings, TableSettings } from '../options/settings.ts'

/** One source for all tables that share a choice: an MFA token serves once. */
export function credentialKeepers(
  { master, replicas, patience }: Settings,
  runId: string,
): CredentialKeeper[] {
  // Told as what it is, before the table counts as silent.
  const limit = patience.silenceLimit / 2
  const choice = master.credentials ?? {}
  const place = ({ region, endpoint }: TableRef) => ({
    region,
    loopback: isLoopback(endpoint),
    sessionName: `tablesync-${runId}`,
  })
  const ofMaster = openCredentials(choice, place(master.ref), limit)
  const opened = new Map<string, CredentialKeeper>()
  return [
    ofMaster,
    ...replicas.map(({ ref, credentials }) => {
      if (credentials === undefined) {
        return isLoopback(ref.endpoint) === isLoopback(master.ref.endpoint)
          ? ofMaster
          : shared(opened, ref, choice)
      }
      return typeof credentials.credentials === 'function'
        ? openCredentials(credentials, place(ref), limit)
        : shared(opened, ref, credentials)
    }),
  ]

  function shared(
    sources: Map<string, CredentialKeeper>,
    ref: TableRef,
    wanted: TableSettings['credentials'] & object,
  ): CredentialKeeper {
    const name = JSON.stringify([wanted, isLoopback(ref.endpoint)])
    const source = sources.get(name) ?? openCredentials(wanted, place(ref), limit)
    sources.set(name, source)
    return source
  }
}
