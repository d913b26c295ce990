/** What schedulers do about an attempt that has failed, by the rules of its job. */
import type { RetryStrategy } from '@aws-sdk/client-batch'
import type { Job } from 'kubernetes-types/batch/v1.js'

interface Failure {
  readonly exitCode?: number
  readonly reason?: string
  readonly statusReason?: string
}

/**
 * What Batch does after a failed attempt that is not the last: the first rule of which all
 * conditions hold, or else another attempt.
 * https://docs.aws.amazon.com/batch/latest/APIReference/API_EvaluateOnExit.html
 */
export function afterFailure({ evaluateOnExit = [] }: RetryStrategy, failure: Failure) {
  const rule = evaluateOnExit.find(
    ({ onExitCode, onReason, onStatusReason }) =>
      fits(onExitCode, failure.exitCode) &&
      fits(onReason, failure.reason) &&
      fits(onStatusReason, failure.statusReason),
  )
  return rule?.action ?? 'RETRY'
}

function fits(pattern: string | undefined, value: number | string | undefined): boolean {
  if (pattern === undefined) return true
  if (value === undefined) return false
  const text = String(value)
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern
}

/**
 * What Kubernetes does about a failed pod: the first rule that fits, or else it counts.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
 */
export function afterPodFailure(
  { spec }: Job,
  pod: { readonly exitCode?: number; readonly conditions?: readonly string[] },
): string {
  for (const { action, onExitCodes, onPodConditions } of spec?.podFailurePolicy?.rules ?? []) {
    if (onPodConditions?.some(({ type }) => pod.conditions?.includes(type))) return action
    // An exit code of 0 is no failure.
    if (onExitCodes === undefined || (pod.exitCode ?? 0) === 0) continue
    const isIn = onExitCodes.values.includes(pod.exitCode ?? 0)
    if (isIn === (onExitCodes.operator === 'In')) return action
  }
  return 'Count'
}
