/** What ends a replica's part of a task: a failure, or the end of the run. */
import { isEnded } from '../lib/dynamo/request/request-errors.ts'
import type { ReplicaFailure } from '../lib/protocol/messages.ts'
import { toWire } from '../lib/protocol/wire-error.ts'
import type { ReplicaTask } from './replica-task.ts'

/** That a request was not sent since the run is to end is nobody's failure. */
export function noteEnd(
  error: unknown,
  replicaTask: ReplicaTask,
  failures: ReplicaFailure[],
): void {
  if (isEnded(error)) replicaTask.wasCutShort = true
  else failures.push({ replica: replicaTask.replica, error: toWire(error) })
}
