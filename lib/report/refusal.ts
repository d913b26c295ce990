/** The JSON document of a command that had no result. */
import type { TablesyncError } from '../errors.ts'
import { errorSummaryOf, type Refusal } from '../model/results/summary.ts'
import type { RunIdentity } from '../model/run-identity.ts'

export function refusalOf(error: TablesyncError, identity: RunIdentity): Refusal {
  return {
    version: 1,
    // A fault of ours says nothing about what was asked for.
    outcome: error.code === 'INTERNAL' ? 'incomplete' : 'refused',
    ...identity,
    errors: [errorSummaryOf(error)],
  }
}
