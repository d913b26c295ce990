/** Opens the credentials that a run uses for each of its tables. */
import { openCredentials } from '../../access/credentials.ts'
import type { RequestTimeouts } from '../../model/request-timeouts.ts'
import type { CredentialKeeper } from '../../model/tables/aws-credentials.ts'
import { whereIs } from '../../model/tables/endpoint-kind.ts'
import type { TableRef } from '../../model/tables/table.ts'
import type { TableSettings } from '../../options/groups/table-options.ts'

/**
 * Tables that share a choice share one source: an MFA token can be used only once.
 *
 * @param over aborts when the run has ended
 */
export function credentialKeepers(
  [master, ...replicas]: readonly [TableSettings, ...TableSettings[]],
  timeouts: RequestTimeouts,
  runId: string,
  over: AbortSignal,
): CredentialKeeper[] {
  // Below the silence limit, so that a silent source is reported before the table counts as silent.
  const limited = { ...timeouts, limit: timeouts.silenceLimit / 2, over }
  const choice = master.credentials ?? {}
  const place = ({ region, endpoint }: TableRef) => ({
    region,
    where: whereIs(endpoint),
    sessionName: `tablesync-${runId}`,
  })
  const ofMaster = openCredentials(choice, place(master.ref), limited)
  const opened = new Map<string, CredentialKeeper>()
  return [
    ofMaster,
    ...replicas.map(({ ref, credentials }) => {
      if (credentials === undefined) {
        return whereIs(ref.endpoint) === whereIs(master.ref.endpoint)
          ? ofMaster
          : shared(opened, ref, choice)
      }
      return typeof credentials.credentials === 'function'
        ? openCredentials(credentials, place(ref), limited)
        : shared(opened, ref, credentials)
    }),
  ]

  function shared(
    sources: Map<string, CredentialKeeper>,
    ref: TableRef,
    wanted: TableSettings['credentials'] & object,
  ): CredentialKeeper {
    const name = JSON.stringify([wanted, whereIs(ref.endpoint)])
    const source = sources.get(name) ?? openCredentials(wanted, place(ref), limited)
    sources.set(name, source)
    return source
  }
}
