/** What distinguishes a run from others. */
import { randomUUID } from 'node:crypto'

export interface RunIdentity {
  /** Part of the user agent of every request, and of the name of an assumed role's session. */
  readonly runId: string
  /** When the run began: ISO 8601, UTC. */
  readonly startedAt: string
}

export const newRunIdentity = (): RunIdentity => ({
  runId: randomUUID().slice(0, 8),
  startedAt: new Date().toISOString(),
})
