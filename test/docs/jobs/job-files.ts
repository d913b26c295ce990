/** The jobs of docs/jobs, and the commands that they run. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RegisterJobDefinitionRequest, SubmitJobRequest } from '@aws-sdk/client-batch'
import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'
import type { Job } from 'kubernetes-types/batch/v1.js'
import { parse } from 'yaml'
import { root } from '../pages.ts'
import type { StateMachine } from './state-machine.ts'

/** What the files say, each at its place. */
export const SHARDS = 64
export const AT_ONCE = 16
export const DIR = '/shared/orders'

/** Exit codes of a shard: those that come again, and those of which another attempt makes more. */
export const FINAL = [2, 4]
export const WORTH_ANOTHER = [3, 130, 137, 143]

export const folder = join(root, 'docs/jobs')

export const textOf = (file: string) => readFileSync(join(folder, file), 'utf8')
const json = <T>(file: string) => JSON.parse(textOf(file)) as T

export const batch = {
  definition: json<RegisterJobDefinitionRequest>('aws-batch-job-definition.json'),
  plan: json<SubmitJobRequest>('aws-batch-plan.json'),
  array: json<SubmitJobRequest>('aws-batch-array-job.json'),
  merge: json<SubmitJobRequest>('aws-batch-merge.json'),
}

export const taskDefinition = json<RegisterTaskDefinitionRequest>('ecs-task-definition.json')

export const stateMachine = json<StateMachine>('step-functions.json')

export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
}

export const kubernetes = (
  parse(textOf('kubernetes.yaml')) as { readonly items: readonly KubernetesObject[] }
).items

export function kubernetesJob(name: string): Job {
  const found = kubernetes.find(({ kind, metadata }) => kind === 'Job' && metadata.name === name)
  if (found === undefined) throw new Error(`no job ${name}`)
  return found as Job
}

/** What comes after a flag. */
export function flagValue(
  command: readonly string[] | undefined,
  flag: string,
): string | undefined {
  const at = command?.indexOf(flag) ?? -1
  return at < 0 ? undefined : command?.[at + 1]
}
