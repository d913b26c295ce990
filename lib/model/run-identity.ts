/** What tells a run apart from others. */
import { randomUUID } from 'node:crypto'

export interface RunIdentity {
  /** Stands in the user agent of every request, and in the name of an assumed role's session. */
  readonly runId: string
  /** When it began, as ISO 8601 has it. */
  readonly startedAt: string
}

export const newRunIdentity = (): RunIdentity => ({
  runId: randomUUID().slice(0, 8),
  startedAt: new Date().toISOString(),
})
