/** Checks the tables of an undo, of a revert or of a fingerprint before it begins: none has a master. */
import { checkReadable } from '../../dynamo/describe/read-check.ts'
import { describeTable } from '../../dynamo/describe/table-facts.ts'
import type { CredentialKeeper } from '../../model/tables/aws-credentials.ts'
import type { RequestAddress } from '../../model/tables/request-address.ts'
import type { Settings } from '../../options/settings.ts'
import { compression } from './compression.ts'
import { accessOf, type LocatedTable, located } from './table-access.ts'
import { commonKey, refuseOtherAccount } from './table-agreement.ts'
import { credentialKeepers } from './table-credentials.ts'
import { inspected, inspectOptions, type RunToBegin, type Tables } from './table-inspection.ts'

/**
 * Describes the replicas of an undo, and checks that they fit each other.
 *
 * @throws TablesyncError if a table cannot be described or does not fit the others
 * @throws the reason of `signal`, once that is aborted
 */
export async function inspectReplicas(
  settings: Settings,
  { runId, signal, over }: RunToBegin,
  { timeToLive = false, scans = false }: { timeToLive?: boolean; scans?: boolean } = {},
): Promise<Tables> {
  const [master, ...replicas] = await located(settings)
  const all = [replicas[0] as LocatedTable, ...replicas]
  const keepers = credentialKeepers([master, ...replicas], settings.timeouts, runId, over)
  // The master gets no request, so its credentials are not needed either.
  const credentials = [keepers[1] as CredentialKeeper, ...keepers.slice(1)]
  const options = inspectOptions(settings, credentials, signal)
  const described = await Promise.all(
    all.map((table, index) =>
      describeTable(accessOf(table, index, runId), { timeToLive, recovery: false }, options(index)),
    ),
  )
  const facts = described.map((one) => one.facts)
  const addresses = described.map((one) => one.address)
  const keySchema = commonKey(all, facts)
  refuseOtherAccount(all, facts)
  const asked = compression(settings)
  const access = all.map((table, index) => ({
    ...accessOf(table, index, runId),
    keySchema,
    address: asked(table.ref, addresses[index] as RequestAddress),
  }))
  const readable = scans
    ? await Promise.all(
        access
          .slice(1)
          .map((table) =>
            checkReadable(table, { scan: true, lookup: false }, options(table.index)),
          ),
      )
    : []
  const [first, ...others] = await inspected(all, facts, keySchema, credentials)
  return {
    runId,
    inspected: [{ ...first, standsIn: true }, ...others],
    access,
    credentials,
    undivided: readable.flatMap(({ ignoresSegments }, at) => (ignoresSegments ? [at + 1] : [])),
    denied: [],
    readUnits: readable.length === 0 ? [] : [0, ...readable.map(({ readUnits }) => readUnits)],
  }
}
